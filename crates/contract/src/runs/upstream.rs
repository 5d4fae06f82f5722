//! What a node is given of others, in a run of its own.

use serde::{Deserialize, Serialize};

use crate::{Exact, ids::RunId};

/// What a run of a node was given of others, as the JSON of a list of [`UpstreamOutput`]: read when it's shown, since a page
/// mostly doesn't.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Upstream(Option<Exact>);

impl Upstream {
    /// Whether it was given nothing of others.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What it was given, by node.
    ///
    /// # Errors
    /// When it isn't a list of outputs: a newer server may send others.
    pub fn outputs(&self) -> serde_json::Result<Vec<UpstreamOutput>> {
        self.0
            .as_ref()
            .map_or_else(|| Ok(Vec::new()), |json| serde_json::from_str(json.json()))
    }
}

impl From<&[UpstreamOutput]> for Upstream {
    fn from(outputs: &[UpstreamOutput]) -> Self {
        let json = (!outputs.is_empty()).then(|| serde_json::to_string(outputs).ok());
        Self(json.flatten().and_then(|json| Exact::parse(json).ok()))
    }
}

/// The output of a node that another one is given in a run of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpstreamOutput {
    /// The node that gave it.
    pub node: String,
    /// The output; `None` when no run has it, or it's too large to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub value: Option<Exact>,
    /// The run that it's from; `None` when a person gave it, or no run has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunNumber>,
    /// The size of its JSON; 0 when there is none.
    pub bytes: u64,
}

/// A run, by its id and the number that people see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunNumber {
    /// The run.
    pub id: RunId,
    /// Counts a flow's runs from 1.
    pub number: u64,
}
