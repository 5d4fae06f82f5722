//! Why an archive, or a flow of one, wasn't imported.

use std::io;

use flowdeck_contract::{codes, shown::shown};
use thiserror::Error;

use crate::flows::ManageError;

/// Why an archive, or a flow of one, wasn't imported; the message is for people.
#[derive(Debug, Error)]
pub enum ImportError {
    /// It's neither a zip nor a tar, or it's broken.
    #[error("This isn’t a zip file that can be read: {0}.")]
    Unreadable(String),
    /// A name leads out of the folder, or can't be a file's.
    #[error("‘{}’ can’t be imported: {why}.", shown(.name))]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it, as the rest of a sentence.
        why: String,
    },
    /// Its file is a link, encrypted, or packed in a way that nobody uses for flows.
    #[error("‘{}’ can’t be imported: {why}.", shown(.name))]
    File {
        /// The file.
        name: String,
        /// What is wrong with it, as the rest of a sentence.
        why: &'static str,
    },
    /// It has more than is taken.
    #[error("The archive is too large: {0}.")]
    TooLarge(&'static str),
    /// There is no flow in it.
    #[error("There’s no flow in it: no flow.dag.yaml, no flow.flex.yaml and no .prompty file.")]
    NoFlow,
    /// The archive isn't kept any more, or never was.
    #[error("The server doesn’t have this archive anymore.")]
    NotHeld,
    /// It has no flow in that folder.
    #[error("The archive has no flow in the folder ‘{}’.", shown(.0))]
    NotFound(String),
    /// The disk.
    #[error("Couldn’t read the archive: {0}")]
    Io(#[from] io::Error),
    /// The flows folder.
    #[error(transparent)]
    Manage(#[from] ManageError),
}

impl ImportError {
    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "ArchiveUnreadable",
            Self::Name { .. } => "ArchiveNameRefused",
            Self::File { .. } => "ArchiveFileRefused",
            Self::TooLarge(_) => "ArchiveTooLarge",
            Self::NoFlow => "ArchiveWithoutFlow",
            Self::NotHeld => "ArchiveNotFound",
            Self::NotFound(_) => codes::FLOW_NOT_FOUND,
            Self::Io(_) => "ArchiveFailed",
            Self::Manage(error) => error.code(),
        }
    }

    /// What to do, as a sentence.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Manage(error) => return error.remedy(),
            Self::NotHeld => "Choose the file again.".to_owned(),
            Self::Name { .. } | Self::File { .. } => {
                "Nothing was imported. Pack the flow’s folder again without it.".to_owned()
            }
            Self::TooLarge(_) => {
                "Import fewer flows at a time, or leave large files out.".to_owned()
            }
            Self::NoFlow => {
                "Choose the zip of a flow’s folder, such as Azure’s Download gives it.".to_owned()
            }
            _ => return None,
        })
    }
}
