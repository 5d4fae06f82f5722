//! The phases of a start, and the ways that a start can take.

use serde::{Deserialize, Serialize};

use crate::Millis;

/// The steps of a start, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Reserve compute and a folder.
    Allocate,
    /// Bring the base image, or the base packages that stand for it.
    PullImage,
    /// Make the session's own environment from the base.
    CreateEnvironment,
    /// Install the flow's requirements file.
    Install,
    /// Start promptflow's executor service.
    StartRuntime,
    /// Ask the executor whether it is healthy and which version it is.
    Check,
}

impl Phase {
    /// All phases, in the order in which a start goes through them.
    pub const ALL: [Phase; 6] = [
        Phase::Allocate,
        Phase::PullImage,
        Phase::CreateEnvironment,
        Phase::Install,
        Phase::StartRuntime,
        Phase::Check,
    ];

    /// What the screen calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Phase::Allocate => "Allocate compute",
            Phase::PullImage => "Pull base image",
            Phase::CreateEnvironment => "Create environment",
            Phase::Install => "Install requirements",
            Phase::StartRuntime => "Start runtime",
            Phase::Check => "Check runtime",
        }
    }
}

/// Where one phase stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum PhaseState {
    /// Not begun.
    Waiting,
    /// In progress.
    Running,
    /// Ended well.
    Done,
    /// Nothing to do; the note says why.
    Skipped,
    /// Ended the start; see the session's failure.
    Failed,
    /// Somebody ended it; an install then leaves the session as it was.
    Canceled,
}

/// One phase of a start, with its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PhaseView {
    /// Which.
    pub phase: Phase,
    /// Where it stands.
    pub state: PhaseState,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// What it did, in a line: `12 packages from the cache`, `taken from standby`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How long it usually takes on this host in a start of this way, in milliseconds; `None` when too few came to
    /// their end. See [`crate::timeline::is_slow`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_ms: Option<u64>,
}

/// Where a session's environment came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum StartRoute {
    /// A standby runtime was taken: the base packages satisfy the requirements.
    Standby,
    /// An environment was made from base packages that were ready.
    Base,
    /// The base packages had to be installed first.
    Fresh,
    /// One was kept from an earlier install of the same requirements.
    Kept,
}
