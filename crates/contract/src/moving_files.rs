//! Files and folders of a flow that get another path, are deleted, and come back.

use serde::{Deserialize, Serialize};

use crate::{Millis, files::FileEntry, ids::FilePath, timeline::By};

/// The most files and folders that are moved or deleted at once.
pub const MOST_AT_ONCE: usize = 1_000;

/// A folder to be made in a flow's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewFolder {
    /// Where. The folders that it's in are made, too.
    pub path: FilePath,
}

/// Files and folders that are to have other paths: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MoveFiles {
    /// What moves where, one after the other.
    pub moves: Vec<FileMove>,
    /// Whether the flow's definition is to name them by their new paths.
    #[serde(default)]
    pub update_definition: bool,
}

/// A file or folder that is to have another path. Folders on the way there are made; nothing is overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FileMove {
    /// Where it is.
    pub from: FilePath,
    /// Where it's to be.
    pub to: FilePath,
}

/// What moved, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MovedFiles {
    /// What was moved, in the order of the moves.
    pub entries: Vec<FileEntry>,
    /// The flow's definition, where it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<FileEntry>,
}

/// Files and folders that are wanted as a zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ArchiveFiles {
    /// Which.
    pub paths: Vec<FilePath>,
}

/// Files and folders that are to be deleted: all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeleteFiles {
    /// Which.
    pub files: Vec<SeenFile>,
}

/// A file or folder as somebody has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeenFile {
    /// Where it is.
    pub path: FilePath,
    /// Its [`FileEntry::etag`] then. Where it isn't empty, a file with another content is left alone.
    #[serde(default)]
    pub etag: String,
}

/// The files and folders that were deleted and can be restored, the last ones first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AllDeletedFiles {
    /// What was deleted, each with what was deleted along with it.
    pub deleted: Vec<DeletedFiles>,
}

/// Files and folders that were deleted together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeletedFiles {
    /// Names them among what was deleted.
    pub id: String,
    /// Where they were and will be again.
    pub paths: Vec<FilePath>,
    /// When they were deleted.
    pub deleted: Millis,
    /// When they're deleted for good.
    pub ends: Millis,
    /// Who deleted them.
    #[serde(default)]
    pub by: By,
}
