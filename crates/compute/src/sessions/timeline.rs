//! Keeps the timeline: follows every change of a session, and gives what is kept.

use std::sync::atomic::Ordering;

use flowdeck_contract::{
    events::FlowEvent,
    ids::SessionId,
    sessions::{EndedSession, EndedSessions},
    timeline::{AskedFor, SessionHistory, Timeline},
};

use super::{Book, Live, Record};
use crate::{
    error::ComputeError,
    owner::Owner,
    state::State,
    timeline::{self, Followed, Way, asker, follow, step},
};

/// How many of the sessions that have ended are listed.
const ENDED_TOLD: u32 = 50;

impl Book {
    /// What the timeline says of a change that was made of `before`; also puts this host's usual beside the phases.
    pub(super) fn follow(&self, before: &Record, live: &mut Live) -> Followed {
        let starting = matches!(live.record.state, State::Starting(_));
        let usual = starting.then(|| self.put_usual(&mut live.record));
        let id = || self.next_life.fetch_add(1, Ordering::Relaxed);
        let change = (before, &live.record);
        let mut followed = follow(live.life.clone(), change, asker(), self.clock.now(), id);
        if let Some((life, usual)) = followed.last.as_mut().zip(usual) {
            life.usual_ms = usual;
        }
        followed
    }

    /// Gives the usual of the whole start.
    fn put_usual(&self, record: &mut Record) -> Option<u64> {
        let usual = self.store.usual(Way::of(record)).unwrap_or_else(|error| {
            tracing::warn!(%error, "how long starts usually take could not be read");
            std::collections::BTreeMap::new()
        });
        for phase in &mut record.session.phases {
            phase.usual_ms = usual.get(step(Some(phase.phase))).copied();
        }
        usual.get(step(None)).copied()
    }

    /// The change is written down: tells what the timeline says of it now.
    pub(super) fn tell_life(&self, live: &mut Live, followed: Followed) {
        let Some(life) = followed.last else { return };
        let known = live.life.as_ref();
        if known == Some(&life) {
            return;
        }
        let was_starting = known.is_some_and(|known| known.available.is_none());
        if was_starting && life.available.is_some() && live.record.state == State::Available {
            self.remember_times(&live.record, &life);
        }
        self.events
            .send(&live.record.owner, FlowEvent::Life(life.clone()));
        live.life = Some(life);
    }

    fn remember_times(&self, record: &Record, life: &SessionHistory) {
        // One that was cut off was not at work all the time.
        let whole = life
            .asked
            .iter()
            .all(|asked| asked.what != AskedFor::StartAnew);
        let took = timeline::took(record, whole);
        if let Err(error) = self.store.save_times(Way::of(record), &took) {
            tracing::warn!(%error, "how long a start took could not be written down");
        }
    }

    /// The last lives of an owner's sessions, the newest first.
    pub(crate) fn timeline(&self, owner: &Owner) -> Result<Timeline, ComputeError> {
        let lives = self.store.lives(owner)?;
        Ok(Timeline { lives })
    }

    /// The sessions that ended last.
    pub(crate) fn ended_sessions(&self) -> Result<EndedSessions, ComputeError> {
        let lives = self.store.lives_over(ENDED_TOLD)?;
        let sessions = lives.into_iter().map(|life| EndedSession {
            ended_by: life.ended_by(),
            ended: life.ended.unwrap_or(life.started),
            session: life.session,
            flow: life.flow,
            started: life.started,
            failure: life.failure.map(|failure| failure.message),
        });
        Ok(EndedSessions {
            sessions: sessions.collect(),
        })
    }

    /// The last lives of a session, also of one that is forgotten otherwise.
    pub(crate) fn timeline_of(&self, session: &SessionId) -> Result<Timeline, ComputeError> {
        let lives = self.store.lives_of_session(session)?;
        if lives.is_empty() {
            return Err(ComputeError::SessionNotFound(session.to_string()));
        }
        Ok(Timeline { lives })
    }
}
