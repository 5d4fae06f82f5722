//! Runs: cancelled, cut off, refused, and how many are kept.

use crate::support::{ended, eventually, over, stage::Stage};
use flowdeck_compute::{ComputeErrorKind, fake::Step};
use flowdeck_contract::{
    Exact, Values,
    runs::{NodeState, RunRequest, RunState},
};

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

#[tokio::test]
async fn a_node_alone_says_what_it_was_given_of_others_and_takes_what_a_person_gives() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let names = {
        let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
        let names: Vec<String> = run.nodes.iter().map(|node| node.name.clone()).collect();
        let first = compute.upstream(&stage.flow, &names[1]).unwrap();
        assert!(first.iter().all(|one| one.run.is_none()), "{first:?}");
        over(&compute, &stage.flow, &run.summary.id).await;
        names
    };
    let [first, second] = names.as_slice() else {
        panic!("{names:?}");
    };
    let known = compute.upstream(&stage.flow, second).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].node, *first);
    assert_eq!(known[0].run.as_ref().unwrap().number, 1);
    assert_eq!(known[0].value, Some(Exact::text(first)));

    let alone = |outputs: Values| RunRequest {
        node: Some(second.clone()),
        outputs,
        ..RunRequest::default()
    };
    let run = compute.run(&stage.flow, alone(Values::default())).unwrap();
    assert_eq!(run.upstream.outputs().unwrap(), known);
    over(&compute, &stage.flow, &run.summary.id).await;

    let given: Values = [(first.clone(), Exact::parse("[1.50]").unwrap())]
        .into_iter()
        .collect();
    let run = compute.run(&stage.flow, alone(given)).unwrap();
    let done = over(&compute, &stage.flow, &run.summary.id).await;
    let upstream = done.upstream.outputs().unwrap();
    assert_eq!(upstream[0].run, None);
    assert_eq!(upstream[0].value.as_ref().unwrap().json(), "[1.50]");
    let inputs = done.nodes[0].inputs.as_ref().unwrap().json();
    assert!(inputs.contains("[1.50]"), "{inputs}");

    let other: Values = [(second.clone(), Exact::null())].into_iter().collect();
    let refused = compute.run(&stage.flow, alone(other.clone())).unwrap_err();
    assert_eq!(refused.kind(), ComputeErrorKind::Invalid);
    let whole = RunRequest {
        outputs: other,
        ..RunRequest::default()
    };
    let refused = compute.run(&stage.flow, whole).unwrap_err();
    assert!(refused.to_string().contains("whole flow"), "{refused}");
    compute.close().await;
}

#[tokio::test]
async fn variables_that_would_change_the_process_itself_are_refused_and_enter_no_run() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let asked = |name: &str, value: &str| RunRequest {
        variables: [(name.to_owned(), value.to_owned())].into(),
        ..RunRequest::default()
    };
    for name in [
        "PATH",
        "PYTHONPATH",
        "PF_LOGGING_LEVEL",
        "LD_PRELOAD",
        "A B",
        "",
    ] {
        let refused = compute.run(&stage.flow, asked(name, "x")).unwrap_err();
        let root = refused.to_root_error();
        assert_eq!(
            (root.code.as_str(), root.target.as_deref()),
            ("VariableInvalid", Some(name))
        );
    }
    let lost = compute
        .run(&stage.flow, asked("A", "${nobody.key}"))
        .unwrap_err();
    assert_eq!(lost.to_root_error().code, "ConnectionsNeeded");
    let unseen = compute
        .run(&stage.flow, asked("A", "${env:HOME}"))
        .unwrap_err();
    assert!(unseen.to_string().contains("‘A’ refers to"), "{unseen}");
    assert!(compute.runs(&stage.flow).unwrap().is_empty());
    let run = compute.run(&stage.flow, asked("MODEL", "m")).unwrap();
    let run = over(&compute, &stage.flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed);
    assert_eq!(run.variables["MODEL"], "m");
}
