//! The file that defines a flow.

use std::{fs, io, path::Path};

use flowdeck_flow::Report;
use thiserror::Error;

/// A flow's definition, as it stands on disk.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its file's name in the flow folder.
    pub(crate) file: &'static str,
    /// What is in it.
    pub(crate) report: Report,
}

/// Where a definition may stand; the first that exists counts.
const FILES: [&str; 2] = ["flow.dag.yaml", "flow.flex.yaml"];

/// Why a flow's definition could not be read.
#[derive(Debug, Error)]
pub(crate) enum DefinitionError {
    /// There is none.
    #[error("The flow folder has no flow.dag.yaml or flow.flex.yaml.")]
    Missing,
    /// The file cannot be read, or is no text.
    #[error("{file} cannot be read: {source}.")]
    Unreadable {
        /// The file's name.
        file: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl Definition {
    /// Reads the definition of the flow in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self, DefinitionError> {
        for file in FILES {
            match fs::read_to_string(folder.join(file)) {
                Ok(text) => {
                    return Ok(Self {
                        file,
                        report: flowdeck_flow::check(&text),
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(DefinitionError::Unreadable { file, source }),
            }
        }
        Err(DefinitionError::Missing)
    }
}
