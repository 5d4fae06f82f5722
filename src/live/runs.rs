//! A flow's run history as events change it.

use std::cmp::Ordering;

use flowdeck_contract::runs::{RunState, RunSummary};

/// Whether a run that an answer shows is news: the stream may have told a later state while the answer was on its way.
///
/// `listed` is its state in the history, `whole` its state where the whole run is known.
pub(super) fn is_news(
    answered: RunState,
    listed: Option<RunState>,
    whole: Option<RunState>,
) -> bool {
    let than = |known: RunState| stage(answered).cmp(&stage(known));
    listed.is_none_or(|known| than(known) != Ordering::Less)
        && whole.is_none_or(|known| than(known) == Ordering::Greater)
}

/// A run only goes on to a later stage.
fn stage(state: RunState) -> u8 {
    match state {
        RunState::Running => 0,
        RunState::Canceling => 1,
        RunState::Completed | RunState::Failed | RunState::Canceled | RunState::Interrupted => 2,
    }
}

/// Puts a run into the history, which stays newest first; one that is known is replaced.
pub(super) fn upsert(runs: &mut Vec<RunSummary>, run: RunSummary) {
    match runs.iter_mut().find(|known| known.id == run.id) {
        Some(known) => *known = run,
        None => {
            let at = runs.partition_point(|known| known.number > run.number);
            runs.insert(at, run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{Millis, ids::RunId};

    fn run(number: u64, state: RunState) -> RunSummary {
        RunSummary {
            id: RunId::try_from(format!("r{number}")).unwrap(),
            number,
            node: None,
            variant: None,
            state,
            started: Millis(0),
            ended: None,
        }
    }

    #[test]
    fn an_answer_that_the_stream_has_overtaken_is_no_news() {
        use RunState::{Canceled, Canceling, Completed, Running};
        assert!(is_news(Running, None, None));
        assert!(is_news(Running, Some(Running), None));
        assert!(is_news(Canceling, Some(Running), Some(Running)));
        assert!(is_news(Completed, Some(Completed), None));
        assert!(!is_news(Running, Some(Running), Some(Running)));
        assert!(!is_news(Running, Some(Completed), None));
        assert!(!is_news(Running, Some(Completed), Some(Completed)));
        assert!(!is_news(Canceling, Some(Canceled), Some(Canceled)));
    }

    #[test]
    fn a_new_run_comes_first_and_a_known_one_stays_where_it_is() {
        let mut runs = vec![run(2, RunState::Running), run(1, RunState::Failed)];
        upsert(&mut runs, run(2, RunState::Completed));
        upsert(&mut runs, run(3, RunState::Running));
        let shown: Vec<_> = runs.iter().map(|run| (run.number, run.state)).collect();
        assert_eq!(
            shown,
            [
                (3, RunState::Running),
                (2, RunState::Completed),
                (1, RunState::Failed)
            ]
        );
    }
}
