//! How far the pull of a session's image is, layer by layer.

use serde::{Deserialize, Serialize};

/// A pull in progress, or one that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Pull {
    /// The image, as it was asked for.
    pub reference: String,
    /// Its layers, in the order in which the engine names them; none until it does.
    pub layers: Vec<PullLayer>,
    /// How many bytes came in the last second.
    pub bytes_per_second: u64,
}

/// A layer of an image that is pulled. Sizes are those of what is fetched: compressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PullLayer {
    /// As the engine names it: the first digits of its digest.
    pub id: String,
    /// Where it stands.
    pub state: LayerState,
    /// The bytes that are here.
    pub done: u64,
    /// All bytes; `None` until they are known, which for some layers is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// How many bytes came in the last second.
    pub bytes_per_second: u64,
}

/// Where a layer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum LayerState {
    /// Others go first.
    Waiting,
    /// Being fetched.
    Downloading,
    /// Fetched; not unpacked yet.
    Downloaded,
    /// Being unpacked.
    Extracting,
    /// Fetched and unpacked.
    Done,
    /// The machine had it.
    AlreadyThere,
}
