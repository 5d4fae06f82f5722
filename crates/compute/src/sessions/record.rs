//! What is remembered of a flow's session.

mod session;

use flowdeck_access::id;
use flowdeck_contract::{
    Millis, capability,
    ids::{OperationId, SessionId},
    session::{Phase, PhaseState, PhaseView, SessionFailure, SessionImage},
    settings::ComputeChoice,
};
use flowdeck_engines::engine::{EnvironmentId, Runtime, Share};
use serde::{Deserialize, Serialize};

pub(crate) use self::session::Session;
use crate::{
    allotter::{Allotment, Anew},
    error::ComputeError,
    flow::Fingerprint,
    owner::Owner,
    state::{self, Event, Refused, State},
};

/// One owner's session, also when there is none any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(alias = "flow")]
    pub(crate) owner: Owner,
    pub(crate) state: State,
    /// What is known of it; empty when there is none.
    #[serde(rename = "view")]
    pub(crate) session: Session,
    /// The environment in use, counted from 0.
    pub(crate) generation: u32,
    pub(crate) runtime: Option<Runtime>,
    pub(crate) last_activity: Millis,
    /// The long operation in progress that brought the session into its state.
    pub(crate) operation: Option<OperationId>,
    /// The install in progress in a session that runs.
    pub(crate) install_operation: Option<OperationId>,
    /// A reset: what to start again with when it is gone.
    #[serde(default)]
    pub(crate) next: Option<Allotment>,
    /// What of it is made again.
    #[serde(default)]
    pub(crate) anew: Anew,
    /// The image that it goes on with, whatever has become of its tag.
    #[serde(default)]
    pub(crate) keep: Option<SessionImage>,
    /// What its environment was made of.
    pub(crate) made_of: Option<Fingerprint>,
    /// When the environment in use was made; `None` for that of the start.
    #[serde(default)]
    pub(crate) made_at: Option<Millis>,
    /// The environment that was in use before the last install, and can be restored.
    #[serde(default)]
    pub(crate) previous: Option<Previous>,
}

/// An environment that is kept beside the one in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Previous {
    pub(crate) generation: u32,
    pub(crate) made_of: Option<Fingerprint>,
    pub(crate) made_at: Millis,
    /// How many packages it has.
    pub(crate) packages: u32,
}

impl Record {
    /// There is no session.
    pub(crate) fn none(owner: Owner) -> Self {
        Self {
            owner,
            state: State::NotExist,
            session: Session::default(),
            generation: 0,
            runtime: None,
            last_activity: Millis(0),
            operation: None,
            install_operation: None,
            next: None,
            anew: Anew::default(),
            keep: None,
            made_of: None,
            made_at: None,
            previous: None,
        }
    }

    /// There was a session, and what is remembered of it can't be read: what is left of it is ended.
    pub(crate) fn unreadable(owner: Owner, error: &serde_json::Error) -> Self {
        let failure = SessionFailure {
            code: "SessionNotRecovered".to_owned(),
            phase: None,
            message: format!("What this server remembers of the session can’t be read: {error}."),
            remedy: Some("Start the session again.".to_owned()),
            fault: None,
            correlation: id::token(),
        };
        let session = Session {
            failure: Some(failure),
            ..Session::default()
        };
        Self {
            state: State::Failed,
            session,
            ..Self::none(owner)
        }
    }

    /// Begins a new session.
    pub(crate) fn start(
        &mut self,
        session: SessionId,
        given: Allotment,
        now: Millis,
    ) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Start)?;
        self.begin(session, given, now, now);
        Ok(())
    }

    /// Begins the start in progress again, as a new session: nothing of the old one is trusted.
    pub(crate) fn restart(&mut self, session: SessionId, now: Millis) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Restart)?;
        let asked = self.session.started.unwrap_or(now);
        self.begin(session, self.given(), asked, now);
        Ok(())
    }

    fn begin(&mut self, session: SessionId, given: Allotment, asked: Millis, now: Millis) {
        let phases = Phase::ALL.map(|phase| PhaseView {
            phase,
            state: PhaseState::Waiting,
            started: None,
            ended: None,
            note: None,
            usual_ms: None,
        });
        self.session = Session {
            session_id: Some(session),
            phases: phases.to_vec(),
            started: Some(asked),
            max_idle_time_seconds: given.max_idle_seconds,
            settings: given.settings,
            size: given.size,
            ..Session::default()
        };
        (self.generation, self.runtime, self.made_of, self.next) = (0, None, None, None);
        (self.made_at, self.previous) = (None, None);
        (self.anew, self.keep) = (given.anew, given.keep);
        self.last_activity = now;
        self.open_phase(Phase::Allocate, now);
    }

    /// Goes on to a phase; those passed over are marked as skipped.
    pub(crate) fn enter(&mut self, phase: Phase, now: Millis) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Enter(phase))?;
        self.close_phase(PhaseState::Done, None, now);
        for view in &mut self.session.phases {
            if view.state == PhaseState::Waiting && state::order(view.phase) < state::order(phase) {
                view.state = PhaseState::Skipped;
            }
        }
        self.open_phase(phase, now);
        Ok(())
    }

    /// The runtime is healthy.
    pub(crate) fn ready(&mut self, version: String, now: Millis) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Ready)?;
        self.close_phase(PhaseState::Done, Some(format!("promptflow {version}")), now);
        (self.session.available, self.session.runtime_version) = (Some(now), Some(version));
        self.last_activity = now;
        Ok(())
    }

    /// Failed, by this event.
    pub(crate) fn fail(
        &mut self,
        by: Event,
        failure: SessionFailure,
        now: Millis,
    ) -> Result<(), Refused> {
        let state = state::transition(self.state, by)?;
        self.close_phase(PhaseState::Failed, None, now);
        (self.state, self.runtime, self.next) = (state, None, None);
        self.previous = None;
        self.session.failure = Some(failure);
        Ok(())
    }

    /// Its end begins; with `next`, another start follows it.
    pub(crate) fn stop(&mut self, next: Option<Allotment>) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Stop)?;
        self.next = next;
        Ok(())
    }

    /// Nothing of it is left; its id leads to its log still.
    pub(crate) fn gone(&mut self) -> Result<(), Refused> {
        self.state = state::transition(self.state, Event::Gone)?;
        self.session = Session {
            session_id: self.session.session_id.take(),
            ..Session::default()
        };
        (self.runtime, self.made_of) = (None, None);
        (self.made_at, self.previous) = (None, None);
        Ok(())
    }

    /// The id that it is known by.
    pub(crate) fn id(&self) -> Option<&SessionId> {
        match &self.owner {
            Owner::Nobody(session) => Some(session),
            Owner::Flow(_) => self.session.session_id.as_ref(),
        }
    }

    /// As [`Record::id`]; refused where there never was a session.
    pub(crate) fn require_session(&self) -> Result<SessionId, ComputeError> {
        let session = self.id().cloned();
        session.ok_or_else(|| ComputeError::Refused(capability::NO_SESSION.to_owned()))
    }

    /// What it has.
    pub(crate) fn given(&self) -> Allotment {
        Allotment {
            settings: self.session.settings.clone(),
            size: self.session.size.clone(),
            max_idle_seconds: self.session.max_idle_time_seconds,
            anew: self.anew,
            keep: self.keep.clone(),
        }
    }

    /// The compute instance it is on.
    pub(crate) fn instance(&self) -> Option<&str> {
        match &self.session.settings.compute {
            ComputeChoice::Instance { name } => Some(name),
            ComputeChoice::Serverless { .. } => None,
        }
    }

    /// What it may use.
    pub(crate) fn share(&self) -> Option<Share> {
        Some(Share {
            size: self.session.size.clone()?,
            instance: self.instance().map(str::to_owned),
        })
    }

    /// Whether it is where and what is asked for already.
    pub(crate) fn has_compute(&self, asked: &ComputeChoice) -> bool {
        let has = &self.session.settings.compute;
        match (has, asked) {
            (
                ComputeChoice::Serverless { identity: has, .. },
                ComputeChoice::Serverless {
                    vm_size: Some(name),
                    identity,
                },
            ) => {
                let size = self.session.size.as_ref();
                has == identity && size.is_some_and(|size| size.name.eq_ignore_ascii_case(name))
            }
            (has, asked) => has == asked,
        }
    }

    /// Whether what it was given is in use.
    pub(crate) fn holds_compute(&self) -> bool {
        !matches!(self.state, State::NotExist | State::Failed)
    }

    /// The phase in progress.
    pub(crate) fn phase(&self) -> Option<Phase> {
        match self.state {
            State::Starting(phase) => Some(phase),
            _ => None,
        }
    }

    /// Says what a phase did, or why it had nothing to do.
    pub(crate) fn note(&mut self, phase: Phase, note: Option<String>) {
        if let Some(view) = self.phase_view(phase) {
            view.note = note.or_else(|| view.note.take());
        }
    }

    /// The environment in use.
    pub(crate) fn environment(&self) -> Option<EnvironmentId> {
        let session = self.session.session_id.clone()?;
        Some(EnvironmentId {
            session,
            generation: self.generation,
        })
    }

    /// The environments that are kept.
    pub(crate) fn generations(&self) -> Vec<u32> {
        let previous = self.previous.as_ref().map(|previous| previous.generation);
        [self.generation].into_iter().chain(previous).collect()
    }

    /// The number of an environment that is none of those that are kept.
    pub(crate) fn next_generation(&self) -> u32 {
        self.generations().into_iter().max().unwrap_or(0) + 1
    }

    fn phase_view(&mut self, phase: Phase) -> Option<&mut PhaseView> {
        self.session
            .phases
            .iter_mut()
            .find(|view| view.phase == phase)
    }

    fn open_phase(&mut self, phase: Phase, now: Millis) {
        if let Some(view) = self.phase_view(phase) {
            (view.state, view.started) = (PhaseState::Running, Some(now));
        }
    }

    fn close_phase(&mut self, state: PhaseState, note: Option<String>, now: Millis) {
        if let Some(view) = self
            .session
            .phases
            .iter_mut()
            .find(|view| view.state == PhaseState::Running)
        {
            (view.state, view.ended) = (state, Some(now));
            view.note = note.or_else(|| view.note.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starting() -> Record {
        let mut record = Record::none(Owner::try_from("f".to_owned()).unwrap());
        record
            .start(
                SessionId::try_from("s").unwrap(),
                Allotment::default(),
                Millis(10),
            )
            .unwrap();
        record
    }

    fn states(record: &Record) -> Vec<PhaseState> {
        record
            .session
            .phases
            .iter()
            .map(|phase| phase.state)
            .collect()
    }

    #[test]
    fn phases_open_and_close_in_order_with_their_times() {
        use PhaseState::{Done, Running, Skipped, Waiting};
        let mut record = starting();
        assert_eq!(
            states(&record),
            [Running, Waiting, Waiting, Waiting, Waiting, Waiting]
        );
        record.enter(Phase::CreateEnvironment, Millis(30)).unwrap();
        assert_eq!(
            states(&record),
            [Done, Skipped, Running, Waiting, Waiting, Waiting]
        );
        assert_eq!(
            (
                record.session.phases[0].started,
                record.session.phases[0].ended
            ),
            (Some(Millis(10)), Some(Millis(30)))
        );
        assert!(
            record.ready("1".into(), Millis(31)).is_err(),
            "only after the check"
        );
        record.enter(Phase::Check, Millis(40)).unwrap();
        record.ready("1".into(), Millis(50)).unwrap();
        assert_eq!(
            states(&record),
            [Done, Skipped, Done, Skipped, Skipped, Done]
        );
        assert_eq!(record.session.available, Some(Millis(50)));
    }

    #[test]
    fn a_record_survives_being_written_down() {
        let record = starting();
        let text = serde_json::to_string(&record).unwrap();
        let read: Record = serde_json::from_str(&text).unwrap();
        assert_eq!((read.state, read.session), (record.state, record.session));
    }

    /// As a server wrote it whose records held what its pages were sent.
    #[test]
    fn a_record_of_an_earlier_version_is_read() {
        let text = include_str!("../../tests/data_folder/session.json");
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(record.state, State::Available);
        assert_eq!(record.id().unwrap().as_str(), "19689088edadb6e4");
        assert_eq!(states(&record), [PhaseState::Done; 6]);
        assert_eq!(record.generations(), [1, 0]);
        let session = &record.session;
        let install = session.install.as_ref().unwrap();
        assert_eq!((install.state, install.lines.len()), (PhaseState::Done, 2));
        assert_eq!(session.image.as_ref().unwrap().reference, "team/base:3");
        assert_eq!(session.image_update.as_ref().unwrap().noticed, Millis(7));
        assert_eq!(session.failure, None);

        // The next server finds the same in what this one writes.
        let written = serde_json::to_string(&record).unwrap();
        let again: Record = serde_json::from_str(&written).unwrap();
        assert_eq!(again.session, record.session);
    }
}
