//! Every compute session of a project, as the page of all of them shows it, and those that have ended.

use serde::{Deserialize, Serialize};

use crate::{
    Millis,
    ids::{FlowId, SessionId},
    session::{SessionState, VmSize},
    timeline::By,
};

/// Every compute session there is, the newest first. `GET …/sessions`, and each event of `GET …/sessions/events`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionList {
    /// One entry per session, also those that were made through the API without a flow.
    pub sessions: Vec<SessionSummary>,
}

/// One compute session among all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// Its id.
    pub session: SessionId,
    /// The flow it is the session of; `None` when it was made through the API without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// Where it stands.
    pub state: SessionState,
    /// The compute instance it runs on; `None` on serverless compute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// What it may use of the host; `None` when nothing bounds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<VmSize>,
    /// The user-assigned managed identity, its own or its compute instance's; `None` for the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// When the start was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// When it became available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Millis>,
    /// When somebody or something last did anything in it; `None` unless it is available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_activity: Option<Millis>,
    /// Seconds without activity after which it is deleted; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_idle_time_seconds: Option<u64>,
    /// When it will be deleted if nothing happens; `None` when it will not, or while something runs in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_deadline: Option<Millis>,
    /// How many runs are in progress in it: stopping it ends them without a result.
    pub runs: u32,
    /// Whether packages are being installed while it runs: stopping it ends that unfinished.
    pub installing: bool,
    /// Why it failed, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Its image as it was asked for, such as `registry.example.com/team/runtime:3`, when that tag now stands for
    /// another image since; see [`crate::session::SessionView::image_update`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_image: Option<String>,
}

/// Compute sessions that have ended, the one that ended last first; older ones are left out. `GET …/sessions/ended`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EndedSessions {
    /// One entry per end: a session without a flow that was reset is here while it runs again.
    pub sessions: Vec<EndedSession>,
}

/// A compute session that has ended; its timeline is kept under its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EndedSession {
    /// Its id.
    pub session: SessionId,
    /// The flow it was the session of; `None` when it was made through the API without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// When its start was asked for.
    pub started: Millis,
    /// When it was gone, or had failed.
    pub ended: Millis,
    /// Who or what ended it; `None` when that isn't known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<By>,
    /// Why it failed, in a line; `None` when it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
