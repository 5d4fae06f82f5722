//! What a flow asks for, and what is wrong with what there is.

use std::collections::BTreeMap;

use flowdeck_flow::INIT;
use serde::{Deserialize, Serialize};

use super::ConnectionType;
use crate::{codes, flows::FlowProblem, shown::shown};

/// A node that asks for a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionNeed {
    /// The node; `None` for an environment variable of the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The input of the node that names the connection, the environment variable, or the argument of a flex flow's class,
    /// `init.NAME`; `None` for `connection:`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The line of the flow's file, from 1.
    pub line: u32,
    /// The connection, as the file says it.
    pub name: String,
    /// The types that fit; empty when any does.
    pub accepts: Vec<ConnectionType>,
    /// What stands in the way of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<NeedProblem>,
}

/// What is wrong with the connection that a node asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum NeedProblem {
    /// There is none of this name.
    Missing,
    /// It has another type.
    WrongType {
        /// The type that it has.
        is: ConnectionType,
    },
    /// Required fields have no value.
    Incomplete {
        /// Their names.
        fields: Vec<String>,
    },
    /// It is for other flows.
    NotForThisFlow,
    /// Its secrets can't be read with the key that the server has.
    Locked,
    /// It signs in with Microsoft Entra ID, and no managed identity of the server is meant for its service.
    NoIdentity {
        /// The service's address.
        address: String,
    },
}

/// Asks what stands in the way of runs that have other environment variables than the flow's file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NeedsRequest {
    /// The variables that are set for the runs, by name. A value matters only when it refers to a connection: any other can
    /// be left empty here.
    pub variables: BTreeMap<String, String>,
}

impl NeedProblem {
    /// PascalCase, stable.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            NeedProblem::Missing => codes::CONNECTION_MISSING,
            NeedProblem::WrongType { .. } => codes::CONNECTION_WRONG_TYPE,
            NeedProblem::Incomplete { .. } => codes::CONNECTION_INCOMPLETE,
            NeedProblem::NotForThisFlow => codes::CONNECTION_NOT_FOR_FLOW,
            NeedProblem::Locked => codes::CONNECTION_LOCKED,
            NeedProblem::NoIdentity { .. } => codes::CONNECTION_NO_IDENTITY,
        }
    }
}

impl ConnectionNeed {
    /// What is wrong, as lists of flows show it; `None` when nothing is.
    #[must_use]
    pub fn as_problem(&self) -> Option<FlowProblem> {
        Some(FlowProblem {
            code: self.problem.as_ref()?.code().to_owned(),
            message: self.message()?,
            line: Some(self.line),
        })
    }

    /// Who asks, for a sentence.
    #[must_use]
    pub fn asker(&self) -> String {
        match (&self.node, &self.input) {
            (Some(node), _) => format!("Node ‘{}’", shown(node)),
            (None, Some(input)) => match input.strip_prefix(INIT) {
                Some(argument) => format!("The argument ‘{}’", shown(argument)),
                None => format!("Environment variable ‘{}’", shown(input)),
            },
            (None, None) => "The flow".to_owned(),
        }
    }

    /// The types that fit, for a sentence.
    #[must_use]
    pub fn types(&self) -> String {
        let names: Vec<&str> = self
            .accepts
            .iter()
            .map(|kind| kind.display_name())
            .collect();
        match names.split_last() {
            None => "any type".to_owned(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        }
    }

    /// What is wrong, for people; `None` when nothing is.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        let (asker, name) = (self.asker(), shown(&self.name));
        Some(match self.problem.as_ref()? {
            NeedProblem::Missing if self.name.is_empty() => format!(
                "{asker} needs a connection ({}), and the flow doesn’t name one.",
                self.types()
            ),
            NeedProblem::Missing => format!(
                "{asker} needs the connection ‘{name}’ ({}), which doesn’t exist.",
                self.types()
            ),
            NeedProblem::WrongType { is } => format!(
                "{asker} needs a connection of type {}. ‘{name}’ has type {}.",
                self.types(),
                is.display_name()
            ),
            NeedProblem::Incomplete { fields } => format!(
                "{asker} needs the connection ‘{name}’, which has no value for {}.",
                fields.join(", ")
            ),
            NeedProblem::NotForThisFlow => {
                format!("{asker} needs the connection ‘{name}’, which is limited to other flows.")
            }
            NeedProblem::Locked => format!(
                "{asker} needs the connection ‘{name}’, whose secrets can’t be read with the server’s key."
            ),
            NeedProblem::NoIdentity { address } => format!(
                "{asker} needs the connection ‘{name}’, which signs in with Microsoft Entra ID. No managed identity of this server is meant for {}.",
                shown(address)
            ),
        })
    }

    /// What to do about it, for people; `None` when nothing is wrong.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        Some(match self.problem.as_ref()? {
            NeedProblem::Missing if self.name.is_empty() => {
                "Name a connection in flow.dag.yaml, then run again."
            }
            NeedProblem::Missing => "Add the connection, then run again.",
            NeedProblem::WrongType { .. } => {
                "Choose another connection in the node, or change this one’s type."
            }
            NeedProblem::Incomplete { .. } => "Fill in the connection, then run again.",
            NeedProblem::NotForThisFlow => "Allow the connection for this flow, then run again.",
            NeedProblem::Locked => "Restore the server’s secrets key, or enter the secrets again.",
            NeedProblem::NoIdentity { .. } => {
                "Ask the administrator for a managed identity that’s meant for this host, or set the connection’s auth mode to ‘key’."
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_names_no_connection_is_told_so() {
        let need = |name: &str| ConnectionNeed {
            node: Some("ask".to_owned()),
            input: None,
            line: 1,
            name: name.to_owned(),
            accepts: ConnectionType::OF_LLM_NODES.to_vec(),
            problem: Some(NeedProblem::Missing),
        };
        let (none, some) = (need(""), need("mine"));
        assert!(none.message().unwrap().contains("doesn’t name one"));
        assert!(none.remedy().unwrap().starts_with("Name a connection"));
        assert!(some.message().unwrap().contains("‘mine’"));
        assert!(some.remedy().unwrap().starts_with("Add the connection"));
    }
}
