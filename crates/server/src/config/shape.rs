//! The keys of the file. `docs/flowdeck.yaml` says what each is for.

use serde::Deserialize;

use super::field::{Field, Keys, List, Scalar};

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct File {
    pub(super) idle_shutdown: Field<Scalar>,
    pub(super) session_variables: List<Scalar>,
    pub(super) private_services: Field<Scalar>,
    pub(super) model_servers: Field<Scalar>,
    pub(super) prices: Field<Keys<Prices>>,
    pub(super) quota: Field<Keys<Amounts>>,
    pub(super) vm_sizes: List<Keys<Size>>,
    pub(super) identities: List<Keys<Identity>>,
    pub(super) compute_instances: List<Keys<Instance>>,
    pub(super) runtimes: List<Keys<Runtime>>,
}

/// What models cost.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Prices {
    pub(super) currency: Field<Scalar>,
    pub(super) models: List<Keys<ModelPrice>>,
}

/// What a model or deployment costs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ModelPrice {
    pub(super) model: Field<Scalar>,
    pub(super) prompt: Field<Scalar>,
    pub(super) completion: Field<Scalar>,
    pub(super) cached: Field<Scalar>,
}

/// The quota.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Amounts {
    #[serde(rename = "vCPUs")]
    pub(super) v_cpus: Field<Scalar>,
    #[serde(rename = "memoryGB")]
    pub(super) memory: Field<Scalar>,
}

/// A VM size.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Size {
    pub(super) name: Field<Scalar>,
    #[serde(rename = "vCPUs")]
    pub(super) v_cpus: Field<Scalar>,
    #[serde(rename = "memoryGB")]
    pub(super) memory: Field<Scalar>,
}

/// A user-assigned managed identity.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) name: Field<Scalar>,
    pub(super) description: Field<Scalar>,
    pub(super) client_id: Field<Scalar>,
    pub(super) credential_file: Field<Scalar>,
    pub(super) credential_variable: Field<Scalar>,
    pub(super) managed_identity: Field<Scalar>,
    pub(super) hosts: List<Scalar>,
}

/// A compute instance.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Instance {
    pub(super) name: Field<Scalar>,
    pub(super) vm_size: Field<Scalar>,
    pub(super) identity: Field<Scalar>,
    pub(super) idle_shutdown: Field<Scalar>,
}

/// A runtime of a compute instance from before there were compute sessions.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Runtime {
    pub(super) name: Field<Scalar>,
    pub(super) compute_instance: Field<Scalar>,
    pub(super) image: Field<Scalar>,
    pub(super) environment: Field<Scalar>,
    pub(super) description: Field<Scalar>,
}
