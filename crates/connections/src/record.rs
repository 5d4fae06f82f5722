//! A connection as it's remembered.

use std::collections::BTreeMap;

use flowdeck_contract::{
    Millis,
    connections::{
        ConnectionName, ConnectionType, ConnectionUse, ConnectionView, SecretsState, TestResult,
        missing_fields,
    },
    ids::FlowId,
};
use serde::{Deserialize, Serialize};

/// A connection with its secrets sealed.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Stays with it, whatever its name becomes.
    pub(crate) id: String,
    pub(crate) name: ConnectionName,
    pub(crate) revision: i64,
    pub(crate) deleted: Option<Millis>,
    pub(crate) record: Record,
    /// Which key sealed it.
    pub(crate) key: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) state: SecretsState,
}

/// What everybody may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(rename = "type")]
    pub(crate) kind: ConnectionType,
    pub(crate) configs: BTreeMap<String, String>,
    pub(crate) secret_names: Vec<String>,
    pub(crate) flows: Option<Vec<FlowId>>,
    pub(crate) created: Millis,
    pub(crate) modified: Millis,
    pub(crate) last_used: Option<Millis>,
    pub(crate) last_test: Option<TestResult>,
}

impl Stored {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &ConnectionName {
        &self.name
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> ConnectionType {
        self.record.kind
    }

    /// Its plain fields.
    #[must_use]
    pub fn configs(&self) -> &BTreeMap<String, String> {
        &self.record.configs
    }

    /// The names of its secrets.
    #[must_use]
    pub fn secret_names(&self) -> &[String] {
        &self.record.secret_names
    }

    /// For `If-Match`.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}-{}\"", &self.id, self.revision)
    }

    /// Required fields without a value.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let names = &self.record.secret_names;
        missing_fields(
            self.record.kind,
            &self.record.configs,
            |name| names.iter().any(|known| known == name),
            !names.is_empty(),
        )
    }

    /// Whether a flow may use it.
    #[must_use]
    pub fn is_for(&self, flow: &FlowId) -> bool {
        let flows = self.record.flows.as_ref();
        flows.is_none_or(|flows| flows.contains(flow))
    }

    /// As the API shows it.
    #[must_use]
    pub fn view(&self, used_by: Vec<ConnectionUse>) -> ConnectionView {
        let record = self.record.clone();
        ConnectionView {
            name: self.name.clone(),
            kind: record.kind,
            missing: self.missing(),
            configs: record.configs,
            secrets: record.secret_names,
            secrets_state: self.state,
            flows: record.flows,
            used_by,
            created: record.created,
            modified: record.modified,
            last_used: record.last_used,
            last_test: record.last_test,
            etag: self.etag(),
        }
    }
}
