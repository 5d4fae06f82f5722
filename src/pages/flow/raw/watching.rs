//! Follows what other programs do to open files.

use std::collections::BTreeMap;

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

use super::{
    document::{Document, Status},
    workbench::{FileState, Workbench},
};
use crate::{
    api::{ApiError, Disk},
    pages::flow::files::Listing,
    ui::Tone,
};

/// The tag under which the list of files shows a file; `None` when it does not.
type Tag = Option<String>;

impl Workbench {
    /// Reads an open file again whenever the list of files shows it under another tag than the one it is known by.
    pub(super) fn follow_disk(&self) {
        let workbench = *self;
        let looked_at = StoredValue::new(BTreeMap::<FilePath, Tag>::new());
        Effect::new(move |_| {
            let Some(listing) = workbench.listing.get() else {
                return;
            };
            let changed = workbench.files.with(|files| changed(files, &listing));
            looked_at
                .update_value(|looked_at| looked_at.retain(|path, _| changed.contains_key(path)));
            for (path, tag) in changed {
                // One look at each tag: a file that cannot be read is not asked for again and again.
                let first = looked_at.with_value(|looked_at| looked_at.get(&path) != Some(&tag));
                if first {
                    looked_at.update_value(|looked_at| {
                        looked_at.insert(path.clone(), tag);
                    });
                    workbench.look_again(path);
                }
            }
        });
    }

    fn look_again(&self, path: FilePath) {
        let (workbench, files) = (*self, self.flow_files());
        self.spawn(async move {
            match files.read(&path).await {
                Ok(disk) => workbench.changed_on_disk(&path, disk),
                Err(error) => workbench.cannot_follow(&path, error),
            }
        });
    }

    fn changed_on_disk(&self, path: &FilePath, disk: Disk) {
        let Some(mine) = self.ask_editor(|editor| editor.text(path.as_str())) else {
            return;
        };
        let same = mine == disk.text();
        let Some(reaction) = self.change(path, |document| {
            document.changed_on_disk(disk.clone(), same)
        }) else {
            return;
        };
        if same {
            self.ask_editor(|editor| editor.set_base(path.as_str(), disk.text()));
            self.keep_draft_now(path);
        }
        self.react(path, reaction);
        if self.document(path, |document| {
            matches!(document.status(), Status::Diverged { .. })
        }) == Some(true)
        {
            let what = if disk == Disk::Gone {
                "was deleted"
            } else {
                "changed"
            };
            self.status
                .announce(format!("{path} {what} on disk. Your edits are kept."));
        }
    }

    fn cannot_follow(&self, path: &FilePath, error: ApiError) {
        let text = format!("{path} changed on disk, and its new text can’t be shown: {error}");
        self.status.tell(Tone::Bad, text, error.remedy);
    }
}

/// The open files which the list shows under another tag than the one they are known by.
fn changed(files: &BTreeMap<FilePath, FileState>, listing: &Listing) -> BTreeMap<FilePath, Tag> {
    let mut changed = BTreeMap::new();
    for (path, state) in files {
        if let FileState::Open(open) = state {
            let tag = listing.get(path).map(|entry| entry.etag.clone());
            if known(&open.document).is_some_and(|known| !known.is(tag.as_deref())) {
                changed.insert(path.clone(), tag);
            }
        }
    }
    changed
}

/// What was last seen of the disk; `None` during a save, after which it is looked at again.
fn known(document: &Document) -> Option<&Disk> {
    match document.status() {
        Status::Saving { .. } => None,
        Status::Diverged { disk, .. } => Some(disk),
        Status::Clean | Status::Dirty | Status::SaveFailed(_) => Some(document.base()),
    }
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::{
        Millis,
        files::{FileEntry, FileKind},
    };

    use super::*;
    use crate::pages::flow::raw::workbench::OpenFile;

    fn path() -> FilePath {
        FilePath::try_from("a.py").unwrap()
    }

    fn disk(etag: &str) -> Disk {
        Disk::Text {
            etag: etag.into(),
            text: "".into(),
        }
    }

    fn listing(etag: &str) -> Listing {
        Listing::new(&[FileEntry {
            path: path(),
            kind: FileKind::Text,
            size: 0,
            modified: Millis(0),
            etag: etag.into(),
        }])
    }

    fn changed_in(document: Document, listing: &Listing) -> Option<Tag> {
        let open = FileState::Open(OpenFile {
            document,
            restored: None,
        });
        changed(&BTreeMap::from([(path(), open)]), listing).remove(&path())
    }

    #[test]
    fn a_file_under_its_known_tag_is_left_alone() {
        assert_eq!(changed_in(Document::opened(disk("1")), &listing("1")), None);
    }

    #[test]
    fn a_file_under_another_tag_or_none_is_looked_at() {
        assert_eq!(
            changed_in(Document::opened(disk("1")), &listing("2")),
            Some(Some("2".into()))
        );
        assert_eq!(
            changed_in(Document::opened(disk("1")), &Listing::default()),
            Some(None)
        );
        assert_eq!(
            changed_in(Document::opened(Disk::Gone), &Listing::default()),
            None
        );
    }

    #[test]
    fn what_the_person_already_sees_is_not_looked_at_again() {
        let mut document = Document::opened(disk("1"));
        document.edited(true);
        document.changed_on_disk(disk("2"), false);
        assert_eq!(changed_in(document.clone(), &listing("2")), None);
        assert_eq!(changed_in(document, &listing("1")), Some(Some("1".into())));
    }

    #[test]
    fn a_save_under_way_is_not_disturbed() {
        let mut document = Document::opened(disk("1"));
        document.edited(true);
        document.begin_save();
        assert_eq!(changed_in(document, &listing("2")), None);
    }
}
