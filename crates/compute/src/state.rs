//! The state machine of a session. Pure: what happens to a session is an event, and where that leads is decided here
//! alone. It is written down before it is acted on.

use flowdeck_contract::session::{Phase, SessionState};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum State {
    /// There is none.
    #[default]
    NotExist,
    /// Being made; in this phase.
    Starting(Phase),
    /// Ready.
    Available,
    /// Being ended.
    Stopping,
    /// Could not be made, or died.
    Failed,
}

/// What happens to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A start was asked for.
    Start,
    /// A start goes on to a later phase.
    Enter(Phase),
    /// A start that the server's end cut off begins again.
    Restart,
    /// The runtime is healthy.
    Ready,
    /// It could not be made, or it died.
    Fail,
    /// It could not be ended.
    Remain,
    /// Its end was asked for.
    Stop,
    /// Nothing of it is left.
    Gone,
}

/// An event that cannot happen in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a session in the state {state:?} has no transition for {event:?}")]
pub(crate) struct Refused {
    state: State,
    event: Event,
}

/// Where `event` leads from `state`.
pub(crate) fn transition(state: State, event: Event) -> Result<State, Refused> {
    use State::{Available, Failed, NotExist, Starting, Stopping};
    match (state, event) {
        (NotExist | Failed, Event::Start) | (Starting(_), Event::Restart) => {
            Ok(Starting(Phase::Allocate))
        }
        (Starting(at), Event::Enter(next)) if order(at) < order(next) => Ok(Starting(next)),
        (Starting(Phase::Check), Event::Ready) => Ok(Available),
        // Its start learns of the end by failing: the end itself hasn't failed.
        (Starting(_) | Available, Event::Fail) | (Stopping, Event::Remain) => Ok(Failed),
        (Starting(_) | Available | Failed, Event::Stop) => Ok(Stopping),
        (Stopping, Event::Gone) => Ok(NotExist),
        _ => Err(Refused { state, event }),
    }
}

/// A phase's place in a start.
pub(crate) fn order(phase: Phase) -> usize {
    Phase::ALL
        .iter()
        .position(|other| *other == phase)
        .unwrap_or(Phase::ALL.len())
}

impl State {
    /// As the page knows it.
    pub(crate) fn public(self) -> SessionState {
        match self {
            Self::NotExist => SessionState::NotExist,
            Self::Starting(_) => SessionState::Starting,
            Self::Available => SessionState::Available,
            Self::Stopping => SessionState::Stopping,
            Self::Failed => SessionState::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::{Available, Failed, NotExist, Starting, Stopping};

    fn states() -> Vec<State> {
        let starting = Phase::ALL.map(Starting);
        [NotExist, Available, Stopping, Failed]
            .into_iter()
            .chain(starting)
            .collect()
    }

    fn events() -> Vec<Event> {
        let entering = Phase::ALL.map(Event::Enter);
        let others = [
            Event::Start,
            Event::Restart,
            Event::Ready,
            Event::Fail,
            Event::Remain,
            Event::Stop,
            Event::Gone,
        ];
        others.into_iter().chain(entering).collect()
    }

    /// Every transition there is, by name; whatever is not in it is refused.
    fn table() -> Vec<(State, Event, State)> {
        let mut table = vec![
            (NotExist, Event::Start, Starting(Phase::Allocate)),
            (Failed, Event::Start, Starting(Phase::Allocate)),
            (Starting(Phase::Check), Event::Ready, Available),
            (Available, Event::Fail, Failed),
            (Available, Event::Stop, Stopping),
            (Failed, Event::Stop, Stopping),
            (Stopping, Event::Remain, Failed),
            (Stopping, Event::Gone, NotExist),
        ];
        for (place, phase) in Phase::ALL.into_iter().enumerate() {
            table.push((Starting(phase), Event::Restart, Starting(Phase::Allocate)));
            table.push((Starting(phase), Event::Fail, Failed));
            table.push((Starting(phase), Event::Stop, Stopping));
            for later in &Phase::ALL[place + 1..] {
                table.push((Starting(phase), Event::Enter(*later), Starting(*later)));
            }
        }
        table
    }

    #[test]
    fn every_state_and_event_lead_where_the_table_says() {
        let table = table();
        for state in states() {
            for event in events() {
                let expected = table
                    .iter()
                    .find(|(from, by, _)| *from == state && *by == event)
                    .map(|(_, _, to)| *to);
                assert_eq!(
                    transition(state, event).ok(),
                    expected,
                    "{state:?} by {event:?}"
                );
            }
        }
    }

    #[test]
    fn no_state_is_a_dead_end() {
        for state in states() {
            let ways = events()
                .into_iter()
                .filter(|event| transition(state, *event).is_ok())
                .count();
            assert!(ways > 0, "{state:?}");
        }
    }
}
