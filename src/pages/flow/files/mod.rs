//! The tree of a flow's files. Knows the list of files and how to add and remove one; knows nothing of the editor.

mod listing;
mod new_file;
mod region;
mod remove_file;
mod tree;
mod tree_view;

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

pub(crate) use listing::{FlowListing, Listed};
pub(crate) use new_file::NameForm;
pub use region::FilesRegion;
pub(crate) use remove_file::RemovalQuestion;
pub(crate) use tree::Listing;

/// What is being done to the list of files; the forms for it load when they are first needed.
#[derive(Clone, Copy)]
pub(crate) struct FileTasks {
    /// A file is being added.
    adding: RwSignal<bool>,
    /// Hears that the person thought better of adding one.
    on_cancel: Callback<()>,
    /// Whether this file is to be deleted is being asked.
    removing: RwSignal<Option<FilePath>>,
    /// Hears that the file, and its row with it, is gone.
    on_removed: Callback<()>,
    /// The list's: what was asked for goes on when its form is gone.
    owner: StoredValue<Owner>,
}

impl FileTasks {
    fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.owner.with_value(|owner| {
            owner.with(|| leptos::task::spawn_local_scoped_with_cancellation(task));
        });
    }
}

/// What the tree shares with raw file mode.
#[derive(Clone, Copy)]
pub(crate) struct FilesContext {
    pub(crate) listing: FlowListing,
    /// Hears of a file that was removed here.
    pub(crate) on_removed: StoredValue<Callback<FilePath>>,
}
