//! Runs of a flow, or of one node, through its compute session.

mod files;
mod trace;
mod upstream;
mod variables;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    files::{RunFile, RunFiles},
    trace::{TokenCount, TokenUse, Trace, TraceCall},
    upstream::{RunNumber, Upstream, UpstreamOutput},
    variables::{
        InvalidVariableName, InvalidVariableValue, InvalidVariables, VariableName, VariableValue,
        VariablesByName, variables_by_name,
    },
};
#[cfg(feature = "openapi")]
use crate::prices::Prices;
use crate::{
    Exact, Millis, Values,
    ids::{FilePath, RunId, SessionId},
    prices::RunPrices,
    session::SessionImage,
};

/// Asks for a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunRequest {
    /// Values of the flow's inputs by name; one left out takes its default.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Values,
    /// Run this node alone; what it refers to comes from the newest run that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// For a run of a node: outputs of nodes that it refers to, by node, in the place of those of earlier runs.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub outputs: Values,
    /// Run this variant of a node in place of its default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<NodeVariant>,
    /// Give the text of outputs piece by piece, also that of LLM nodes. promptflow streams an LLM node when an output refers
    /// to it and no other node does; a Python node streams when it yields. A node's own run doesn't stream.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// Environment variables by name, in the place of the flow's or in addition to them. A value can be
    /// `${connection.field}`, and can hold `${env:NAME}` of a variable that the administrator lets flows see.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
}

/// A variant of a node: promptflow's `${node.variant_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeVariant {
    /// The node, by its name.
    pub node: String,
    /// The variant's id.
    pub id: String,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// In progress.
    Running,
    /// A cancel was asked for and is being carried out.
    Canceling,
    /// Ended well.
    Completed,
    /// A node or the flow failed; see the error.
    Failed,
    /// Ended because a person asked.
    Canceled,
    /// The server or the session ended under it, so its result is not known.
    Interrupted,
}

impl RunState {
    /// Whether it has ended.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, RunState::Running | RunState::Canceling)
    }
}

/// Where a node stands in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum NodeState {
    /// Not begun.
    Waiting,
    /// In progress.
    Running,
    /// Ended well.
    Completed,
    /// Raised; see its error.
    Failed,
    /// Its `activate` condition did not hold, so it did not run.
    Bypassed,
    /// The run ended before it did.
    Canceled,
}

/// A row of a flow's run history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// The run.
    pub id: RunId,
    /// Counts a flow's runs from 1.
    pub number: u64,
    /// The node that was run alone; `None` for the whole flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The variant that ran in place of its node's default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<NodeVariant>,
    /// Where it stands.
    pub state: RunState,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
}

/// A run, whole, without its log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunDetail {
    /// What the history shows of it.
    pub summary: RunSummary,
    /// The session it ran in.
    pub session_id: SessionId,
    /// The image of that session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<SessionImage>,
    /// The exact values it ran with, defaults included.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Values,
    /// The environment variables that were set for it, as they were entered: what a value refers to isn't here. A value that
    /// holds a secret, or may be one, is `**data_scrubbed**`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The flow's outputs by name; `None` until it completed, and for a node's run. A result that has no names is `output`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub outputs: Option<Values>,
    /// The text that outputs have given so far, by output: of a run in progress that streams, or of one that ended before
    /// it was complete.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub streamed: BTreeMap<String, String>,
    /// Metrics that aggregation nodes logged.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metrics: Values,
    /// Its nodes, in execution order.
    pub nodes: Vec<NodeRun>,
    /// Tokens that all of its calls of models took; `None` when it called none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenUse>,
    /// What the models that it called cost when it ran.
    #[serde(default, skip_serializing_if = "RunPrices::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Prices))]
    pub prices: RunPrices,
    /// The calls of a flow that has no nodes.
    #[serde(default, skip_serializing_if = "Trace::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<TraceCall>))]
    pub calls: Trace,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
    /// How many bytes the whole result has, when parts of it are too large to be shown here and were cut. `GET …/result`
    /// gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<u64>,
    /// For a run of a node: the outputs of other nodes that it was given.
    #[serde(default, skip_serializing_if = "Upstream::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<UpstreamOutput>))]
    pub upstream: Upstream,
}

/// One node in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeRun {
    /// The node's name.
    pub name: String,
    /// Where it stands.
    pub state: NodeState,
    /// When it began, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// What it was given, by parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub inputs: Option<Exact>,
    /// What it gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub output: Option<Exact>,
    /// What it printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Tokens that its calls of models took; `None` when it called none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenUse>,
    /// What it called, as promptflow traced it.
    #[serde(default, skip_serializing_if = "Trace::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<TraceCall>))]
    pub calls: Trace,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
}

/// Why a run or a node failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunError {
    /// promptflow's error class, such as `ToolExecutionError`.
    pub code: String,
    /// promptflow's message.
    pub message: String,
    /// The Python traceback, from the user's code on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceback: Option<String>,
    /// The innermost place in a file of the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<SourcePlace>,
    /// What the person can do, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// A line of a file of the flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourcePlace {
    /// The file.
    pub path: FilePath,
    /// The line, from 1.
    pub line: u32,
}
