//! Saves files, and carries out what the person chooses when the disk holds something else.

use flowdeck_contract::{files::FileEntry, ids::FilePath};
use leptos::prelude::*;

use super::{
    document::{Document, Failure, Reaction, Status},
    ffi::Undo,
    workbench::Workbench,
};
use crate::{
    api::{ApiError, Disk, Precondition, Written},
    pages::parts::tell_failure,
    ui::local_time,
};

impl Workbench {
    /// Saves the file that is shown.
    pub fn save_shown(&self) {
        if let Some(path) = self.tabs.with_untracked(|tabs| tabs.shown().cloned()) {
            let workbench = *self;
            self.spawn(async move {
                workbench.save(&path).await;
            });
        }
    }

    /// Saves a file; says whether the disk now holds what the editor does.
    pub(crate) async fn save(&self, path: &FilePath) -> bool {
        match self.change(path, Document::begin_save).flatten() {
            Some(precondition) => self.write(path, precondition).await,
            None => {
                // Where the disk holds something else, saving is choosing between both.
                self.change(path, |document| document.compare(true));
                self.document(path, |document| *document.status() == Status::Clean) == Some(true)
            }
        }
    }

    /// Saves a file over what the disk holds, which the person has seen.
    pub(crate) fn overwrite(&self, path: &FilePath) {
        if let Some(precondition) = self.change(path, Document::begin_overwrite).flatten() {
            let (workbench, path) = (*self, path.clone());
            self.spawn(async move {
                workbench.write(&path, precondition).await;
            });
            self.focus_editor_soon();
        }
    }

    /// Shows both versions, or goes back to editing.
    pub(crate) fn compare(&self, path: &FilePath, show: bool) {
        self.change(path, |document| document.compare(show));
        if !show {
            self.focus_editor_soon();
        }
    }

    /// Shows what the disk holds instead of the edits; undo brings them back as long as the file stays open.
    pub(crate) fn discard(&self, path: &FilePath) {
        self.change(path, Document::discard);
        self.show_base(path, Undo::Undoable);
        self.forget_draft(path);
        self.dismiss_restored(path);
        self.focus_editor_soon();
        self.status
            .announce(format!("Edits of {path} discarded. Undo to get them back."));
    }

    /// Makes the editor show a document's base.
    pub(super) fn show_base(&self, path: &FilePath, undo: Undo) {
        let Some(base) = self.document(path, |document| document.base().clone()) else {
            return;
        };
        self.ask_editor(|editor| {
            editor.replace(path.as_str(), base.text(), undo)?;
            editor.set_base(path.as_str(), base.text())
        });
        self.check_soon(path);
    }

    /// Does what news from the disk asks for.
    pub(super) fn react(&self, path: &FilePath, reaction: Reaction) {
        if reaction == Reaction::Reload {
            self.show_base(path, Undo::Final);
            self.status
                .announce(format!("{path} changed on disk and was reloaded."));
        }
    }

    async fn write(&self, path: &FilePath, precondition: Precondition) -> bool {
        let Some(text) = self.ask_editor(|editor| editor.text(path.as_str())) else {
            self.change(path, |document| {
                document.save_failed(Failure {
                    reason: "Can’t read the editor’s text.".to_owned(),
                    remedy: None,
                })
            });
            return false;
        };
        match self.flow_files().write(path, &precondition, &text).await {
            Ok(Written::Done(entry)) => {
                self.written(path, entry, text);
                true
            }
            Ok(Written::Refused) => {
                self.refused(path, &text).await;
                false
            }
            Err(error) => {
                self.not_saved(path, &error.to_string(), &error);
                false
            }
        }
    }

    /// A save failed. The notice above the file says so to those who see it, and a card to everybody else.
    fn not_saved(&self, path: &FilePath, reason: &str, error: &ApiError) {
        let is_seen = self.shown().get_untracked().as_ref() == Some(path);
        if is_seen {
            self.status
                .announce(format!("Couldn’t save {path}: {reason}"));
        } else {
            tell_failure(self.status, &format!("Couldn’t save {path}"), error);
        }
        let failure = Failure {
            reason: reason.to_owned(),
            remedy: error.remedy.clone(),
        };
        let reaction = self.change(path, |document| document.save_failed(failure));
        self.react(path, reaction.unwrap_or(Reaction::Keep));
    }

    fn written(&self, path: &FilePath, entry: FileEntry, text: String) {
        let at = local_time(entry.modified.0);
        let modified = self.ask_editor(|editor| {
            editor.set_base(path.as_str(), &text)?;
            editor.is_modified(path.as_str())
        });
        self.saves().note(path, &entry.etag);
        let disk = Disk::Text {
            etag: entry.etag.clone(),
            text: text.into(),
        };
        // When it isn't known, it counts as unsaved.
        let reaction = self.change(path, |document| {
            document.saved(disk, modified.unwrap_or(true))
        });
        self.listing.put(entry);
        self.react(path, reaction.unwrap_or(Reaction::Keep));
        self.keep_draft_now(path);
        self.dismiss_restored(path);
        self.status.announce(format!("{path} saved at {at}."));
    }

    /// Shows the person what stands in the way of a save.
    async fn refused(&self, path: &FilePath, mine: &str) {
        match self.flow_files().read(path).await {
            Ok(theirs) if theirs != Disk::Gone && theirs.text() == mine => {
                self.change(path, |document| document.saved(theirs, false));
                self.keep_draft_now(path);
            }
            Ok(theirs) => {
                self.change(path, |document| document.refused(theirs));
                self.status.announce(format!(
                    "{path} changed on disk, so it wasn’t saved. Compare both versions."
                ));
            }
            Err(error) => {
                let reason =
                    format!("the file changed on disk, and its new text can’t be read: {error}");
                self.not_saved(path, &reason, &error);
            }
        }
    }
}
