//! A flow's run history as events change it.

use flowdeck_contract::runs::RunSummary;

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
    use flowdeck_contract::{Millis, ids::RunId, runs::RunState};

    fn run(number: u64, state: RunState) -> RunSummary {
        RunSummary {
            id: RunId::try_from(format!("r{number}")).unwrap(),
            number,
            node: None,
            state,
            started: Millis(0),
            ended: None,
        }
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
