//! The files of a flow folder: listed, read, saved, removed.
//!
//! Every path is resolved beneath the folder by the operating system (`cap-std`), so that no `..` and no symbolic link
//! leads out of it, not even one that is put there between a check and its use. Knows nothing of HTTP.

mod arrange;
mod cache;
mod deleted;
mod error;
mod etag;
mod folder;
mod free_name;
mod list;
mod names;
mod save;

pub use cache::ContentCache;
pub(crate) use cache::Stamp;
pub use error::FileError;
pub use etag::{ETag, Precondition};
pub(crate) use folder::modified;
pub use folder::{FlowFolder, TextFile};
pub(crate) use free_name::rename_to_free;
pub use list::NODE_LIMIT;
pub use names::{is_hidden, is_leftover};
pub use save::Saved;
