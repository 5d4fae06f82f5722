//! Bringing flows along: what an archive holds, and taking flows out of it.

use serde::{Deserialize, Serialize};

use crate::{
    connections::ConnectionNeed,
    flows::{FlowProblem, FlowType},
    ids::FlowId,
};

/// An archive may have so many bytes.
pub const ARCHIVE_LIMIT: u64 = 512 * 1024 * 1024;

/// What an archive holds. Nothing of it is a flow of the project yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FoundFlows {
    /// Names the archive, which the server keeps for an hour.
    pub id: String,
    /// Its flows, by folder. What's in the folder of one belongs to it, also another flow.
    pub flows: Vec<FoundFlow>,
    /// Files that are in no flow's folder, which can't be imported.
    pub left_out: u32,
}

/// A flow of an archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FoundFlow {
    /// Its folder in the archive; empty where its files are at the top.
    pub path: String,
    /// What it's called.
    pub name: String,
    /// Its kind; none where its definition can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_type: Option<FlowType>,
    /// How many files it has.
    pub files: u32,
    /// How many bytes they have.
    pub bytes: u64,
    /// A folder in the flows folder that is free for it.
    pub folder: FlowId,
    /// Whether something has the folder that it would have by its name, so that [`FoundFlow::folder`] is another one.
    /// An import overwrites nothing.
    pub is_taken: bool,
    /// Files and folders that Azure or promptflow wrote, such as `.runs`, which can be left.
    #[serde(default)]
    pub extras: Vec<String>,
    /// What is wrong with its definition, such as a file that it names and the archive lacks.
    #[serde(default)]
    pub problems: Vec<FlowProblem>,
    /// The connections that it asks for and that stand in the way of a run.
    #[serde(default)]
    pub lacks: Vec<ConnectionNeed>,
}

/// Asks for a flow of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportFlow {
    /// Which: [`FoundFlow::path`].
    pub path: String,
    /// Its folder in the flows folder.
    pub folder: FlowId,
    /// Whether what Azure or promptflow wrote comes along: [`FoundFlow::extras`].
    #[serde(default)]
    pub keep_extras: bool,
}
