//! Connections in the public contract's own shapes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ConnectionType, Secret};

/// A connection, whose secrets are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionDto {
    /// Its name.
    pub connection_name: String,
    /// Its type.
    pub connection_type: ConnectionType,
    /// Its plain fields.
    pub configs: BTreeMap<String, String>,
    /// The fields of a custom connection; a secret's value is null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_configs: Option<BTreeMap<String, CustomConnectionConfigDto>>,
    /// Whose it is.
    pub owner: ConnectionOwner,
    /// When it was made, as RFC 3339.
    pub created_date: String,
    /// When it was last changed, as RFC 3339.
    pub last_modified_date: String,
}

/// Who made something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionOwner {
    /// Their name.
    pub user_name: String,
}

/// Asks for a connection.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateOrUpdateConnectionRequestDto {
    /// Its type.
    pub connection_type: ConnectionType,
    /// Its fields, secrets among them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BTreeMap<String, String>>))]
    pub configs: Option<BTreeMap<String, Secret>>,
    /// The fields of a custom connection.
    #[serde(default)]
    pub custom_configs: Option<BTreeMap<String, CustomConnectionConfig>>,
}

/// A field of a custom connection.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CustomConnectionConfig {
    /// Whether it is a secret.
    #[serde(default)]
    pub config_value_type: CustomValueType,
    /// Its value.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub value: Option<Secret>,
}

/// As [`CustomConnectionConfig`], in an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CustomConnectionConfigDto {
    /// Whether it is a secret.
    pub config_value_type: CustomValueType,
    /// Its value; null for a secret.
    pub value: Option<String>,
}

/// Whether a field is a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CustomValueType {
    /// Everybody may read it.
    #[default]
    String,
    /// Nobody may.
    Secret,
}

/// The fields of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceConnectionSpec {
    /// Azure's category.
    pub connection_category: String,
    /// promptflow's class.
    pub flow_value_type: String,
    /// The type.
    pub connection_type: ConnectionType,
    /// As people read it.
    pub connection_type_display_name: String,
    /// Its fields.
    pub config_specs: Vec<ConnectionConfigSpec>,
    /// The module of promptflow's class.
    pub module: String,
}

/// A field of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionConfigSpec {
    /// promptflow's own name.
    pub name: String,
    /// As people read it.
    pub display_name: String,
    /// Whether it is a secret.
    pub config_value_type: CustomValueType,
    /// What promptflow takes without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<String>,
    /// What it can be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enum_values: Vec<String>,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// A deployment of an Azure `OpenAI` resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AzureOpenAiDeploymentDto {
    /// Its name.
    pub name: String,
    /// Its model.
    pub model_name: String,
}
