//! A flow's compute session, as the page shows it.

use serde::{Deserialize, Serialize};

use crate::{
    Millis, Unread,
    ids::SessionId,
    packages::{InstallFault, InstallKind, RequirementState},
    pull::Pull,
    settings::SessionSettings,
};

pub use crate::phase::{Phase, PhaseState, PhaseView, StartRoute};

/// Where a compute session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum SessionState {
    /// There is none.
    #[default]
    NotExist,
    /// Being made; see the phases.
    Starting,
    /// Ready to run the flow.
    Available,
    /// Being ended.
    Stopping,
    /// Could not be made, or died; see the failure. Nothing of it runs any more.
    Failed,
}

/// Why a session failed, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionFailure {
    /// PascalCase, stable, such as `RequirementNotFound`, `DiskFull`, `RuntimeDied`.
    pub code: String,
    /// The phase that failed; `None` when it failed while it ran or stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// What happened and why, in a line; names the requirement when one is at fault.
    pub message: String,
    /// What the person can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// What is to blame among the requirements, when something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<InstallFault>,
    /// Finds this failure in the server's log.
    pub correlation: String,
}

/// An install into a session that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InstallView {
    /// The requirements file, relative to the flow folder.
    pub requirements: String,
    /// The exact command.
    pub command: String,
    /// Where it stands.
    pub state: PhaseState,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// Why it failed; the session is then as it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<SessionFailure>,
    /// What is to blame for the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<InstallFault>,
    /// What it brings.
    #[serde(default)]
    pub kind: InstallKind,
    /// Every line of the requirements file that asks for a package, in order; empty for another kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RequirementState>,
}

/// A flow's compute session, whole; also stands for "there is none".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Where it stands.
    pub state: SessionState,
    /// Its id; `None` when there is none and never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The steps of its start; empty when there is none.
    #[serde(default)]
    pub phases: Vec<PhaseView>,
    /// Where its environment came from; known from `createEnvironment` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<StartRoute>,
    /// How many milliseconds of an install were saved, as the environment was kept from an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved_millis: Option<u64>,
    /// When the start was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// When it became available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Millis>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<SessionFailure>,
    /// The last install while it ran; `None` when there was none since the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install: Option<InstallView>,
    /// Why the environment no longer is what the flow asks for; `None` when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out_of_date: Option<String>,
    /// Seconds without activity after which it is deleted; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<u64>,
    /// When it will be deleted if nothing happens; `None` when it will not, or while something runs in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_deadline: Option<Millis>,
    /// Why it is not counting towards its idle shutdown, as a sentence: a run or an install is in progress. `None` when
    /// it counts, or has no idle shutdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_paused: Option<String>,
    /// When somebody or something last did anything in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_activity: Option<Millis>,
    /// The settings it was requested with, as changed since.
    #[serde(default)]
    pub settings: SessionSettings,
    /// What it may use of the host; `None` when nothing bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<VmSize>,
    /// promptflow's version in it; known when it is available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_version: Option<String>,
    /// The image it was made from; `None` on an engine without images, and until it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<SessionImage>,
    /// That the tag of its image has moved. The session goes on with its own image, also when it is reset, unless the
    /// reset asks for the image to be pulled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ImageUpdate>))]
    pub image_update: Option<Unread<ImageUpdate>>,
    /// How far its image is pulled, and how far that had come when it failed; `None` when it is not being pulled, and
    /// when the server has been restarted since it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Pull>))]
    pub pull: Option<Unread<Pull>>,
}

/// What the tag of a session's image stands for now, where that is another image than the session's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImageUpdate {
    /// The digest of the other image: `sha256:…`.
    pub digest: String,
    /// When that was noticed.
    pub noticed: Millis,
}

/// An image, as it was when a session was made from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionImage {
    /// What was asked for, such as `registry.example.com/team/runtime:3`.
    pub reference: String,
    /// What that was then: the digest in its registry, or the id of an image that came from none. `sha256:…`.
    pub digest: String,
    /// Whether it came from no registry, so that the digest is its id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_local: bool,
}

/// A VM size: what a session, or a compute instance, may use of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(as = SessionSize)
)]
#[serde(rename_all = "camelCase")]
pub struct VmSize {
    /// Its name, such as `Standard_D2`.
    pub name: String,
    /// Virtual CPUs.
    pub v_cpus: u32,
    /// Memory in MiB.
    pub memory_mb: u64,
}

/// So many processors, in words: `1 vCPU`, `2 vCPUs`.
#[must_use]
pub fn v_cpus(count: u32) -> String {
    match count {
        1 => "1 vCPU".to_owned(),
        count => format!("{count} vCPUs"),
    }
}

/// A line of a session's or a run's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Counts from 0 without gaps; a reader that has `number` already drops the line.
    pub number: u64,
    /// The text, without its line end; may hold anything.
    pub text: String,
}

/// A package of a session's environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InstalledPackage {
    /// Its normalised name.
    pub name: String,
    /// Its version.
    pub version: String,
}
