//! Changes one thing of a `flow.dag.yaml` and leaves every other byte, comments included, as it is.

mod environment;
mod lines;
mod name;
mod node;
mod paths;
mod spelling;

use std::fmt;

use serde_json::Value as Json;

use crate::yaml::{Expander, SourceText, compose};

pub(crate) use lines::quoted_length;

pub use environment::{set_environment_image, set_environment_requirements};
pub use name::set_flow_name;
pub use node::{NodeEdit, NodeEditError, NodeKey, set_node_value};
pub use paths::{PathUse, path_uses, rename_paths};

/// Why a text was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// It is no YAML, or no mapping.
    Unreadable,
    /// It says it in a way that is better changed by hand.
    Unusual,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EditError::Unreadable => "It isn't valid YAML. Fix it in raw file mode first.",
            EditError::Unusual => {
                "flowdeck can't change the way its environment is written. Change it in raw file mode."
            }
        })
    }
}

impl std::error::Error for EditError {}

/// What the mapping that a text is means.
fn meaning_of(text: &str) -> Result<Json, EditError> {
    let source = SourceText::new(text);
    let (tree, problems) = compose(&source).map_err(|_| EditError::Unreadable)?;
    let root = tree.root().filter(|root| root.as_mapping().is_some());
    let root = root
        .filter(|_| problems.is_empty())
        .ok_or(EditError::Unreadable)?;
    let mut expander = Expander::for_text_of(text.len());
    let json = expander.json(root);
    if expander.exhausted_at().is_some() {
        return Err(EditError::Unusual);
    }
    Ok(json)
}
