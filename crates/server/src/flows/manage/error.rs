//! Why a flow couldn't be made, copied, packed, deleted or restored.

use std::io;

use flowdeck_contract::{ids::FlowId, session::SessionState, shown::shown};
use thiserror::Error;

use crate::flows::FlowError;

/// Why a flow couldn't be made, copied, packed, deleted or restored; the message is for people.
#[derive(Debug, Error)]
pub enum ManageError {
    /// The server serves one flow, and the folder around it is none of its business.
    #[error("{0}")]
    Fixed(String),
    /// There is something of that name.
    #[error("‘{}’ already exists.", shown(.0.as_str()))]
    Exists(FlowId),
    /// A flow that can be restored has that name.
    #[error("A deleted flow has the folder name ‘{}’.", shown(.0.as_str()))]
    InBin(FlowId),
    /// The folder that it was to be in isn't there.
    #[error("There’s no folder ‘{}’ in the flows folder.", shown(.0))]
    NoParent(String),
    /// A flow of that name wouldn't be found.
    #[error("‘{}’ can’t be the folder of a flow: {why}.", shown(.folder.as_str()))]
    Name {
        /// The name.
        folder: FlowId,
        /// Why it wouldn’t be found, as the rest of a sentence.
        why: &'static str,
    },
    /// Its compute session, or that of a flow in its folder, uses the folder.
    #[error("The compute session of ‘{}’ uses the folder.", shown(.0.as_str()))]
    AtWork(FlowId, SessionState),
    /// There is no such beginning of a flow.
    #[error("There’s no template ‘{}’.", shown(.0))]
    NoTemplate(String),
    /// It was restored or deleted for good.
    #[error("This deleted flow isn’t there anymore. It was restored, or deleted for good.")]
    NotDeleted,
    /// It has more than is copied or packed.
    #[error("The flow’s folder is too large: {0}.")]
    TooLarge(&'static str),
    /// The definition can't be given another name.
    #[error("Can’t set the display name. {0}")]
    DisplayName(String),
    /// The disk or a quota is full.
    #[error("{0}: the disk is full.")]
    NoSpace(&'static str),
    /// The operating system refuses it.
    #[error("{0}: the server isn’t allowed to write to the flows folder.")]
    Denied(&'static str),
    /// Anything else of the disk.
    #[error("{what}: {source}")]
    Io {
        /// What couldn't be done, as a sentence without its end.
        what: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The flow itself.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl ManageError {
    /// Names what went wrong from what the operating system said.
    pub(in crate::flows) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace(what),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied(what)
            }
            _ => Self::Io { what, source },
        }
    }

    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fixed(_) => "FlowsFixed",
            Self::Exists(_) => "FlowExists",
            Self::InBin(_) => "FlowNameDeleted",
            Self::NoParent(_) => "FlowParentNotFound",
            Self::Name { .. } => "FlowNameInvalid",
            Self::AtWork(..) => "FlowAtWork",
            Self::NoTemplate(_) => "FlowTemplateNotFound",
            Self::NotDeleted => "DeletedFlowNotFound",
            Self::TooLarge(_) => "FlowTooLarge",
            Self::DisplayName(_) => "FlowNameNotSet",
            Self::NoSpace(_) => flowdeck_contract::codes::DISK_FULL,
            Self::Denied(_) => "FlowsFolderDenied",
            Self::Io { .. } => "FlowsFolderFailed",
            Self::Flow(error) => error.code(),
        }
    }

    /// What to do, as a sentence.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Exists(_) => "Choose another name.".to_owned(),
            Self::InBin(_) => {
                "Choose another name, or restore the deleted flow or delete it for good first."
                    .to_owned()
            }
            Self::NoParent(_) => "Choose a name without ‘/’, or make that folder first.".to_owned(),
            Self::AtWork(_, state) => match state {
                SessionState::Stopping => "Wait until it has stopped.".to_owned(),
                _ => "Stop the compute session first.".to_owned(),
            },
            Self::NoSpace(_) => "Free space on the disk, then try again.".to_owned(),
            Self::Denied(_) => {
                "Give the user that runs the server access to the flows folder.".to_owned()
            }
            _ => return None,
        })
    }
}
