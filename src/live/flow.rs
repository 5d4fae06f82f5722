//! The live state of a flow: its session, runs, logs and files.

use std::{collections::HashMap, sync::Arc};

use flowdeck_contract::{
    events::{FlowEvent, FlowSnapshot},
    files::FileChange,
    ids::{FlowId, RunId},
    paths,
    runs::{RunDetail, RunSummary},
    session::SessionView,
    timeline::SessionHistory,
};
use leptos::prelude::*;

use super::{Connection, LogBuffer, runs, stream};
use crate::api::Api;

/// What became known about a flow's files.
#[derive(Clone, Debug, PartialEq)]
pub enum FilesNews {
    /// These changed.
    Changed(Arc<[FileChange]>),
    /// The stream started again: anything may have changed, except what was read as of this event.
    Anything(Option<Arc<str>>),
}

/// Whether what was read as of one event is as current as a stream that begins with the other.
#[must_use]
pub fn is_as_of(read: Option<&str>, begun: Option<&str>) -> bool {
    read.is_some() && read == begun
}

type Listener = Arc<dyn Fn(&FilesNews) + Send + Sync>;

/// The live state of a flow, as signals.
#[derive(Clone, Copy)]
pub struct FlowLive {
    /// The session; `None` until the stream has sent it.
    pub session: RwSignal<Option<SessionView>>,
    /// The last lines of the session's log.
    pub session_log: RwSignal<LogBuffer>,
    /// The last life of the session; `None` when there never was one, or until the stream has sent it.
    pub life: RwSignal<Option<SessionHistory>>,
    /// The run history, newest first; `None` until the stream has sent it.
    pub runs: RwSignal<Option<Vec<RunSummary>>>,
    /// The runs that are known whole.
    pub details: RwSignal<HashMap<RunId, Arc<RunDetail>>>,
    /// The last lines of the logs of runs.
    pub run_logs: RwSignal<HashMap<RunId, LogBuffer>>,
    /// Counts the changes of conversations.
    pub conversations: RwSignal<u32>,
    /// Counts the changes of connections; a new snapshot is news about files, too.
    pub connections: RwSignal<u32>,
    listeners: StoredValue<Vec<(u64, Listener)>>,
}

impl Default for FlowLive {
    fn default() -> Self {
        Self {
            session: RwSignal::new(None),
            session_log: RwSignal::default(),
            life: RwSignal::new(None),
            runs: RwSignal::new(None),
            details: RwSignal::default(),
            run_logs: RwSignal::default(),
            conversations: RwSignal::new(0),
            connections: RwSignal::new(0),
            listeners: StoredValue::default(),
        }
    }
}

impl FlowLive {
    /// Follows `flow` until the current owner is cleaned up.
    #[must_use]
    pub fn follow(flow: &FlowId) -> Self {
        let live = Self::default();
        live.begin(flow);
        live
    }

    /// Follows `flow` from now on, until the current owner is cleaned up. Where the server refuses to tell of it,
    /// because it is gone, what is known of its files may be of the past.
    pub fn begin(self, flow: &FlowId) {
        let path = paths::flow_events(&Api::from_context().project(), flow);
        let connection = stream::follow(&path, move |event| self.apply(event));
        Effect::new(move |_| {
            if matches!(connection.get(), Connection::Refused(_)) {
                self.tell_files(&FilesNews::Anything(None));
            }
        });
    }

    /// Calls `listener` with every news about files, until the current owner is cleaned up.
    pub fn on_files(&self, listener: impl Fn(&FilesNews) + Send + Sync + 'static) {
        let listeners = self.listeners;
        let mut key = 0;
        listeners.update_value(|all| {
            key = all.last().map_or(0, |(last, _)| last + 1);
            all.push((key, Arc::new(listener)));
        });
        on_cleanup(move || {
            listeners.try_update_value(|all| all.retain(|(known, _)| *known != key));
        });
    }

    /// Takes in an event. Every event carries whole values, so doing it twice changes nothing.
    pub fn apply(&self, event: FlowEvent) {
        match event {
            FlowEvent::Snapshot(snapshot) => self.replace(snapshot),
            FlowEvent::Session(session) => self.session.set(Some(session)),
            FlowEvent::SessionLog(lines) => self.session_log.update(|log| log.extend(lines)),
            FlowEvent::SessionLogReset => self.session_log.set(LogBuffer::default()),
            FlowEvent::Run(run) => self.put_run(run),
            FlowEvent::RunLog(log) => {
                self.run_logs
                    .update(|logs| logs.entry(log.run).or_default().extend(log.lines));
            }
            FlowEvent::RunText(text) => self.details.update(|details| {
                if let Some(run) = details.get_mut(&text.run) {
                    let run = Arc::make_mut(run);
                    text.pieces
                        .iter()
                        .for_each(|piece| piece.add_to(&mut run.streamed));
                }
            }),
            FlowEvent::Life(life) => self.life.set(Some(life)),
            FlowEvent::Conversation(_) => self.count_conversations(),
            FlowEvent::Connections => self
                .connections
                .update(|count| *count = count.wrapping_add(1)),
            FlowEvent::Files(changes) => self.tell_files(&FilesNews::Changed(changes.into())),
        }
    }

    /// Takes in a run as the answer to a request shows it.
    pub fn put_answer(&self, run: RunDetail) {
        let id = &run.summary.id;
        let listed = self.runs.with_untracked(|runs| {
            let known = runs.iter().flatten().find(|known| known.id == *id)?;
            Some(known.state)
        });
        let whole = self
            .details
            .with_untracked(|details| Some(details.get(id)?.summary.state));
        if runs::is_news(run.summary.state, listed, whole) {
            self.put_run(run);
        }
    }

    /// Takes in a run that is known whole.
    fn put_run(&self, run: RunDetail) {
        self.runs
            .update(|known| runs::upsert(known.get_or_insert_default(), run.summary.clone()));
        self.details.update(|details| {
            details.insert(run.summary.id.clone(), Arc::new(run));
        });
    }

    fn replace(&self, snapshot: FlowSnapshot) {
        let mut log = LogBuffer::default();
        log.extend(snapshot.session_log);
        self.session.set(Some(snapshot.session));
        self.session_log.set(log);
        self.life.set(snapshot.life.map(|life| *life));
        self.details.update(HashMap::clear);
        self.run_logs.update(HashMap::clear);
        self.runs.set(Some(snapshot.runs));
        self.count_conversations();
        self.tell_files(&FilesNews::Anything(snapshot.as_of.map(Into::into)));
    }

    fn count_conversations(&self) {
        self.conversations
            .update(|count| *count = count.wrapping_add(1));
    }

    fn tell_files(&self, news: &FilesNews) {
        // Cloned, so that a listener may add or remove listeners.
        for (_, listener) in self.listeners.get_value() {
            listener(news);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{
        Millis,
        events::RunLog,
        ids::SessionId,
        runs::RunState,
        session::{LogLine, SessionState},
    };
    use std::sync::Mutex;

    fn line(number: u64) -> LogLine {
        LogLine {
            number,
            text: format!("{number}"),
        }
    }

    fn run(number: u64, state: RunState) -> RunDetail {
        RunDetail {
            summary: RunSummary {
                id: RunId::try_from(format!("r{number}")).unwrap(),
                number,
                node: None,
                variant: None,
                state,
                started: Millis(0),
                ended: None,
            },
            session_id: SessionId::try_from("s").unwrap(),
            image: None,
            inputs: flowdeck_contract::Values::default(),
            variables: std::collections::BTreeMap::new(),
            outputs: None,
            streamed: std::collections::BTreeMap::new(),
            metrics: flowdeck_contract::Values::default(),
            nodes: Vec::new(),
            tokens: None,
            prices: flowdeck_contract::prices::RunPrices::default(),
            calls: flowdeck_contract::runs::Trace::default(),
            error: None,
            whole: None,
            upstream: flowdeck_contract::runs::Upstream::default(),
        }
    }

    fn in_owner(test: impl FnOnce(FlowLive)) {
        Owner::new().with(|| test(FlowLive::default()));
    }

    #[test]
    fn a_new_session_s_log_begins_empty() {
        in_owner(|live| {
            live.apply(FlowEvent::SessionLog(vec![line(0), line(1)]));
            live.apply(FlowEvent::SessionLogReset);
            live.apply(FlowEvent::SessionLog(vec![line(0)]));
            assert_eq!(live.session_log.get_untracked().text(), "0");
        });
    }

    #[test]
    fn a_run_appears_in_the_history_and_whole() {
        in_owner(|live| {
            live.apply(FlowEvent::Run(run(1, RunState::Running)));
            live.apply(FlowEvent::Run(run(1, RunState::Completed)));
            let runs = live.runs.get_untracked().unwrap();
            assert_eq!(runs.len(), 1);
            assert_eq!(runs[0].state, RunState::Completed);
            assert_eq!(live.details.get_untracked()[&runs[0].id].summary, runs[0]);
        });
    }

    #[test]
    fn an_answer_that_is_late_changes_nothing() {
        in_owner(|live| {
            live.put_answer(run(1, RunState::Running));
            live.apply(FlowEvent::Run(run(1, RunState::Completed)));
            live.put_answer(run(1, RunState::Running));
            let runs = live.runs.get_untracked().unwrap();
            assert_eq!(runs[0].state, RunState::Completed);
            assert_eq!(live.details.get_untracked()[&runs[0].id].summary, runs[0]);
            live.put_answer(run(2, RunState::Running));
            assert_eq!(live.runs.get_untracked().unwrap().len(), 2);
        });
    }

    #[test]
    fn a_snapshot_replaces_all_that_was_known() {
        in_owner(|live| {
            live.apply(FlowEvent::Run(run(1, RunState::Running)));
            let id = RunId::try_from("r1").unwrap();
            live.apply(FlowEvent::RunLog(RunLog {
                run: id,
                lines: vec![line(0)],
            }));
            live.apply(FlowEvent::SessionLog(vec![line(0)]));
            let session = SessionView {
                state: SessionState::Available,
                ..SessionView::default()
            };
            live.apply(FlowEvent::Snapshot(FlowSnapshot {
                session: session.clone(),
                session_log: Vec::new(),
                life: None,
                runs: Vec::new(),
                as_of: None,
            }));
            assert_eq!(live.session.get_untracked(), Some(session));
            assert_eq!(live.runs.get_untracked(), Some(Vec::new()));
            assert!(live.details.get_untracked().is_empty());
            assert!(live.run_logs.get_untracked().is_empty());
            assert!(live.session_log.get_untracked().is_empty());
        });
    }

    #[test]
    fn a_listener_hears_of_files_until_its_owner_ends() {
        in_owner(|live| {
            let heard = Arc::new(Mutex::new(0));
            let owner = Owner::new();
            let count = heard.clone();
            owner.with(|| live.on_files(move |_| *count.lock().unwrap() += 1));
            live.apply(FlowEvent::Files(Vec::new()));
            owner.cleanup();
            live.apply(FlowEvent::Files(Vec::new()));
            assert_eq!(*heard.lock().unwrap(), 1);
        });
    }
}
