//! The files of a flow as one of its runs found them.

use serde::{Deserialize, Serialize};

use crate::ids::FilePath;

/// The files of the flow folder when a run began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunFiles {
    /// Its files, by path; hidden ones are left out.
    pub files: Vec<RunFile>,
    /// Whether there were more than are remembered, or some that couldn't be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A file as a run found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunFile {
    /// Its place in the flow folder.
    pub path: FilePath,
    /// The SHA-256 of what was in it, in hexadecimal; `None` when it was too large to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What was in it, when that was a short text. Secrets of connections are masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
