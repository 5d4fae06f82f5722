//! A session in memory: its record, its log as far as it was published, and what is at work on it.

use std::{collections::BTreeSet, io, path::PathBuf, sync::Arc};

use flowdeck_contract::{
    Millis, Unread,
    ids::{RunId, SessionId},
    pull::Pull,
    session::{Phase, PhaseState, SessionView},
    timeline::SessionHistory,
};
use flowdeck_engines::log::{LogFile, Tail};
use parking_lot::{Mutex, MutexGuard};

use super::Record;
use crate::{owner::Owner, state::State, tasks::Work};

/// One owner's session.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) record: Record,
    /// The last life of the session.
    pub(crate) life: Option<SessionHistory>,
    pub(crate) log: Option<Arc<SessionLog>>,
    pub(crate) work: Option<Work>,
    /// How far the pull of a session's image was when it was last published.
    pub(crate) pull: Option<(SessionId, Pull)>,
    /// The runs in progress in it.
    pub(crate) runs: BTreeSet<RunId>,
}

impl Live {
    pub(crate) fn new(record: Record) -> Self {
        Self {
            record,
            life: None,
            log: None,
            work: None,
            pull: None,
            runs: BTreeSet::new(),
        }
    }

    pub(crate) fn none(owner: &Owner) -> Self {
        Self::new(Record::none(owner.clone()))
    }

    /// Whether a run or an install goes on in it.
    pub(crate) fn is_busy(&self) -> bool {
        !self.runs.is_empty() || self.installs()
    }

    /// Whether an install goes on in it.
    pub(crate) fn installs(&self) -> bool {
        let install = self.record.session.install.as_ref();
        self.record.state == State::Available
            && install.is_some_and(|install| install.state == PhaseState::Running)
    }

    /// When it ends if nothing happens; `None` when it does not.
    pub(crate) fn idle_deadline(&self) -> Option<Millis> {
        let seconds = self.record.session.max_idle_time_seconds?;
        let running = self.record.state == State::Available && !self.is_busy();
        let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
        running.then(|| Millis(self.record.last_activity.0.saturating_add(millis)))
    }

    /// Why it is not counting towards its end; `None` when it counts, or has no end.
    fn idle_paused(&self) -> Option<&'static str> {
        self.record.session.max_idle_time_seconds?;
        match (self.record.state, self.installs(), self.runs.is_empty()) {
            (State::Available, true, _) => Some("Packages are being installed."),
            (State::Available, false, false) => Some("A run is in progress."),
            _ => None,
        }
    }

    /// How far the image is pulled, while it is; once that has failed, how far it came.
    fn pull(&self) -> Option<&Pull> {
        let (session, pull) = self.pull.as_ref()?;
        let shows = match self.record.state {
            State::Starting(phase) => phase == Phase::PullImage,
            State::Failed => self.failed_in() == Some(Phase::PullImage) && !pull.layers.is_empty(),
            _ => false,
        };
        (shows && self.record.session.session_id.as_ref() == Some(session)).then_some(pull)
    }

    fn failed_in(&self) -> Option<Phase> {
        self.record.session.failure.as_ref()?.phase
    }

    /// As the page sees it.
    pub(crate) fn view(&self) -> SessionView {
        let view = self.record.session.view();
        SessionView {
            state: self.record.state.public(),
            session_id: self.record.id().cloned(),
            idle_deadline: self.idle_deadline(),
            idle_paused: self.idle_paused().map(str::to_owned),
            last_activity: (self.record.state == State::Available)
                .then_some(self.record.last_activity),
            pull: self.pull().map(Unread::of),
            // What is being installed is what it is out of date with.
            out_of_date: view.out_of_date.clone().filter(|_| !self.installs()),
            ..view
        }
    }
}

/// A session's log and how far its lines were published.
#[derive(Debug)]
pub(crate) struct SessionLog {
    pub(crate) file: LogFile,
    tail: Mutex<Tail>,
}

impl SessionLog {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self {
            tail: Mutex::new(Tail::new(path.as_path())),
            file: LogFile::at(path),
        }
    }

    /// A log whose lines so far are known already.
    pub(crate) fn caught_up(path: PathBuf) -> io::Result<Self> {
        let log = Self::at(path);
        while !log.tail().read()?.is_empty() {}
        Ok(log)
    }

    pub(crate) fn tail(&self) -> MutexGuard<'_, Tail> {
        self.tail.lock()
    }
}
