//! Runs: cancelled, cut off, refused, and how many are kept.

use crate::support::{ended, eventually, over, stage::Stage};
use flowdeck_compute::{ComputeErrorKind, fake::Step};
use flowdeck_contract::runs::{NodeState, RunRequest, RunState};

#[tokio::test]
async fn a_run_can_be_cancelled_and_runs_are_interrupted_by_a_restart() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    stage.engine.hang(Step::Execute);
    let run = compute
        .run(&stage.flow, RunRequest::default())
        .unwrap()
        .summary
        .id;
    eventually("a running node", || {
        let detail = compute.run_detail(&stage.flow, &run).unwrap();
        (detail.nodes[0].state == NodeState::Running).then_some(())
    })
    .await;
    let refused = compute.install(&stage.flow).await.unwrap_err();
    assert!(
        refused.to_string().contains("A run is in progress"),
        "{refused}"
    );
    assert_eq!(
        compute.cancel_run(&stage.flow, &run).unwrap().summary.state,
        RunState::Canceling
    );
    let detail = over(&compute, &stage.flow, &run).await;
    assert_eq!(detail.summary.state, RunState::Canceled);
    assert!(
        detail
            .nodes
            .iter()
            .all(|node| node.state == NodeState::Canceled)
    );
    assert_eq!(
        compute.cancel_run(&stage.flow, &run).unwrap_err().kind(),
        ComputeErrorKind::Conflict
    );

    let run = compute
        .run(&stage.flow, RunRequest::default())
        .unwrap()
        .summary
        .id;
    compute.close().await;
    drop(compute);
    let compute = stage.open(0).await;
    let detail = compute.run_detail(&stage.flow, &run).unwrap();
    assert_eq!(detail.summary.state, RunState::Interrupted);
    assert_eq!(
        compute
            .runs(&stage.flow)
            .unwrap()
            .iter()
            .map(|run| run.number)
            .collect::<Vec<_>>(),
        [2, 1]
    );

    let run = compute
        .run(&stage.flow, RunRequest::default())
        .unwrap()
        .summary
        .id;
    let stop = compute.stop(&stage.flow).await.unwrap();
    ended(&compute, &stop).await;
    assert_eq!(
        over(&compute, &stage.flow, &run).await.summary.state,
        RunState::Interrupted
    );
}

#[tokio::test]
async fn the_history_keeps_fifty_runs_and_their_files() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    for _ in 0..53 {
        let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
        let run = over(&compute, &stage.flow, &run.summary.id).await;
        assert_eq!(run.summary.state, RunState::Completed);
    }
    let runs = compute.runs(&stage.flow).unwrap();
    assert_eq!((runs.len(), runs[0].number), (50, 53));
    assert_eq!(
        crate::support::files(&stage.home.data().join("runs/hello")).len(),
        50
    );
}

#[tokio::test]
async fn a_flow_that_promptflow_would_refuse_is_refused_with_its_line() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    stage.home.flow("hello", &[("flow.dag.yaml", "nodes:\n- name: a\n  type: python\n  source: {type: code, path: a.py}\n  inputs: {x: '${b.output}'}\n")]);
    let error = compute.run(&stage.flow, RunRequest::default()).unwrap_err();
    assert_eq!(error.kind(), ComputeErrorKind::Invalid);
    assert!(error.to_string().contains("line 5"), "{error}");
}
