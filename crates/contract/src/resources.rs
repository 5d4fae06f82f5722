//! What Azure serves through its general resource API, by that API's names and shapes, as far as we serve it.

use serde::{Deserialize, Serialize};

/// A list, as every list of that API is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResourceList<T> {
    /// All of it; there are no further pages.
    pub value: Vec<T>,
}

/// A VM size. `GET …/locations/{location}/vmSizes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VirtualMachineSize {
    /// Its name.
    pub name: String,
    /// Sizes of a family are made of the same machines: all of ours are `host`.
    pub family: String,
    /// Virtual CPUs.
    #[serde(rename = "vCPUs")]
    pub v_cpus: u32,
    /// Graphics processors; sessions get none of their own.
    pub gpus: u32,
    /// Memory in GiB.
    #[serde(rename = "memoryGB")]
    pub memory_gb: f64,
    /// What can have this size: `ComputeInstance` and `Serverless`.
    pub supported_compute_types: Vec<String>,
}

/// How much of one thing is in use. `GET …/locations/{location}/usages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// In use.
    pub current_value: f64,
    /// All there is to give.
    pub limit: f64,
    /// `Count` or `GiB`.
    pub unit: String,
    /// What it is.
    pub name: UsageName,
}

/// The name of what is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageName {
    /// For programs: `vCPUs` or `memory`.
    pub value: String,
    /// For people.
    pub localized_value: String,
}

/// A compute of a workspace. `GET …/computes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComputeResource {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The kind of resource.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its identity; left out for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<crate::azure::ManagedServiceIdentity>,
    /// The rest.
    pub properties: ComputeProperties,
}

/// What kind of compute it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComputeProperties {
    /// `ComputeInstance`.
    pub compute_type: String,
    /// `Succeeded`: it exists.
    pub provisioning_state: String,
    /// What such a compute has.
    pub properties: ComputeInstanceProperties,
}

/// What a compute instance has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComputeInstanceProperties {
    /// Its VM size.
    pub vm_size: String,
    /// `Running` or `Stopped`.
    pub state: String,
    /// It stops after this time without activity, as an ISO 8601 duration; left out for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_time_before_shutdown: Option<String>,
}

/// A user-assigned managed identity. `GET …/Microsoft.ManagedIdentity/userAssignedIdentities`. Never the credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserAssignedIdentity {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The kind of resource.
    #[serde(rename = "type")]
    pub kind: String,
    /// The rest.
    pub properties: UserAssignedIdentityProperties,
}

/// Who an identity is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserAssignedIdentityProperties {
    /// What a registry or feed knows it by; left out when the administrator has set none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// What this server knows it by: its name.
    pub principal_id: String,
}
