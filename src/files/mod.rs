//! The tree of a flow's files. Knows the list of files and how to add and remove one; knows nothing of the editor.

mod asking;
mod listing;
mod new_file;
mod region;
mod remove_file;
mod tree;
mod tree_view;

use flowdeck_contract::ids::FilePath;
use leptos::prelude::*;

pub(crate) use asking::open_while_asked;
pub(crate) use listing::{FlowListing, Listed};
pub use region::FilesRegion;
pub(crate) use tree::Listing;

/// What the tree shares with raw file mode.
#[derive(Clone, Copy)]
pub(crate) struct FilesContext {
    pub(crate) listing: FlowListing,
    /// Hears of a file that was removed here.
    pub(crate) on_removed: StoredValue<Callback<FilePath>>,
}
