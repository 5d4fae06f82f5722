//! Why a file could not be read or written.

use std::io;

use flowdeck_contract::codes;
use flowdeck_contract::{files::TooLarge, ids::FlowId, moving_files::MOST_AT_ONCE};
use thiserror::Error;

use crate::files::ETag;

/// Why a file could not be read or written; the message is for people.
#[derive(Debug, Error)]
pub enum FileError {
    /// There is no such file.
    #[error("The flow folder has no file ‘{0}’.")]
    NotFound(String),
    /// The path, or a symbolic link on it, leads out of the flow folder.
    #[error("‘{0}’ is a link out of the flow folder. These links aren’t followed.")]
    Outside(String),
    /// A folder of tools, or a file of a save in progress.
    #[error("‘{0}’ belongs to a tool and can’t be opened here.")]
    Hidden(String),
    /// It is a folder.
    #[error("‘{0}’ is a folder.")]
    Folder(String),
    /// A part of the path that should be a folder is a file.
    #[error("‘{0}’ is a file, so it can’t contain other files.")]
    NotAFolder(String),
    /// It is neither a file nor a folder.
    #[error("‘{0}’ isn’t a regular file.")]
    Special(String),
    /// It holds a NUL byte or is not UTF-8.
    #[error("‘{0}’ isn’t UTF-8 text, so it can’t be opened here.")]
    NotText(String),
    /// It is larger than what can be opened and saved.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// It is not what the writer has seen.
    #[error("‘{path}’ changed on disk after you opened it, so it wasn’t overwritten.")]
    Changed {
        /// The file.
        path: String,
        /// What it is now; `None` when it is gone.
        now: Option<ETag>,
    },
    /// A new file was to be made where there is one.
    #[error("‘{path}’ already exists.")]
    Exists {
        /// The file.
        path: String,
        /// What it is; `None` when it isn't a file.
        now: Option<ETag>,
    },
    /// A folder was to be moved into itself.
    #[error("‘{0}’ can’t be moved into itself.")]
    InItself(String),
    /// It's what makes the folder a flow.
    #[error("‘{0}’ defines the flow, so it can’t be renamed, moved or deleted by itself.")]
    Definition(String),
    /// Another flow is in the folder, or is the file.
    #[error(
        "‘{path}’ belongs to the flow ‘{flow}’, so it can’t be renamed, moved or deleted here."
    )]
    OtherFlow {
        /// The file or folder.
        path: String,
        /// The flow.
        flow: FlowId,
    },
    /// The paths in the definition can't be changed.
    #[error("Couldn’t update the paths in ‘{0}’, so nothing was moved.")]
    DefinitionPaths(String),
    /// More than is moved or deleted at once.
    #[error("That’s too many files at once. The limit is {MOST_AT_ONCE}.")]
    TooMany,
    /// They were restored, or deleted for good.
    #[error("These deleted files aren’t there anymore. They were restored, or deleted for good.")]
    NotDeleted,
    /// The operating system refuses access.
    #[error("The server isn’t allowed to access ‘{0}’.")]
    Denied(String),
    /// The disk or a quota is full.
    #[error("Couldn’t save ‘{0}’: the disk is full. The file didn’t change.")]
    NoSpace(String),
    /// Anything else.
    #[error("Couldn’t read or write ‘{path}’: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the operating system said.
        source: io::Error,
    },
}

/// Links that lead to each other (Linux's `ELOOP`).
const LINK_LOOP: i32 = 40;

/// What is opened is a socket, or a device without a driver (Linux's `ENXIO` and `ENODEV`).
const NO_DEVICE: [i32; 2] = [6, 19];

impl FileError {
    /// Names what went wrong with `path` from what the operating system, or `cap-std`, said.
    pub(crate) fn of(path: impl std::fmt::Display, source: io::Error) -> Self {
        let path = path.to_string();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound(path),
            // cap-std's own refusal has no error number; the operating system's has.
            io::ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
                Self::Outside(path)
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied(path)
            }
            io::ErrorKind::IsADirectory => Self::Folder(path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace(path),
            _ if source.raw_os_error() == Some(LINK_LOOP) => Self::Outside(path),
            _ if source
                .raw_os_error()
                .is_some_and(|code| NO_DEVICE.contains(&code)) =>
            {
                Self::Special(path)
            }
            io::ErrorKind::InvalidFilename => Self::NotFound(path),
            _ => Self::Io { path, source },
        }
    }

    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => codes::FILE_NOT_FOUND,
            Self::Outside(_) => "FileOutside",
            Self::Hidden(_) => "FileHidden",
            Self::Folder(_) => "FileIsFolder",
            Self::NotAFolder(_) => "FolderIsFile",
            Self::Special(_) => "FileSpecial",
            Self::NotText(_) => "FileNotText",
            Self::TooLarge(_) => TooLarge::CODE,
            Self::Changed { .. } => "FileChanged",
            Self::Exists { .. } => "FileExists",
            Self::InItself(_) => "FolderInItself",
            Self::Definition(_) => "FileIsDefinition",
            Self::OtherFlow { .. } => "FileOfOtherFlow",
            Self::DefinitionPaths(_) => "DefinitionPathsNotUpdated",
            Self::TooMany => "TooManyFiles",
            Self::NotDeleted => "DeletedFilesNotFound",
            Self::Denied(_) => "FileAccessDenied",
            Self::NoSpace(_) => codes::DISK_FULL,
            Self::Io { .. } => "FileFailed",
        }
    }
}
