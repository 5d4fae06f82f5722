//! Unsaved edits of a file that other tabs of the browser keep: said, and offered to go on with here.

use std::collections::BTreeSet;

use flowdeck_contract::{Millis, ids::FilePath};
use leptos::{ev, prelude::*};

use super::{
    document::{Document, Status},
    draft::{Draft, Keeper},
    drafts::Drafts,
    ffi::Undo,
    saves::{self, Saves},
    this_tab::this_tab,
    workbench::{FileState, Workbench},
};
use crate::api::Disk;

/// What other tabs keep.
#[derive(Clone, Copy)]
pub(crate) struct Elsewhere {
    /// Tells that drafts came, changed or went.
    changed: Trigger,
    /// Whose edits of which file the person has dismissed.
    dismissed: StoredValue<BTreeSet<(FilePath, Keeper)>>,
}

impl Elsewhere {
    pub(crate) fn new() -> Self {
        Self {
            changed: Trigger::new(),
            dismissed: StoredValue::default(),
        }
    }
}

/// Unsaved edits that another tab keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) keeper: Keeper,
    /// When the last of them was made.
    pub(crate) edited: Millis,
}

impl Workbench {
    /// Hears of the drafts of other tabs, and keeps this tab's own when one of them removed it.
    pub(super) fn follow_other_tabs(&self) {
        let workbench = *self;
        let listener = window_event_listener(ev::storage, move |event| {
            if event.key().as_deref() == Some(saves::KEY) {
                return workbench.elsewhere.changed.notify();
            }
            let whose = event
                .key()
                .and_then(|name| workbench.drafts.with_value(|drafts| drafts.whose(&name)));
            let Some((keeper, path)) = whose else {
                return;
            };
            if !workbench.drafts.with_value(|drafts| drafts.is_own(&keeper)) {
                workbench.elsewhere.changed.notify();
                // It may have taken over what a third one left.
                let drafted = workbench.drafts.with_value(Drafts::paths).into_iter();
                workbench.drafted.set(drafted.collect());
            } else if event.new_value().is_none() {
                workbench.keep_draft_now(&path);
            }
        });
        on_cleanup(move || listener.remove());
    }

    /// The saves of this flow's files by the tabs of this browser.
    pub(super) fn saves(&self) -> Saves {
        Saves::new(&self.flow.project(), &self.flow.flow(), &this_tab())
    }

    /// Whether it was another tab of this browser that saved what the disk holds instead of what is edited here.
    pub(super) fn is_changed_by_other_tab(&self, path: &FilePath) -> bool {
        self.elsewhere.changed.track();
        let disk = self.files.with(|files| match files.get(path) {
            Some(FileState::Open(open)) => match open.document.status() {
                Status::Diverged { disk, .. } => Some(disk.clone()),
                _ => None,
            },
            _ => None,
        });
        match disk {
            Some(Disk::Text { etag, .. }) => self.saves().is_of_other_tab(path, &etag),
            Some(Disk::Gone) | None => false,
        }
    }

    /// The edits of other tabs that an open file lacks here.
    pub(crate) fn offers(&self, path: &FilePath) -> Vec<Offer> {
        self.elsewhere.changed.track();
        let disk = self.files.with(|files| match files.get(path) {
            Some(FileState::Open(open)) => Some(open.document.disk().clone()),
            _ => None,
        });
        let Some(disk) = disk else {
            return Vec::new();
        };
        let others = self.drafts.with_value(|drafts| drafts.of_others(path));
        if others.is_empty() {
            return Vec::new();
        }
        let mine = self.ask_editor(|editor| editor.text(path.as_str()));
        let is_news = |keeper: &Keeper, draft: &Draft| {
            draft.text != disk.text()
                && Some(&draft.text) != mine.as_ref()
                && !self.is_dismissed(path, keeper)
        };
        others
            .into_iter()
            .filter(|(keeper, draft)| is_news(keeper, draft))
            .map(|(keeper, Draft { edited, .. })| Offer { keeper, edited })
            .collect()
    }

    /// Goes on with the edits of another tab; undo brings back what stood here.
    pub(crate) fn take_over(&self, path: &FilePath, keeper: &Keeper) {
        let found = self
            .drafts
            .with_value(|drafts| drafts.of_others(path))
            .into_iter()
            .find(|(of, _)| of == keeper);
        let is_saving = |document: &Document| matches!(document.status(), Status::Saving { .. });
        // It was saved or discarded meanwhile, or has to wait.
        let (Some((_, draft)), Some(false)) = (found, self.document(path, is_saving)) else {
            return self.elsewhere.changed.notify();
        };
        let Some(disk) = self.document(path, |document| document.disk().clone()) else {
            return;
        };
        let replaced = self.ask_editor(|editor| {
            editor.set_base(path.as_str(), disk.text())?;
            editor.replace(path.as_str(), &draft.text, Undo::Undoable)
        });
        if replaced.is_none() {
            return;
        }
        let modified = draft.text != disk.text();
        self.change(path, |document| {
            document.take_over(draft.base.as_deref(), modified);
        });
        self.keep_draft_now(path);
        self.drafts
            .with_value(|drafts| drafts.remove_of(keeper, path));
        self.elsewhere.changed.notify();
        self.dismiss_restored(path);
        self.check_soon(path);
        self.focus_editor_soon();
        self.status.announce(format!(
            "The other tab’s edits of {path} are here now. Undo to go back."
        ));
    }

    /// Discards the edits of a tab that is gone; those of one that is still there it keeps itself.
    pub(crate) fn dismiss_elsewhere(&self, path: &FilePath, keeper: &Keeper) {
        self.elsewhere.dismissed.update_value(|dismissed| {
            dismissed.insert((path.clone(), keeper.clone()));
        });
        self.drafts
            .with_value(|drafts| drafts.remove_of(keeper, path));
        self.elsewhere.changed.notify();
        self.focus_editor_soon();
    }

    fn is_dismissed(&self, path: &FilePath, keeper: &Keeper) -> bool {
        let key = (path.clone(), keeper.clone());
        self.elsewhere
            .dismissed
            .with_value(|dismissed| dismissed.contains(&key))
    }
}
