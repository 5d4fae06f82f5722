//! The live state of compute sessions, also of those without a flow.

use flowdeck_contract::{
    events::FlowEvent, ids::SessionId, paths, sessions::SessionList, timeline::SessionHistory,
};
use leptos::prelude::*;

use super::{Connection, LogBuffer, stream};
use crate::api::Api;

/// Every compute session of a project, as it changes.
#[derive(Clone, Copy)]
pub struct SessionsLive {
    /// The sessions; `None` until the stream has sent them.
    pub list: RwSignal<Option<SessionList>>,
    /// How the stream stands.
    pub connection: Signal<Connection>,
}

impl SessionsLive {
    /// Follows the sessions until the current owner is cleaned up.
    #[must_use]
    pub fn follow() -> Self {
        let list = RwSignal::new(None);
        let path = paths::all_sessions_events(&Api::from_context().project());
        let connection = stream::follow(&path, move |told| list.set(Some(told)));
        Self { list, connection }
    }
}

/// One session: its log as it grows, and what its timeline says.
#[derive(Clone, Copy, Default)]
pub struct SessionLive {
    /// The last lines of its log; `None` until the stream has sent them.
    pub lines: RwSignal<Option<LogBuffer>>,
    /// Its life; `None` until the stream has sent it.
    pub life: RwSignal<Option<SessionHistory>>,
}

impl SessionLive {
    /// Follows `session` from now on, until the current owner is cleaned up.
    pub fn begin(self, session: &SessionId) {
        let path = paths::session_by_id_events(&Api::from_context().project(), session);
        stream::follow(&path, move |event| self.apply(event));
    }

    fn apply(&self, event: FlowEvent) {
        match event {
            FlowEvent::Snapshot(snapshot) => {
                let mut log = LogBuffer::default();
                log.extend(snapshot.session_log);
                self.lines.set(Some(log));
                self.life.set(snapshot.life.map(|life| *life));
            }
            FlowEvent::SessionLog(lines) => self.lines.update(|log| {
                log.get_or_insert_default().extend(lines);
            }),
            FlowEvent::SessionLogReset => self.lines.set(Some(LogBuffer::default())),
            FlowEvent::Life(life) => self.life.set(Some(life)),
            FlowEvent::Session(_)
            | FlowEvent::Run(_)
            | FlowEvent::RunLog(_)
            | FlowEvent::RunText(_)
            | FlowEvent::Conversation(_)
            | FlowEvent::Files(_)
            | FlowEvent::Connections => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{
        events::FlowSnapshot,
        session::{LogLine, SessionView},
    };

    fn line(number: u64) -> LogLine {
        LogLine {
            number,
            text: format!("{number}"),
        }
    }

    #[test]
    fn a_log_begins_with_a_snapshot_and_grows() {
        Owner::new().with(|| {
            let live = SessionLive::default();
            let text = || live.lines.get_untracked().as_ref().map(LogBuffer::text);
            assert_eq!(text(), None);
            live.apply(FlowEvent::Snapshot(FlowSnapshot {
                session: SessionView::default(),
                session_log: vec![line(0), line(1)],
                life: None,
                runs: Vec::new(),
                as_of: None,
            }));
            live.apply(FlowEvent::SessionLog(vec![line(1), line(2)]));
            assert_eq!(text().as_deref(), Some("0\n1\n2"));
            live.apply(FlowEvent::SessionLogReset);
            assert_eq!(text().as_deref(), Some(""));
        });
    }
}
