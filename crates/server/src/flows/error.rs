//! Why a flow could not be reached.

use std::io;

use flowdeck_contract::codes;
use flowdeck_contract::ids::FlowId;
use thiserror::Error;

use crate::files::FileError;

/// Why a flow could not be reached; the message is for people.
#[derive(Debug, Error)]
pub enum FlowError {
    /// No folder of this name holds a flow.
    #[error("Flow ‘{0}’ doesn’t exist.")]
    NotFound(FlowId),
    /// The folder is a link that leads out of the flows folder.
    #[error(
        "The folder of the flow ‘{0}’ is a link out of the flows folder. These links aren’t followed."
    )]
    Outside(FlowId),
    /// The flows folder is itself a flow whose folder's name can't be a flow's.
    #[error("{0}")]
    Name(String),
    /// The flows folder is not there.
    #[error("The flows folder {0} doesn’t exist.")]
    NoFolder(String),
    /// The flows folder, or one in it, cannot be read.
    #[error("Can’t read the folder {folder}: {source}.")]
    Unreadable {
        /// The folder.
        folder: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// One of its files.
    #[error(transparent)]
    File(#[from] FileError),
}

impl FlowError {
    /// Names what went wrong with a flow's folder from what the operating system, or `cap-std`, said.
    pub(crate) fn of(flow: &FlowId, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound(flow.clone()),
            // cap-std's own refusal has no error number; the operating system's has.
            io::ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
                Self::Outside(flow.clone())
            }
            _ => Self::Unreadable {
                folder: flow.to_string(),
                source,
            },
        }
    }

    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => codes::FLOW_NOT_FOUND,
            Self::Outside(_) => "FlowFolderOutside",
            Self::Name(_) => "FlowFolderName",
            Self::NoFolder(_) => "FlowsFolderNotFound",
            Self::Unreadable { .. } => "FlowFolderUnreadable",
            Self::File(error) => error.code(),
        }
    }
}
