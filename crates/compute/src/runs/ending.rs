//! How a run ends without an answer, or by the end of its session: in the words of whatever ended it.

use std::time::Duration;

use flowdeck_contract::{
    codes,
    runs::{RunError, RunState},
    session::SessionFailure,
};
use flowdeck_engines::{
    engine::{EngineError, MEMORY_EXCEEDED},
    executor::{self, Outcome, PROCESS_KILLED},
};
use tokio::time::Instant;

use super::live::LiveRun;
use crate::{owner::Owner, runs::Runs, state::State};

const LOOK: Duration = Duration::from_millis(50);
/// How long it takes at most until it is known how a runtime that does not answer has ended.
const SESSION_ENDS: Duration = Duration::from_secs(10);
/// How long it takes at most until it is known that the kernel ended a process for want of memory.
const WANT_IS_SEEN: Duration = Duration::from_secs(2);

/// What has become of a run's session.
enum Became {
    /// It runs, or is about to end.
    GoesOn,
    Stopped,
    Failed(Box<SessionFailure>),
}

/// Why there is no answer, in the engine's words.
pub(super) fn in_place_of_answer(error: &EngineError) -> RunError {
    RunError {
        code: error.failure.code.to_string(),
        message: error.failure.message.clone(),
        traceback: None,
        place: None,
        remedy: error.failure.remedy.clone(),
    }
}

impl Runs {
    /// The executor did not answer: the session was stopped, or has died.
    pub(super) async fn without_answer(&self, run: &LiveRun, error: &EngineError) -> Outcome {
        if !matches!(
            error.failure.code.as_ref(),
            codes::RUNTIME_UNREACHABLE | codes::NO_SESSION
        ) {
            let error = in_place_of_answer(error);
            return Outcome::without_result(RunState::Failed, Some(error));
        }
        let error = match self.became_of_session(run, SESSION_ENDS).await {
            Became::Failed(failure) => ended_with_session(*failure),
            Became::Stopped => {
                executor::interrupted("The compute session was stopped during the run.")
            }
            Became::GoesOn => executor::interrupted("The runtime didn’t answer."),
        };
        Outcome::without_result(RunState::Interrupted, Some(error))
    }

    /// A run whose process was killed because its session wanted too much memory says so: the session's own group counted it.
    pub(super) async fn with_want_of_memory(&self, run: &LiveRun, outcome: Outcome) -> Outcome {
        let killed = |error: &RunError| error.code == PROCESS_KILLED;
        if !outcome.error.as_ref().is_some_and(killed) {
            return outcome;
        }
        match self.became_of_session(run, WANT_IS_SEEN).await {
            Became::Failed(failure) if failure.code == MEMORY_EXCEEDED => Outcome {
                error: Some(RunError {
                    code: failure.code.clone(),
                    ..ended_with_session(*failure)
                }),
                ..outcome
            },
            _ => outcome,
        }
    }

    /// What has become of a run's session, which may take a while to be known.
    async fn became_of_session(&self, run: &LiveRun, patience: Duration) -> Became {
        let session = run.detail().session_id;
        let deadline = Instant::now() + patience;
        loop {
            let record = self.parts.book.record(&Owner::from(&run.flow));
            let same = record.session.session_id.as_ref() == Some(&session);
            match (record.state, record.session.failure) {
                (State::Failed, Some(failure)) if same => return Became::Failed(Box::new(failure)),
                (State::Available, _) if same => {}
                _ => return Became::Stopped,
            }
            if Instant::now() > deadline {
                return Became::GoesOn;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn ended_with_session(failure: SessionFailure) -> RunError {
    RunError {
        remedy: failure.remedy,
        ..executor::interrupted(failure.message)
    }
}
