//! The file that defines a flow.

use std::path::Path;

use flowdeck_access::folder::{Folder, ReadError};
use flowdeck_contract::codes;
use flowdeck_contract::files::TooLarge;
use flowdeck_contract::runs::NodeVariant;
use flowdeck_flow::{
    NodeEditError, NodeKey, Report, entry_file, set_node_value, take_inputs_of_entry,
};
use thiserror::Error;

use crate::owner::Owner;

/// A flow's definition, as it stands on disk.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its file's name in the flow folder.
    pub(crate) file: String,
    /// What is in it; the inputs of a flex flow are those of its entry, where it declares none.
    pub(crate) report: Report,
    pub(crate) text: String,
}

/// Why a flow's definition could not be read.
#[derive(Debug, Error)]
pub(crate) enum DefinitionError {
    /// There is none of these names.
    #[error("The flow folder has no {0}.")]
    Missing(String),
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
        file: String,
        /// Why.
        source: ReadError,
    },
}

impl DefinitionError {
    /// PascalCase, stable.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => TooLarge::CODE,
            Self::Missing(_) | Self::Folder(_) | Self::Unreadable { .. } => codes::FLOW_UNREADABLE,
        }
    }

    /// The file that it is about.
    pub(crate) fn target(&self) -> Option<String> {
        match self {
            Self::TooLarge(error) => Some(error.name.clone()),
            Self::Unreadable { file, .. } => Some(file.clone()),
            Self::Missing(_) | Self::Folder(_) => None,
        }
    }
}

impl Definition {
    /// Reads the definition of an owner whose files are in `folder`.
    pub(crate) fn read(folder: &Path, owner: &Owner) -> Result<Self, DefinitionError> {
        let folder = Folder::open(folder).map_err(DefinitionError::Folder)?;
        let files = owner.definition_files();
        for file in &files {
            match folder.read_text(file) {
                Ok(text) => return Ok(Self::of_text(&folder, file, text)),
                Err(ReadError::Missing) => {}
                Err(ReadError::TooLarge(error)) => return Err(DefinitionError::TooLarge(error)),
                Err(source) => {
                    let file = (*file).to_owned();
                    return Err(DefinitionError::Unreadable { file, source });
                }
            }
        }
        Err(DefinitionError::Missing(files.join(" or ")))
    }

    fn of_text(folder: &Folder, file: &str, text: String) -> Self {
        let mut report = flowdeck_flow::check_definition(file, &text);
        if let Some(flow) = &mut report.flow
            && let Some(source) = flow.entry.as_deref().and_then(entry_file)
            // What can't be read is promptflow's to complain about.
            && let Ok(source) = folder.read_text(&source)
        {
            take_inputs_of_entry(flow, &source);
        }
        Self {
            file: file.to_owned(),
            report,
            text,
        }
    }

    /// It with another variant of a node as its default one.
    pub(crate) fn with_variant(&self, variant: &NodeVariant) -> Result<Self, NodeEditError> {
        let key = NodeKey::DefaultVariant;
        let text = set_node_value(&self.text, &variant.node, key, &variant.id)?.text;
        Ok(Self {
            file: self.file.clone(),
            report: flowdeck_flow::check_definition(&self.file, &text),
            text,
        })
    }
}
