//! Connections as flowdeck's own API shows and takes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{ConnectionName, ConnectionType, Secret};
use crate::{Millis, ids::FlowId};

/// A connection, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// Its name.
    pub name: ConnectionName,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ConnectionType,
    /// Its plain fields.
    pub configs: BTreeMap<String, String>,
    /// The names of the secrets that have a value.
    pub secrets: Vec<String>,
    /// Required fields without a value.
    pub missing: Vec<String>,
    /// Whether its secrets can be read.
    pub secrets_state: SecretsState,
    /// The flows that it is limited to; `None` when all may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flows: Option<Vec<FlowId>>,
    /// The nodes that ask for it.
    pub used_by: Vec<ConnectionUse>,
    /// When it was made.
    pub created: Millis,
    /// When it was last changed.
    pub modified: Millis,
    /// When a run last used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Millis>,
    /// What the last test said; `None` when it has changed since, or was never tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_test: Option<TestResult>,
    /// For `If-Match`: changes with the connection.
    pub etag: String,
}

/// Whether the secrets of a connection can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum SecretsState {
    /// They can, or there are none.
    Readable,
    /// The server's key is lost or another one.
    Locked,
}

/// A node, or a variable of a flow, that asks for a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionUse {
    /// The flow.
    pub flow: FlowId,
    /// The node; `None` for an environment variable of the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// A project's connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionList {
    /// By name.
    pub connections: Vec<ConnectionView>,
    /// Those that were deleted less than a day ago, the last one first.
    pub deleted: Vec<DeletedConnection>,
    /// Why secrets can't be read or stored, and what to do; `None` when they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_problem: Option<String>,
}

/// A connection that can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeletedConnection {
    /// Its name.
    pub name: ConnectionName,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ConnectionType,
    /// When it was deleted.
    pub deleted: Millis,
}

/// A connection as it is to be. Secrets that aren't named stay as they are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectionInput {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ConnectionType,
    /// All of its plain fields.
    #[serde(default)]
    pub configs: BTreeMap<String, String>,
    /// New values of secrets by name; `null` removes one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Option<String>>))]
    pub secrets: BTreeMap<String, Option<Secret>>,
    /// The flows that it is limited to; without it, all of the project.
    #[serde(default)]
    pub flows: Option<Vec<FlowId>>,
}

impl ConnectionInput {
    /// The body of the request that stores it: the one place where a browser sends what was typed.
    #[must_use]
    pub fn to_body(&self) -> Value {
        let secrets: Map<String, Value> = self
            .secrets
            .iter()
            .map(|(name, secret)| (name.clone(), json!(secret.as_ref().map(Secret::reveal))))
            .collect();
        json!({
            "type": self.kind,
            "configs": self.configs,
            "secrets": secrets,
            "flows": self.flows,
        })
    }
}

/// Another name for a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenameRequest {
    /// The new name.
    pub to: ConnectionName,
}

/// What a test of a connection found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TestResult {
    /// When it ended.
    pub at: Millis,
    /// Whether the service accepted the call.
    pub passed: bool,
    /// The HTTP status that the service answered with; `None` without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long the service took, in milliseconds; `None` when nothing was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// What happened, with the service's own words.
    pub message: String,
    /// The models or deployments that the service names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_that_is_sent_is_the_one_that_is_read() {
        let text = json!({
            "type": "OpenAI", "configs": {"base_url": "http://x"},
            "secrets": {"api_key": "sk-1", "old": null}, "flows": null,
        });
        let input: ConnectionInput = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(input.to_body(), text);
        assert!(!format!("{input:?}").contains("sk-1"));
    }
}
