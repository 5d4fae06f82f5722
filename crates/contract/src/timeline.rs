//! The history of compute sessions: each session from its start to its end, kept after it ended.

use serde::{Deserialize, Serialize};

use crate::{
    Millis,
    ids::{FlowId, SessionId},
    session::{PhaseState, PhaseView, SessionFailure, SessionState, StartRoute, VmSize},
    settings::SessionSettings,
};

/// A step is slow when it takes this many times its usual time…
const SLOW_FACTOR: u64 = 3;
/// …and at least this much longer, in milliseconds, so that short steps never are.
const SLOW_MORE: u64 = 1_000;

/// Whether something that has taken `millis` so far takes three times its usual time, or more.
#[must_use]
pub fn is_slow(millis: u64, usual: u64) -> bool {
    let most = usual
        .checked_mul(SLOW_FACTOR)
        .zip(usual.checked_add(SLOW_MORE));
    // More than can be counted is reached by nothing.
    most.is_some_and(|(times, more)| millis >= times && millis >= more)
}

/// The lives of the sessions of a flow, or of a session of this id, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// The histories of the last sessions; older ones are deleted.
    pub lives: Vec<SessionHistory>,
}

/// A session from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Life))]
#[serde(rename_all = "camelCase")]
pub struct SessionHistory {
    /// Identifies it among all; a later one has a greater number.
    pub id: u64,
    /// The session.
    pub session: SessionId,
    /// The flow it is the session of; `None` when it was made through the API without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// Where it stands; `notExist` when it was ended.
    pub state: SessionState,
    /// When its start was asked for.
    pub started: Millis,
    /// When it became available; `None` when it is not yet, or never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Millis>,
    /// When it was gone, or had failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// Where its environment came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<StartRoute>,
    /// The steps of its start, with this host's usual times.
    pub phases: Vec<PhaseView>,
    /// How long a start of this way usually takes on this host, in milliseconds; `None` when too few came to their end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual_ms: Option<u64>,
    /// What was asked of it, in order.
    pub asked: Vec<Asked>,
    /// What it was given, as changed since.
    pub settings: SessionSettings,
    /// What it may use of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<VmSize>,
    /// promptflow's version in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_version: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<SessionFailure>,
}

impl SessionHistory {
    /// How long its start took until it was available, or takes until `now`; until its end when it never was.
    #[must_use]
    pub fn start_ms(&self, now: Millis) -> u64 {
        let until = self.available.or(self.ended).unwrap_or(now);
        until.since(self.started)
    }

    /// Who or what ended it; `None` while it is there, and when it isn't known.
    #[must_use]
    pub fn ended_by(&self) -> Option<By> {
        let ended = self.state == SessionState::NotExist && self.ended.is_some();
        let ends = |asked: &&Asked| matches!(asked.what, AskedFor::Stop | AskedFor::Reset);
        let last = self.asked.iter().rfind(ends);
        last.filter(|_| ended).map(|asked| asked.by)
    }
}

/// Something that was asked of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// When.
    pub at: Millis,
    /// What for.
    pub what: AskedFor,
    /// Who asked.
    pub by: By,
    /// Where it stands.
    pub state: PhaseState,
    /// When it was done, or had failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// What failed, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// What can be asked of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum AskedFor {
    /// To begin.
    Start,
    /// To begin again what a restart of the server had cut off.
    StartAnew,
    /// To install the requirements file.
    Install,
    /// To restore the packages from before the last install.
    Restore,
    /// Another idle shutdown time.
    Change,
    /// To end, and to start again.
    Reset,
    /// To end.
    Stop,
}

impl AskedFor {
    /// What the screen calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            AskedFor::Start => "Start",
            AskedFor::StartAnew => "Start again",
            AskedFor::Install => "Install packages",
            AskedFor::Restore => "Restore packages",
            AskedFor::Change => "Change idle shutdown time",
            AskedFor::Reset => "Reset",
            AskedFor::Stop => "Stop",
        }
    }
}

/// Who asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// A person, signed in with a browser.
    Browser,
    /// A client of the API, with the server's token.
    Token,
    /// Nobody: it was idle for its idle time.
    Idle,
    /// The server itself, such as after a restart.
    #[default]
    Server,
}

impl By {
    /// How a session ended by it, as the rest of a sentence: `The compute session stopped …`.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            By::Browser => "when someone stopped it in the browser",
            By::Token => "when an API client stopped it",
            By::Idle => "because it was idle",
            By::Server => "when the server stopped it",
        }
    }

    /// What the screen calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            By::Browser => "in the browser",
            By::Token => "by API token",
            By::Idle => "by idle shutdown",
            By::Server => "by the server",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_the_usual_is_slow_but_a_blink_is_not() {
        for (millis, usual, slow) in [
            (2_999, 1_000, false),
            (3_000, 1_000, true),
            (90, 30, false),
            (1_030, 30, true),
            (1_000, 0, true),
            (u64::MAX, u64::MAX, false),
        ] {
            assert_eq!(is_slow(millis, usual), slow, "{millis} {usual}");
        }
    }
}
