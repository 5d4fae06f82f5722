//! The file that defines a flow.

use std::path::Path;

use flowdeck_access::folder::{Folder, ReadError};
use flowdeck_contract::codes;
use flowdeck_contract::files::TooLarge;
use flowdeck_flow::Report;
use thiserror::Error;

/// A flow's definition, as it stands on disk.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its file's name in the flow folder.
    pub(crate) file: &'static str,
    /// What is in it.
    pub(crate) report: Report,
    pub(crate) text: String,
}

/// Where a definition may stand; the first that exists counts.
pub(crate) const FILES: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// Why a flow's definition could not be read.
#[derive(Debug, Error)]
pub(crate) enum DefinitionError {
    /// There is none.
    #[error("The flow folder has no flow.dag.yaml or flow.flex.yaml.")]
    Missing,
    /// The folder itself cannot be read.
    #[error("The flow folder can't be read: {0}.")]
    Folder(ReadError),
    /// The file is larger than a definition may be.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The file cannot be read, or isn't text.
    #[error("{file} can't be read: {source}.")]
    Unreadable {
        /// The file's name.
        file: &'static str,
        /// Why.
        source: ReadError,
    },
}

impl DefinitionError {
    /// PascalCase, stable.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => TooLarge::CODE,
            Self::Missing | Self::Folder(_) | Self::Unreadable { .. } => codes::FLOW_UNREADABLE,
        }
    }

    /// The file that it is about.
    pub(crate) fn target(&self) -> Option<String> {
        match self {
            Self::TooLarge(error) => Some(error.name.clone()),
            Self::Unreadable { file, .. } => Some((*file).to_owned()),
            Self::Missing | Self::Folder(_) => None,
        }
    }
}

impl Definition {
    /// Reads the definition of the flow in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, DefinitionError> {
        let folder = Folder::open(folder).map_err(DefinitionError::Folder)?;
        for file in FILES {
            match folder.read_text(file) {
                Ok(text) => {
                    return Ok(Self {
                        file,
                        report: flowdeck_flow::check(&text),
                        text,
                    });
                }
                Err(ReadError::Missing) => {}
                Err(ReadError::TooLarge(error)) => return Err(DefinitionError::TooLarge(error)),
                Err(source) => return Err(DefinitionError::Unreadable { file, source }),
            }
        }
        Err(DefinitionError::Missing)
    }
}
