//! A project and its flows.

use flowdeck_flow::Report;
use serde::{Deserialize, Serialize};

use crate::{Millis, ids::FlowId, runs::RunSummary, session::SessionState};

/// What the app needs to know of the project it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its name in paths.
    pub name: String,
    /// The folder on the server that holds the flows, for people to read.
    pub flows_folder: String,
    /// The server's version.
    pub version: String,
}

/// Every flow of a project, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowList {
    /// One entry per folder that holds a flow, and one per prompty file, also those that cannot be read.
    pub flows: Vec<FlowSummary>,
    /// How the folders were searched.
    #[serde(default)]
    pub searched: Searched,
    /// Why flows can't be added, moved or deleted, as a sentence; none where they can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<String>,
}

/// How far a search for flows went, so that nobody takes a flow that wasn't looked at for one that isn't there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Searched {
    /// Folders that were looked into.
    pub folders: u32,
    /// Files and folders that couldn't be looked at.
    pub unreadable: u32,
    /// Folders that weren't looked into, as they're too deep or there are too many.
    pub left_out: u32,
}

/// A row of the flows page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowSummary {
    /// The folder's path in the flows folder.
    pub id: FlowId,
    /// `display_name` of the flow, else the folder's name.
    pub name: String,
    /// `description` of the flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What kind of flow it is; `None` when `flow.dag.yaml` cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_type: Option<FlowType>,
    /// When a file of it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Millis>,
    /// State of its compute session.
    pub session: SessionState,
    /// Its newest run; `None` when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunSummary>,
    /// The first error of its `flow.dag.yaml`, as `line: message`, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<FlowProblem>,
    /// The first connection that stands in the way of a run: missing, of a wrong type, incomplete, or not to be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<FlowProblem>,
}

/// Why a flow cannot run as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowProblem {
    /// The finding's code, such as `NodeCircularDependency`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// The line of `flow.dag.yaml`, from 1, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What kind of flow a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FlowType {
    /// A DAG of nodes.
    Standard,
    /// A DAG with a chat input, history and output.
    Chat,
    /// A DAG that scores the results of another flow.
    Evaluation,
    /// A flow whose `entry` is a Python function or class.
    Flex,
    /// A file with a prompt and the model that answers it.
    Prompty,
}

/// A flow, for its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowDetail {
    /// What the flows page shows of it.
    pub summary: FlowSummary,
    /// The flow folder's absolute path on the server, for people to read.
    pub folder: String,
    /// The file that defines it: `flow.dag.yaml`, `flow.flex.yaml`, or that of a prompty.
    pub definition_path: String,
    /// The text of that file; `None` when it is missing or isn't text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yaml: Option<String>,
    /// What that file says and what is wrong with it. Read on the server, so that a page which does not edit the file
    /// need not load what reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// The ETag of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The id of the newest live event when this was read: a stream that begins with the same one has told of no change
    /// since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}
