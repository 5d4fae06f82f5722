//! The tree of a flow's files. Knows the list of files and how to add, rename, move and delete some; knows nothing of the
//! editor.

mod context_menu;
mod deleted;
mod dialogs;
mod folder_form;
mod listing;
mod marks;
mod move_form;
mod name;
mod new_file;
mod references;
mod region;
mod removal;
mod rename_form;
mod tree;
mod tree_view;
mod work;

use std::collections::BTreeSet;

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

pub(crate) use dialogs::FileDialogs;
pub(crate) use listing::{FlowListing, Listed};
pub(crate) use new_file::NameForm;
pub use region::FilesRegion;
pub(crate) use tree::Listing;

/// The files and folders that something is asked about.
type Asked = RwSignal<Option<Vec<FilePath>>>;

/// What is being done to the list of files; the forms for it load when they are first needed. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct FileTasks {
    /// A file is being added.
    adding: RwSignal<bool>,
    /// Hears that the person thought better of adding one.
    on_cancel: Callback<()>,
    /// The folder in which one is to be made; empty at the top.
    making: Asked,
    /// The one that is to have another name.
    renaming: Asked,
    /// Those that are to be in another folder.
    moving: Asked,
    /// Of which it's asked whether they are to be deleted.
    removing: Asked,
    /// The deleted files are shown.
    restoring: Asked,
    /// Those that the open menu is for.
    menu: Asked,
    /// Where the pointer asked for it, in the window; none where a key did.
    menu_at: RwSignal<Option<(i32, i32)>>,
    /// Several that are marked in the tree.
    marked: RwSignal<BTreeSet<FilePath>>,
    /// The row that has, or had last, the focus.
    focused: RwSignal<Option<FilePath>>,
    /// Gives the focus back to the tree.
    back: Callback<()>,
    /// The list's: what was asked for goes on when its form is gone.
    owner: StoredValue<Owner>,
}

impl FileTasks {
    /// Closes the dialog of what has been done. The row that had the focus may be gone.
    fn done(&self, asked: Asked) {
        asked.set(None);
        self.back.run(());
    }

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
