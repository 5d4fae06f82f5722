//! Flows that come and go: new ones, copies, and those that were deleted and can be restored.

use serde::{Deserialize, Serialize};

use crate::{Millis, flows::FlowType, ids::FlowId, timeline::By};

/// A deleted flow can be restored for so many days.
pub const KEPT_DAYS: u32 = 30;

/// What a new flow can begin as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowTemplate {
    /// Names it in [`NewFlow`].
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Its kind.
    pub flow_type: FlowType,
    /// Whether it's an example to look at and change; otherwise it's the beginning of a flow of one's own.
    pub is_sample: bool,
    /// What it needs before it runs, as a sentence; none where it runs as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
}

/// Asks for a new flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewFlow {
    /// What it begins as: [`FlowTemplate::id`].
    pub template: String,
    /// Its folder in the flows folder.
    pub folder: FlowId,
    /// Its `display_name`; that of the template when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Asks for a copy of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CloneFlow {
    /// The folder of the copy in the flows folder. That of a prompty is a file.
    pub folder: FlowId,
    /// The copy's `display_name`; that of the flow when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Asks for another `display_name` of a flow; a prompty's is `name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenameFlow {
    /// The name.
    pub name: String,
}

/// A flow that there is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MadeFlow {
    /// The flow.
    pub id: FlowId,
}

/// The flows that were deleted and can be restored, the last one first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeletedFlows {
    /// The flows.
    pub flows: Vec<DeletedFlow>,
}

/// A flow that was deleted and can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeletedFlow {
    /// Names it among those deleted.
    pub id: String,
    /// The flow that it was and will be again.
    pub flow: FlowId,
    /// What it was called.
    pub name: String,
    /// Other flows that were deleted with it, as they're in its folder.
    #[serde(default)]
    pub with: Vec<FlowId>,
    /// When it was deleted.
    pub deleted: Millis,
    /// When it's deleted for good.
    pub ends: Millis,
    /// Who deleted it.
    #[serde(default)]
    pub by: By,
}
