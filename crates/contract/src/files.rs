//! The files of a flow folder.

use serde::{Deserialize, Serialize};

use crate::{Millis, ids::FilePath, shown::shown};

/// Files larger than this are listed but not opened in the editor, in bytes.
pub const EDITABLE_LIMIT: u64 = 2 * 1024 * 1024;

/// A file is larger than what is read or saved whole: one message for every place where this happens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("‘{}’ is too large. The limit is {} MiB.", shown(name), limit >> 20)]
pub struct TooLarge {
    /// The file, relative to the flow folder.
    pub name: String,
    /// The most bytes that it may have.
    pub limit: u64,
}

impl TooLarge {
    /// PascalCase, stable.
    pub const CODE: &'static str = "FileTooLarge";

    /// A file with more than [`EDITABLE_LIMIT`].
    #[must_use]
    pub fn to_edit(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            limit: EDITABLE_LIMIT,
        }
    }
}

/// Everything in a flow folder, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileTree {
    /// Folders and files; a folder comes before what it holds.
    pub entries: Vec<FileEntry>,
    /// What the list leaves out.
    #[serde(default)]
    pub left_out: LeftOut,
    /// The id of the newest live event when this was read: a stream that begins with the same one has told of no change
    /// since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// Entries that a list leaves out. Hidden files and folders don't count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Entries whose names no address can carry: not UTF-8, too long, or with a backslash or control character.
    pub unusable_names: u32,
    /// Entries beyond the most that are listed.
    pub beyond_limit: u32,
    /// Whether there are more: what is in a folder that was left out isn't counted.
    pub is_more: bool,
}

impl LeftOut {
    /// How many are left out, at least.
    #[must_use]
    pub fn count(self) -> u32 {
        self.unusable_names.saturating_add(self.beyond_limit)
    }
}

/// A file or folder of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Where it stands in the flow folder.
    pub path: FilePath,
    /// What it is, and so whether it can be opened.
    pub kind: FileKind,
    /// Its length in bytes; zero for a folder.
    pub size: u64,
    /// When it was last changed.
    pub modified: Millis,
    /// Changes whenever the content does; empty for a folder or link. Sent back as `If-Match` when saving.
    pub etag: String,
}

/// What an entry of a flow folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    /// Holds other entries.
    Folder,
    /// A folder that the server may not read: what it holds isn't known.
    UnreadableFolder,
    /// Text that the editor can open.
    Text,
    /// Not text (holds a NUL byte or is not UTF-8): listed, not opened.
    Binary,
    /// Larger than [`EDITABLE_LIMIT`]: listed, not opened.
    TooLarge,
    /// A symbolic link that leads out of the flow folder, to a folder, or nowhere: listed, never followed.
    OutsideLink,
}

/// A change of a file on disk, whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileChange {
    /// The file.
    pub path: FilePath,
    /// The entry as it stands now; `None` when it is gone, and with it all that a folder held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<FileEntry>,
}
