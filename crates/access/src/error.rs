//! Why an engine could not do something.

use std::borrow::Cow;

use flowdeck_contract::{codes, error::Failure, packages::AskedBy};

/// Why an engine could not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct EngineError {
    /// What happened, and what the person can do.
    pub failure: Failure,
    /// The requirement at fault, or those that contradict each other, as the installer names them.
    pub about: Vec<String>,
    /// The line of a requirements file that is to blame, where that is known.
    pub line: Option<Box<AskedBy>>,
}

impl EngineError {
    /// A failure without a known remedy.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Failure::new(code, message).into()
    }

    /// Names the line of a requirements file that is to blame, unless one is named already.
    #[must_use]
    pub fn at(mut self, line: Option<AskedBy>) -> Self {
        self.line = self.line.or(line.map(Box::new));
        self
    }

    /// Names the requirements at fault.
    #[must_use]
    pub fn about<T: Into<String>>(mut self, requirements: impl IntoIterator<Item = T>) -> Self {
        self.about = requirements.into_iter().map(Into::into).collect();
        self
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.failure = self.failure.with_remedy(remedy);
        self
    }

    /// A failed input or output: a full disk is named as such.
    pub fn io(what: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::disk_full(what)
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::new("DataFolderNotWritable", format!("{what}: {error}."))
                    .with_remedy("Choose a data folder that the server can write to, with --data.")
            }
            _ => Self::new("StorageFailed", format!("{what}: {error}.")),
        }
    }

    /// There is no space left.
    pub fn disk_full(what: &str) -> Self {
        Self::new(codes::DISK_FULL, format!("{what}: the disk is full.")).with_remedy(
            "Free space on the disk that holds the data folder and uv's cache, then try again.",
        )
    }
}

impl From<Failure> for EngineError {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            about: Vec::new(),
            line: None,
        }
    }
}

impl From<tokio::task::JoinError> for EngineError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::new("Internal", format!("The server failed: {error}."))
    }
}
