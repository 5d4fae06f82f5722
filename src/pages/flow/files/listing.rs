//! The files of the flow shown, as they change on disk: one list that the tree and raw file mode share.

use flowdeck_contract::{
    files::{FileChange, FileEntry, FileTree, LeftOut},
    ids::{FilePath, FlowId},
};
use flowdeck_flow::FileNames;
use leptos::prelude::*;

use super::tree::Listing;
use crate::{
    api::{Api, Load, Remote},
    live::{FilesNews, FlowLive, is_as_of},
};

/// What the server lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) files: Listing,
    /// What is not listed.
    pub(crate) left_out: LeftOut,
    /// The newest event when it was read.
    as_of: Option<String>,
}

impl Listed {
    /// The names of all files; `None` when not all are listed, as nothing can then be said to be missing.
    pub(crate) fn names(&self) -> Option<FileNames> {
        (self.left_out.count() == 0 && !self.left_out.is_more)
            .then(|| self.files.files().map(FilePath::as_str).collect())
    }
}

/// The files of a flow, kept current.
#[derive(Clone, Copy)]
pub(crate) struct FlowListing {
    remote: Remote<Listed>,
    /// Requests in progress: their answers may be older than events that have come since.
    asking: StoredValue<u32>,
}

impl FlowListing {
    /// Asks for the files of `flow` and follows them until the current owner is cleaned up.
    pub(crate) fn follow(flow: &FlowId, live: FlowLive) -> Self {
        let api = Api::from_context();
        let flow = flow.clone();
        let asking = StoredValue::new(0);
        let remote = Remote::new(move || {
            let flow = flow.clone();
            asking.update_value(|count| *count += 1);
            async move {
                let answer = api.files(&flow).await;
                asking.try_update_value(|count| *count -= 1);
                let FileTree {
                    entries,
                    left_out,
                    as_of,
                } = answer?;
                Ok(Listed {
                    files: Listing::new(&entries),
                    left_out,
                    as_of,
                })
            }
        });
        let listing = Self { remote, asking };
        live.on_files(move |news| match news {
            FilesNews::Changed(changes) => listing.apply(changes),
            FilesNews::Anything(as_of) => {
                let as_of = as_of.clone();
                remote.refresh_unless(move |listed| {
                    is_as_of(listed.as_of.as_deref(), as_of.as_deref())
                });
            }
        });
        listing
    }

    pub(crate) fn state(&self) -> ReadSignal<Load<Listed>> {
        self.remote.state()
    }

    /// Asks again, after a failure or because the person wants to.
    pub(crate) fn retry(&self) {
        self.remote.retry();
    }

    /// Asks again; what is shown stays meanwhile.
    pub(crate) fn refresh(&self) {
        self.remote.refresh();
    }

    /// The files; `None` until they are known.
    pub(crate) fn get(&self) -> Option<Listing> {
        self.remote.state().with(|state| match state {
            Load::Ready(listed) => Some(listed.files.clone()),
            Load::Loading | Load::Failed(_) => None,
        })
    }

    /// Looks at the files as they are now, if they are known, without following them.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&Listed) -> T) -> Option<T> {
        self.remote.state().with_untracked(|state| match state {
            Load::Ready(listed) => Some(look(listed)),
            Load::Loading | Load::Failed(_) => None,
        })
    }

    /// The entry of a file that this page just saved.
    pub(crate) fn put(&self, entry: FileEntry) {
        self.apply(&[FileChange {
            path: entry.path.clone(),
            entry: Some(entry),
        }]);
    }

    /// A file that this page just removed.
    pub(crate) fn remove(&self, path: &FilePath) {
        self.apply(&[FileChange {
            path: path.clone(),
            entry: None,
        }]);
    }

    fn apply(&self, changes: &[FileChange]) {
        // The part of the page that lists the files may be gone when an answer comes.
        if self.asking.try_get_value().is_none() {
            return;
        }
        if let Some(mut listed) = self.peek(Listed::clone) {
            listed.files.apply(changes);
            self.remote.put(listed);
        }
        if self.asking.get_value() > 0 {
            self.remote.refresh();
        }
    }
}
