//! Runs that are changed from several sides at once, over an engine in memory.

use std::time::Duration;

use crate::support::{over, stage::Stage};
use flowdeck_compute::{ComputeErrorKind, fake::Step};
use flowdeck_contract::{
    events::FlowEvent,
    runs::{RunRequest, RunState},
};

/// A cancel at every moment around a run's end: the run always ends, as the last event, the answer and the store say.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancel_that_meets_the_end_leaves_no_run_canceling() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    for round in 0..40_u64 {
        let mut events = compute.subscribe();
        stage.engine.hang(Step::Execute);
        let request = RunRequest::default();
        let id = compute.run(&stage.flow, request).unwrap().summary.id;
        let canceling = {
            let (compute, flow, id) = (compute.clone(), stage.flow.clone(), id.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_micros(round * 97 % 1_500)).await;
                compute.cancel_run(&flow, &id)
            })
        };
        stage.engine.recover();
        let canceled = canceling.await.unwrap();
        let detail = over(&compute, &stage.flow, &id).await;
        if let Err(error) = canceled {
            assert_eq!(error.kind(), ComputeErrorKind::Conflict, "{error}");
            assert_eq!(detail.summary.state, RunState::Completed);
        }
        let told: Vec<_> = std::iter::from_fn(|| events.try_recv().ok())
            .filter_map(|(_, event)| match event {
                FlowEvent::Run(run) if run.summary.id == id => Some(run),
                _ => None,
            })
            .collect();
        let ended = told.iter().position(|run| run.summary.state.is_over());
        assert_eq!(ended, Some(told.len() - 1), "round {round}: {told:?}");
        assert_eq!(told.last(), Some(&detail), "round {round}");
        let summaries = compute.runs(&stage.flow).unwrap();
        assert_eq!(summaries[0], detail.summary, "round {round}");
    }
    compute.close().await;
}

/// Runs that begin at once have numbers of their own, and none takes another's place.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn runs_that_begin_at_once_are_all_kept() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let begun: Vec<_> = (0..24)
        .map(|_| {
            let (compute, flow) = (compute.clone(), stage.flow.clone());
            tokio::spawn(async move { compute.run(&flow, RunRequest::default()) })
        })
        .collect();
    for run in begun {
        let id = run.await.unwrap().unwrap().summary.id;
        over(&compute, &stage.flow, &id).await;
    }
    let numbers: Vec<u64> = compute
        .runs(&stage.flow)
        .unwrap()
        .iter()
        .map(|run| run.number)
        .collect();
    assert_eq!(numbers, (1..=24).rev().collect::<Vec<_>>());
    compute.close().await;
}
