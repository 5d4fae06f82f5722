//! Changes one thing of a `flow.dag.yaml` and leaves every other byte, comments included, as it is.

mod environment;
mod lines;
mod node;
mod spelling;

use std::fmt;

pub(crate) use lines::quoted_length;

pub use environment::{set_environment_image, set_environment_requirements};
pub use node::{NodeEdit, NodeEditError, NodeKey, set_node_value};

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
