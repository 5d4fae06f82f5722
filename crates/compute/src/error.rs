//! The one error type of this crate.

use std::borrow::Cow;

use flowdeck_connections::{ConnectionError, ErrorKind};
use flowdeck_contract::{
    codes,
    error::{Failure, RootError},
    packages::{InstallCause, InstallFault},
};
use thiserror::Error;

use crate::state::Refused;

/// What kind of failure it is, so that a caller can choose its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComputeErrorKind {
    /// What was asked for does not exist.
    NotFound,
    /// It cannot be done in the state things are in; it can later.
    Conflict,
    /// The request itself is wrong.
    Invalid,
    /// Something this depends on is missing or down.
    Unavailable,
    /// A fault of ours, or of the disk.
    Internal,
}

/// Why a request to the compute part failed.
#[derive(Debug, Error)]
pub enum ComputeError {
    /// There is no such run.
    #[error("This flow has no run ‘{0}’.")]
    RunNotFound(String),
    /// The run made no such file.
    #[error("This run has no file ‘{0}’.")]
    OutputNotFound(String),
    /// A picture that was given to the flow is there no longer.
    #[error("The picture is no longer kept.")]
    PictureNotKept,
    /// The run says nothing of the flow's files.
    #[error("This run doesn’t say what was in the flow’s files.")]
    FilesNotKept,
    /// There is no such conversation.
    #[error("This flow has no conversation ‘{0}’.")]
    ConversationNotFound(String),
    /// There is no such session.
    #[error("Compute session ‘{0}’ doesn’t exist.")]
    SessionNotFound(String),
    /// There is no such flow folder.
    #[error("Flow ‘{0}’ doesn’t exist.")]
    FlowNotFound(String),
    /// There is no such compute instance.
    #[error("Compute instance ‘{0}’ doesn’t exist.")]
    InstanceNotFound(String),
    /// Not in this state.
    #[error("{0}")]
    Refused(String),
    /// Not now; `remedy` says what would change that.
    #[error("{0}")]
    NotNow(Failure),
    /// The request is wrong; `target` names the part.
    #[error("{failure}")]
    Invalid {
        /// What is wrong with it.
        failure: Failure,
        /// The field or file at fault.
        target: Option<String>,
    },
    /// Something is missing; `remedy` says what to do.
    #[error("{0}")]
    Unavailable(Failure),
    /// An install would fail.
    #[error("{failure}")]
    Install {
        /// What happened and why.
        failure: Failure,
        /// What is to blame.
        fault: Box<InstallFault>,
    },
    /// Something with connections.
    #[error("{0}")]
    Connections(#[from] ConnectionError),
    /// The data folder is used by another server.
    #[error("The data folder {0} is in use by another flowdeck server.")]
    DataInUse(String),
    /// The data folder cannot be written.
    #[error("Can’t write to the data folder {folder}: {source}")]
    DataNotWritable {
        /// The folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// What is remembered could not be read or written.
    #[error("The session store failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// What is remembered makes no sense to this version.
    #[error("This version can’t read the session store: {0}")]
    Record(#[from] serde_json::Error),
    /// A file could not be read or written.
    #[error("{what}: {source}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl From<Refused> for ComputeError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.to_string())
    }
}

impl ComputeError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ComputeErrorKind {
        match self {
            Self::RunNotFound(_)
            | Self::OutputNotFound(_)
            | Self::PictureNotKept
            | Self::FilesNotKept
            | Self::ConversationNotFound(_)
            | Self::FlowNotFound(_)
            | Self::SessionNotFound(_)
            | Self::InstanceNotFound(_) => ComputeErrorKind::NotFound,
            Self::Refused(_) | Self::NotNow(_) => ComputeErrorKind::Conflict,
            Self::Invalid { .. } => ComputeErrorKind::Invalid,
            Self::Connections(error) => match error.kind() {
                ErrorKind::NotFound => ComputeErrorKind::NotFound,
                ErrorKind::Conflict | ErrorKind::Precondition => ComputeErrorKind::Conflict,
                ErrorKind::Invalid => ComputeErrorKind::Invalid,
                ErrorKind::Unavailable => ComputeErrorKind::Unavailable,
            },
            Self::Install { fault, .. } => match fault.cause {
                InstallCause::DiskFull | InstallCause::NoNetwork | InstallCause::Other => {
                    ComputeErrorKind::Unavailable
                }
                _ => ComputeErrorKind::Conflict,
            },
            Self::Unavailable(_) | Self::DataInUse(_) | Self::DataNotWritable { .. } => {
                ComputeErrorKind::Unavailable
            }
            Self::Store(_) | Self::Record(_) | Self::Io { .. } => ComputeErrorKind::Internal,
        }
    }

    /// As the API says it.
    #[must_use]
    pub fn to_root_error(&self) -> RootError {
        let root = RootError::from(self.failure());
        match self {
            Self::Install { fault, .. } => root.with_install_fault(fault),
            Self::Connections(error) => of_connections(root, error),
            Self::Invalid {
                target: Some(target),
                ..
            } => root.with_target(target.clone()),
            _ => root,
        }
    }

    /// What happened, and what the person can do.
    fn failure(&self) -> Failure {
        match self {
            Self::NotNow(failure)
            | Self::Unavailable(failure)
            | Self::Invalid { failure, .. }
            | Self::Install { failure, .. } => failure.clone(),
            _ => Failure {
                code: self.code(),
                message: self.to_string(),
                remedy: self.remedy(),
            },
        }
    }

    fn remedy(&self) -> Option<String> {
        match self {
            Self::Connections(error) => error.remedy(),
            Self::PictureNotKept => Some("Choose the picture again.".to_owned()),
            Self::DataInUse(_) => {
                Some("Stop that server, or give this one another --data folder.".to_owned())
            }
            Self::DataNotWritable { .. } => {
                Some("Choose a folder that the server can write to, with --data.".to_owned())
            }
            _ => None,
        }
    }

    fn code(&self) -> Cow<'static, str> {
        let code = match self {
            Self::RunNotFound(_) => "RunNotFound",
            Self::OutputNotFound(_) => "OutputNotFound",
            Self::PictureNotKept => "PictureNotKept",
            Self::FilesNotKept => codes::FILES_NOT_KEPT,
            Self::ConversationNotFound(_) => "ConversationNotFound",
            Self::FlowNotFound(_) => codes::FLOW_NOT_FOUND,
            Self::SessionNotFound(_) => "SessionNotFound",
            Self::InstanceNotFound(_) => codes::COMPUTE_INSTANCE_NOT_FOUND,
            Self::Refused(_) => "SessionStateConflict",
            Self::Connections(error) => error.code(),
            Self::NotNow(failure)
            | Self::Unavailable(failure)
            | Self::Invalid { failure, .. }
            | Self::Install { failure, .. } => return failure.code.clone(),
            Self::DataInUse(_) => "DataFolderInUse",
            Self::DataNotWritable { .. } => "DataFolderNotWritable",
            Self::Store(_) | Self::Record(_) => "StoreFailed",
            Self::Io { .. } => "StorageFailed",
        };
        code.into()
    }

    /// Something that can't be done now, and what the person can do.
    pub(crate) fn not_now(
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::NotNow(Failure::new(code, message).with_remedy(remedy))
    }

    /// A request that is wrong.
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        let failure = Failure::new(code, message);
        let target = None;
        Self::Invalid { failure, target }
    }

    /// Names the field or file at fault, where the request is wrong.
    pub(crate) fn at(self, field: impl Into<String>) -> Self {
        match self {
            Self::Invalid { failure, .. } => Self::Invalid {
                failure,
                target: Some(field.into()),
            },
            other => other,
        }
    }

    /// An input or output failure, with what was to be done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

fn of_connections(root: RootError, error: &ConnectionError) -> RootError {
    let root = match error.target() {
        Some(target) => root.with_target(target),
        None => root,
    };
    match error {
        ConnectionError::Needs(needs) => root.with_connection_needs(needs),
        _ => root,
    }
}

impl From<tokio::task::JoinError> for ComputeError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::io("Working on a thread")(error.into())
    }
}
