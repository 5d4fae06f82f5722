//! Live events, as server-sent events: the event's id is opaque and resumes the stream with `Last-Event-ID`; its data is
//! one of these as JSON.
//!
//! Every event carries a whole value, not a difference, so that applying it is an assignment. As JSON it is an object with
//! one key, the event's name (`{"session": {…}}`), or the name alone: the shape that takes the least code to read.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    files::FileChange,
    flows::FlowList,
    ids::{ConversationId, RunId},
    runs::{RunDetail, RunSummary},
    session::{LogLine, SessionView},
    timeline::SessionHistory,
};

/// How often a stream that has nothing to tell says that it is there: proxies leave it open, and a page that hears nothing
/// for longer knows that the connection is lost.
pub const HEARTBEAT: Duration = Duration::from_secs(4);

/// What happens to one flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum FlowEvent {
    /// First in a stream that does not resume: everything as it stands. Replaces all that is known.
    Snapshot(FlowSnapshot),
    /// The session, whole.
    Session(SessionView),
    /// Further lines of the session's log.
    SessionLog(Vec<LogLine>),
    /// The log of a session that begins: forget the lines of the one before.
    SessionLogReset,
    /// A run, whole: new, or changed.
    Run(RunDetail),
    /// Further lines of a run's log.
    RunLog(RunLog),
    /// Further text of a run's outputs.
    RunText(RunText),
    /// The last life of the flow's session, whole: what the timeline says of it.
    Life(SessionHistory),
    /// A conversation is new, has changed or is gone; it's too large to be told whole.
    Conversation(ConversationId),
    /// Files that were added, changed or removed.
    Files(Vec<FileChange>),
    /// What is wrong with the connections that the flow asks for may have changed.
    Connections,
}

/// Lines of one run's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunLog {
    /// The run.
    pub run: RunId,
    /// The lines.
    pub lines: Vec<LogLine>,
}

/// Further text of the outputs of a run that streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunText {
    /// The run.
    pub run: RunId,
    /// What came, in order.
    pub pieces: Vec<OutputPiece>,
}

/// A piece of an output's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutputPiece {
    /// The output's name.
    pub output: String,
    /// How many bytes of UTF-8 the output's text had before.
    pub at: usize,
    /// The text.
    pub text: String,
}

impl OutputPiece {
    /// Adds it to the texts that are known. Does nothing where it is known already, or where one before it isn't.
    pub fn add_to(&self, known: &mut BTreeMap<String, String>) {
        let text = known.entry(self.output.clone()).or_default();
        if text.len() == self.at {
            text.push_str(&self.text);
        }
    }
}

/// A flow's live state at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowSnapshot {
    /// The session.
    pub session: SessionView,
    /// The last lines of its log, at most 1000; `GET …/session/log` gives all.
    pub session_log: Vec<LogLine>,
    /// The last life of the session; `None` when there never was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Box<SessionHistory>>,
    /// The run history, newest first.
    pub runs: Vec<RunSummary>,
    /// The id of the newest event that it holds all of. What was read as of the same one is current.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
}

/// What happens to a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum ProjectEvent {
    /// Every flow, with the state of its session; sent first and at each change.
    Flows(FlowList),
}
