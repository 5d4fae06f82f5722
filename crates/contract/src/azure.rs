//! Types of the public prompt flow service contract (OpenAPI 3.0.1), by its names and shapes, as far as we serve it.

use serde::{Deserialize, Serialize};

use crate::{error::ErrorResponse, packages::RuntimeVersions};

/// What `POST Flows/{flowId}/sessions` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SetupFlowSessionAction {
    /// Start a session, or install the flow's requirements into the one that runs.
    Install,
    /// Delete the session and make one with the same environment.
    Reset,
    /// Change VM size or idle time.
    Update,
    /// Delete the session.
    Delete,
}

impl SetupFlowSessionAction {
    /// As it is written in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SetupFlowSessionAction::Install => "Install",
            SetupFlowSessionAction::Reset => "Reset",
            SetupFlowSessionAction::Update => "Update",
            SetupFlowSessionAction::Delete => "Delete",
        }
    }
}

/// Which of its two meanings [`SetupFlowSessionAction::Install`] has. A request that comes late does nothing else: it
/// is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum InstallIntent {
    /// Start a session.
    Start,
    /// Install the requirements into the session that runs.
    Install,
}

/// Body of `POST Flows/{flowId}/sessions`.
///
/// A start takes the default for what is left out. `Update` leaves as it is what is left out: another idle time is set
/// in place; another VM size, identity or compute resets the session. `Reset` keeps all settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetupFlowSessionRequest {
    /// What to do; `Install` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<SetupFlowSessionAction>,
    /// The VM size of serverless compute; empty for the default: the first that the quota has room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm_size: Option<String>,
    /// Seconds without activity after which the session is deleted; -1 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<i64>,
    /// The name of a user-assigned managed identity; empty for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The name of a compute instance, which must be running; empty for serverless compute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_name: Option<String>,
    /// Accepted, as the contract has it; sessions here are one container or process group each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_multi_container: Option<bool>,
    /// flowdeck's own: whether a start or reset installs the requirements again, though an environment may be kept from
    /// an earlier install of the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild_environment: Option<bool>,
    /// flowdeck's own: whether a start or reset pulls the image, though the engine may have one of its name. Without
    /// this a session keeps to the image that is there, even when its tag has moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_image: Option<bool>,
    /// flowdeck's own: whose versions of prompt flow's runtime a start or an install takes where a requirements file
    /// asks for others. Without this the session's settings decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_versions: Option<RuntimeVersions>,
    /// flowdeck's own: which of its two meanings `Install` has. Without this the session's state decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<InstallIntent>,
}

/// Body of `POST FlowSessions/{sessionId}`: what makes a session without a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateFlowSessionRequest {
    /// Lines of a requirements file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python_pip_requirements: Option<Vec<String>>,
    /// The base image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_image: Option<String>,
    /// The base image by its older name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_image: Option<String>,
    /// As in [`SetupFlowSessionRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<SetupFlowSessionAction>,
    /// The VM size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm_size: Option<String>,
    /// Seconds without activity after which the session is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<i64>,
    /// A user-assigned managed identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// A compute instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_name: Option<String>,
    /// As in [`SetupFlowSessionRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_multi_container: Option<bool>,
}

impl CreateFlowSessionRequest {
    /// Whether it says what the session is made of.
    #[must_use]
    pub fn has_environment(&self) -> bool {
        self.python_pip_requirements.is_some()
            || self.base_image.is_some()
            || self.runtime_image.is_some()
    }

    /// The settings that a flow's session has, too.
    #[must_use]
    pub fn setup(&self) -> SetupFlowSessionRequest {
        SetupFlowSessionRequest {
            action: self.action,
            vm_size: self.vm_size.clone(),
            max_idle_time_seconds: self.max_idle_time_seconds,
            identity: self.identity.clone(),
            compute_name: self.compute_name.clone(),
            enable_multi_container: self.enable_multi_container,
            rebuild_environment: None,
            pull_image: None,
            runtime_versions: None,
            intent: None,
        }
    }
}

/// Answer of `GET Flows/{flowId}/sessions/status`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowSessionDto {
    /// The session's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The base image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_image: Option<String>,
    /// Installed packages as `name==version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<Vec<String>>,
    /// The VM size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vm_size: Option<String>,
    /// Seconds without activity after which it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<i64>,
    /// The compute instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_name: Option<String>,
    /// Where it stands.
    pub status: RuntimeStatus,
    /// Its user-assigned managed identity; left out for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<ManagedServiceIdentity>,
    /// What it is doing, or why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorResponse>,
    /// When it was made, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<String>,
    /// When its state last changed, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_on: Option<String>,
}

/// The contract's identity of a compute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ManagedServiceIdentity {
    /// `UserAssigned`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The identities by name; what is known of each is the administrator's.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub user_assigned_identities: serde_json::Map<String, serde_json::Value>,
}

impl ManagedServiceIdentity {
    /// The user-assigned managed identity of a name.
    #[must_use]
    pub fn user_assigned(name: &str) -> Self {
        let nothing = serde_json::Value::Object(serde_json::Map::new());
        Self {
            kind: "UserAssigned".to_owned(),
            user_assigned_identities: [(name.to_owned(), nothing)].into_iter().collect(),
        }
    }
}

/// The contract's `RuntimeStatusEnum`, with `Available` for a running session, for which it has no word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RuntimeStatus {
    /// Exists but cannot be used.
    Unavailable,
    /// Could not be made, or died.
    Failed,
    /// There is none.
    #[default]
    NotExist,
    /// Being made.
    Starting,
    /// Being ended.
    Stopping,
    /// Ready.
    Available,
}

/// A runtime of a compute instance, from before there were compute sessions. `GET FlowRuntimes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowRuntimeDto {
    /// Its name.
    pub runtime_name: String,
    /// What it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_description: Option<String>,
    /// `ComputeInstance`.
    pub runtime_type: RuntimeType,
    /// The name of its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// `Unavailable`: nothing runs on it.
    pub status: RuntimeStatus,
    /// Why.
    pub status_message: String,
    /// The compute instance it stood on.
    pub compute_instance_name: String,
    /// Its image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker_image: Option<String>,
}

/// Whether a runtime could be made somewhere. `GET FlowRuntimes/checkCiAvailability` and its like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityResponse {
    /// Whether it could.
    pub is_available: bool,
    /// Why it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorResponse>,
}

/// What a runtime can do beyond running flows. `GET FlowRuntimes/{runtimeName}/capability`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowRuntimeCapability {
    /// Its features; legacy ones have none that could be used.
    pub flow_features: Vec<FlowFeature>,
}

/// A feature of a runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowFeature {
    /// Its name.
    pub name: String,
}

/// The image that a new runtime would have. `GET FlowRuntimes/latestConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RuntimeConfiguration {
    /// Its image; `None` for the default base image of compute sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_image: Option<String>,
}

/// What a runtime stood on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RuntimeType {
    /// A compute instance.
    ComputeInstance,
}

/// What polling a long operation gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OperationResult {
    /// Where it stands.
    pub status: OperationStatus,
    /// Why it failed; on `Succeeded`, warnings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<crate::error::RootError>,
}

/// Where a long operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OperationStatus {
    /// In progress.
    InProgress,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Ended because somebody asked.
    Canceled,
}

/// An element of `GET Flows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowBaseDto {
    /// The flow's id: its folder's name.
    pub flow_id: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_name: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `Default`, `Chat` or `Evaluation`, as the contract spells them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_type: Option<String>,
    /// When it was last changed, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified_date: Option<String>,
    /// The path of `flow.dag.yaml` relative to the flows folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_definition_file_path: Option<String>,
}

/// Answer of `GET FlowSessions/{sessionId}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GetTrainingSessionDto {
    /// What is known of the session.
    pub properties: SessionProperties,
}

/// A session by the contract's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionProperties {
    /// The session's id.
    pub session_id: String,
    /// `local` on a self-hosted server.
    pub subscription_id: String,
    /// `local` on a self-hosted server.
    pub resource_group_name: String,
    /// The project.
    pub workspace_name: String,
    /// Seconds without activity after which it is deleted; left out for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<i64>,
    /// When something last happened in it, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_alive_time: Option<String>,
}

/// Standby runtimes: an element of `GET FlowSessions/standbypools`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StandbyPoolProperties {
    /// The pool's name.
    pub name: String,
    /// How many there are to be.
    pub count: i32,
    /// Those that are ready now.
    pub standby_available_instances: Vec<StandbyPoolResourceStatus>,
}

/// A standby runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandbyPoolResourceStatus {
    /// `Available`.
    pub status: String,
}
