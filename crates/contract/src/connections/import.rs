//! Connections that are read from a text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ConnectionType, Secret};

/// The values that an import is given for fields that its text leaves open: by the connection's name, then the field's.
pub type GivenValues = BTreeMap<String, BTreeMap<String, Secret>>;

/// Connections to be read from a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportRequest {
    /// promptflow's connection YAML, a `.env` file, or Azure's workspace connections as JSON.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub text: Secret,
    /// Values for fields that the text leaves open, by the connection's name, then the field's. Others are ignored.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, BTreeMap<String, String>>))]
    pub values: GivenValues,
    /// What to do with connections that exist.
    #[serde(default)]
    pub existing: ExistingConnections,
    /// Only say what would be imported.
    #[serde(default)]
    pub preview: bool,
}

/// What an import does with connections that exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ExistingConnections {
    /// Leaves them as they are.
    #[default]
    Keep,
    /// Replaces their fields.
    Replace,
}

/// What an import found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportResult {
    /// In the text's order.
    pub connections: Vec<ImportedConnection>,
}

/// A connection that an import found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportedConnection {
    /// The name that the text gives.
    pub name: String,
    /// Its type, when the text gives one that is known.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConnectionType>,
    /// Fields that neither the text nor the request gives a value for, such as a secret's placeholder.
    pub asks: Vec<AskedField>,
    /// Whether it is stored now.
    pub stored: bool,
    /// Why it isn't imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl ImportedConnection {
    /// The fields without which it is incomplete.
    pub fn lacks(&self) -> impl Iterator<Item = &AskedField> {
        let asks = self.asks.iter();
        asks.filter(|asked| asked.without == WithoutValue::Incomplete)
    }
}

/// A field that an import asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AskedField {
    /// promptflow's name of the field, or the key of a custom connection's row.
    pub name: String,
    /// What kind of value it takes.
    pub takes: AskedValue,
    /// What becomes of the connection without a value.
    pub without: WithoutValue,
}

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum AskedValue {
    /// A secret.
    Secret,
    /// A text that everybody may read.
    Text,
    /// At least one secret of a custom connection, whose names the text doesn't give.
    AnySecret,
}

/// What becomes of a connection when an asked field gets no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum WithoutValue {
    /// It's stored as incomplete: no run can use it.
    Incomplete,
    /// It keeps the secret that is stored under its name.
    KeepsStored,
    /// It works without.
    Complete,
}
