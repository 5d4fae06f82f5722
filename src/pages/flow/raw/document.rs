//! An open file: what the disk held when its edits began, and how the two stand to each other now.
//!
//! Pure: whoever calls does what the answers say. The rule behind it all: nothing that the person has not seen is ever
//! overwritten, neither on disk nor in the editor.

use crate::api::{Disk, Precondition};

/// How the editor's text and the disk stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The same.
    Clean,
    /// There are unsaved edits.
    Dirty,
    /// A save is in progress.
    Saving {
        /// What became known of the disk meanwhile.
        pending: Option<Disk>,
    },
    /// The last save failed, for this reason; the edits are still here.
    SaveFailed(Failure),
    /// There are unsaved edits, and the disk holds something that they were not made from.
    Diverged {
        /// What the disk holds.
        disk: Disk,
        /// Whether the person is looking at both.
        compared: bool,
    },
}

/// Why a save failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// In a sentence.
    pub(crate) reason: String,
    /// What can be done about it, where that is known.
    pub(crate) remedy: Option<String>,
}

/// What the editor has to do after news from the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Nothing.
    Keep,
    /// Show what the disk holds now: nothing of the person's is lost by it.
    Reload,
}

/// An open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document {
    base: Disk,
    status: Status,
}

impl Document {
    /// A file as it was just read.
    pub(crate) fn opened(disk: Disk) -> Self {
        Self {
            base: disk,
            status: Status::Clean,
        }
    }

    /// A file with edits that were made from `draft_base`, a tag, or `None` where there was no file.
    pub(crate) fn restored(disk: Disk, draft_base: Option<&str>) -> Self {
        let status = if disk.is(draft_base) {
            Status::Dirty
        } else {
            Status::Diverged {
                disk: disk.clone(),
                compared: false,
            }
        };
        Self { base: disk, status }
    }

    /// The editor got edits that were made elsewhere from `draft_base`, in the place of its text; `modified` says
    /// whether they differ from what the disk holds.
    pub(crate) fn take_over(&mut self, draft_base: Option<&str>, modified: bool) {
        let disk = self.disk().clone();
        *self = if modified {
            Self::restored(disk, draft_base)
        } else {
            Self::opened(disk)
        };
    }

    /// What is known of the disk.
    pub(crate) fn disk(&self) -> &Disk {
        match &self.status {
            Status::Diverged { disk, .. } => disk,
            _ => &self.base,
        }
    }

    pub(crate) fn status(&self) -> &Status {
        &self.status
    }

    /// What the edits were made from.
    pub(crate) fn base(&self) -> &Disk {
        &self.base
    }

    /// Whether the editor holds something that the disk does not.
    pub(crate) fn is_unsaved(&self) -> bool {
        self.status != Status::Clean
    }

    /// The person edited; `modified` says whether the text differs from the base now.
    pub(crate) fn edited(&mut self, modified: bool) {
        match self.status {
            Status::Clean | Status::Dirty | Status::SaveFailed(_) => self.settle(modified),
            Status::Saving { .. } | Status::Diverged { .. } => {}
        }
    }

    /// Begins a save; `None` when there is nothing to save, a save is in progress, or the person has yet to choose.
    pub(crate) fn begin_save(&mut self) -> Option<Precondition> {
        match self.status {
            Status::Dirty | Status::SaveFailed(_) => {
                self.status = Status::Saving { pending: None };
                Some(self.base.precondition())
            }
            Status::Clean | Status::Saving { .. } | Status::Diverged { .. } => None,
        }
    }

    /// Begins a save over what the disk holds, which the person has seen and chose to replace.
    pub(crate) fn begin_overwrite(&mut self) -> Option<Precondition> {
        let Status::Diverged { disk, .. } = &self.status else {
            return None;
        };
        self.base = disk.clone();
        self.status = Status::Saving { pending: None };
        Some(self.base.precondition())
    }

    /// The save went well; `modified` says whether the person edited meanwhile.
    pub(crate) fn saved(&mut self, disk: Disk, modified: bool) -> Reaction {
        let pending = self.take_pending();
        self.base = disk;
        self.settle(modified);
        self.catch_up(pending)
    }

    /// The save was refused: the disk holds something else. The person has to choose.
    pub(crate) fn refused(&mut self, disk: Disk) {
        self.status = Status::Diverged {
            disk,
            compared: true,
        };
    }

    /// The save failed; the disk is as it was.
    pub(crate) fn save_failed(&mut self, failure: Failure) -> Reaction {
        let pending = self.take_pending();
        self.status = Status::SaveFailed(failure);
        self.catch_up(pending)
    }

    /// The disk was read again; `same` says whether the editor's text equals it.
    pub(crate) fn changed_on_disk(&mut self, disk: Disk, same: bool) -> Reaction {
        if let Status::Saving { pending } = &mut self.status {
            *pending = Some(disk);
            return Reaction::Keep;
        }
        if disk == self.base {
            if matches!(self.status, Status::Diverged { .. }) {
                self.status = Status::Dirty;
            }
            return Reaction::Keep;
        }
        if same && disk != Disk::Gone {
            self.base = disk;
            self.status = Status::Clean;
            return Reaction::Keep;
        }
        if self.status == Status::Clean && disk != Disk::Gone {
            self.base = disk;
            return Reaction::Reload;
        }
        let compared = matches!(&self.status, Status::Diverged { compared: true, .. });
        self.status = Status::Diverged { disk, compared };
        Reaction::Keep
    }

    /// The person wants to see both, or goes on editing.
    pub(crate) fn compare(&mut self, show: bool) {
        if let Status::Diverged { compared, .. } = &mut self.status {
            *compared = show;
        }
    }

    /// The person takes what the disk holds; the editor has to show [`Document::base`] then.
    pub(crate) fn take_theirs(&mut self) {
        if let Status::Diverged { disk, .. } = &self.status {
            self.base = disk.clone();
            self.status = Status::Clean;
        }
    }

    /// The person discards the edits; the editor has to show [`Document::base`] then.
    pub(crate) fn discard(&mut self) {
        self.take_theirs();
        self.status = Status::Clean;
    }

    fn settle(&mut self, modified: bool) {
        self.status = if modified {
            Status::Dirty
        } else {
            Status::Clean
        };
    }

    fn take_pending(&mut self) -> Option<Disk> {
        match &mut self.status {
            Status::Saving { pending } => pending.take(),
            _ => None,
        }
    }

    fn catch_up(&mut self, pending: Option<Disk>) -> Reaction {
        pending.map_or(Reaction::Keep, |disk| self.changed_on_disk(disk, false))
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
