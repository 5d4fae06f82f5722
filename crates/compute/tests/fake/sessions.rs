//! What sessions do over an engine in memory: failures, cancellation, restarts, idleness.

use std::time::Duration;

use crate::support::{
    TWO_NODES, ended, eventually, idle_after, in_state, over, stage::Stage, with,
};
use flowdeck_compute::{Compute, ComputeErrorKind, StartSession, engine::EngineError, fake::Step};
use flowdeck_contract::{
    Millis,
    azure::OperationStatus,
    events::FlowEvent,
    ids::FlowId,
    packages::AskedBy,
    runs::RunRequest,
    session::{Phase, PhaseState, SessionState, StartRoute},
};

fn broken() -> EngineError {
    EngineError::new("Broken", "It broke.").with_remedy("Mend it.")
}

#[tokio::test]
async fn every_phase_can_fail_by_name_and_leaves_nothing() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    for (step, phase) in Step::START.into_iter().zip(Phase::ALL) {
        stage.engine.fail(step, broken());
        let operation = compute
            .start(&stage.flow, StartSession::default())
            .await
            .unwrap();
        let result = ended(&compute, &operation).await;
        assert_eq!(result.status, OperationStatus::Failed);
        assert_eq!(result.error.unwrap().remedy(), Some("Mend it."));
        let view = compute.session(&stage.flow);
        let failure = view.failure.unwrap();
        assert_eq!(
            (failure.code.as_str(), failure.phase),
            ("Broken", Some(phase))
        );
        let failed = view
            .phases
            .iter()
            .filter(|phase| phase.state == PhaseState::Failed)
            .map(|phase| phase.phase);
        assert_eq!(failed.collect::<Vec<_>>(), [phase]);
        assert!(
            stage.engine.environments().is_empty() && stage.engine.runtimes() == 0,
            "{step:?}"
        );
        assert!(
            compute
                .session_log_text(&stage.flow)
                .unwrap()
                .contains("It broke.")
        );
        stage.engine.recover();
    }
    stage.started(&compute).await;
}

#[tokio::test]
async fn a_start_that_hangs_anywhere_can_be_stopped() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    for (step, phase) in Step::START.into_iter().zip(Phase::ALL) {
        stage.engine.hang(step);
        let start = compute
            .start(&stage.flow, StartSession::default())
            .await
            .unwrap();
        stage.at(&compute, phase).await;
        let stop = compute.stop(&stage.flow).await.unwrap();
        assert_eq!(
            ended(&compute, &stop).await.status,
            OperationStatus::Succeeded
        );
        assert_eq!(
            ended(&compute, &start).await.status,
            OperationStatus::Canceled
        );
        assert_eq!(compute.session(&stage.flow).state, SessionState::NotExist);
        assert!(
            stage.engine.environments().is_empty() && stage.engine.runtimes() == 0,
            "{step:?}"
        );
        stage.engine.recover();
    }
}

#[tokio::test]
async fn what_a_state_does_not_allow_is_refused_with_the_reason() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let error = compute.run(&stage.flow, RunRequest::default()).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (
            ComputeErrorKind::Conflict,
            "Start a compute session to run this flow."
        )
    );
    assert_eq!(
        compute.stop(&stage.flow).await.unwrap_err().kind(),
        ComputeErrorKind::Conflict
    );
    let nowhere = FlowId::try_from("nowhere").unwrap();
    assert_eq!(
        compute
            .start(&nowhere, StartSession::default())
            .await
            .unwrap_err()
            .kind(),
        ComputeErrorKind::NotFound
    );
    let hasty = with(idle_after(1));
    assert_eq!(
        compute.start(&stage.flow, hasty).await.unwrap_err().kind(),
        ComputeErrorKind::Invalid
    );
    stage.started(&compute).await;
    assert_eq!(
        compute
            .start(&stage.flow, StartSession::default())
            .await
            .unwrap_err()
            .kind(),
        ComputeErrorKind::Conflict
    );
}

#[tokio::test]
async fn a_start_that_a_line_of_the_requirements_ends_names_the_line() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let files = [
        ("requirements.txt", "-r more.txt\n"),
        ("more.txt", "fine\nbeta==9\n"),
    ];
    stage.home.flow("hello", &files);
    stage
        .engine
        .fail(Step::Install, broken().about(["beta==9"]));
    let line = failed_line(&stage, &compute).await.unwrap();
    assert_eq!(
        (line.file.as_str(), line.line, line.text.as_str()),
        ("more.txt", 2, "beta==9")
    );
    stage.engine.recover();

    // Before anything is installed: a file that is named and is not there.
    stage
        .home
        .flow("hello", &[("requirements.txt", "fine\n\n-r gone.txt\n")]);
    let line = failed_line(&stage, &compute).await.unwrap();
    assert_eq!((line.file.as_str(), line.line), ("requirements.txt", 3));

    // Nothing of the requirements is to blame.
    stage.home.flow("hello", &[("requirements.txt", "fine\n")]);
    stage.engine.fail(Step::StartRuntime, broken());
    assert_eq!(failed_line(&stage, &compute).await, None);
}

async fn failed_line(stage: &Stage, compute: &Compute) -> Option<AskedBy> {
    let start = compute.start(&stage.flow, StartSession::default());
    let operation = start.await.unwrap();
    let result = ended(compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Failed);
    let failure = compute.session(&stage.flow).failure.unwrap();
    failure.fault?.asked_by
}

#[tokio::test]
async fn an_install_takes_its_place_only_when_it_is_whole() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let before = stage.engine.environments();
    for step in [
        Step::CreateEnvironment,
        Step::Install,
        Step::StartRuntime,
        Step::Check,
    ] {
        stage.engine.fail(step, broken());
        let operation = compute.install(&stage.flow).await.unwrap();
        assert_eq!(
            ended(&compute, &operation).await.status,
            OperationStatus::Failed
        );
        let view = compute.session(&stage.flow);
        let install = view.install.unwrap();
        assert_eq!(
            (view.state, install.state),
            (SessionState::Available, PhaseState::Failed)
        );
        assert_eq!(install.failure.unwrap().message, "It broke.");
        assert_eq!(stage.engine.environments(), before, "{step:?}");
        stage.engine.recover();
    }
    stage.home.flow("hello", &[("requirements.txt", "beta\n")]);
    compute.flow_changed(&stage.flow);
    assert!(
        compute
            .session(&stage.flow)
            .out_of_date
            .unwrap()
            .contains("changed after")
    );
    let operation = compute.install(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let view = compute.session(&stage.flow);
    assert_eq!(
        (view.install.unwrap().state, view.out_of_date),
        (PhaseState::Done, None)
    );
    let generations: Vec<u32> = stage
        .engine
        .environments()
        .iter()
        .map(|environment| environment.generation)
        .collect();
    assert_eq!(generations, [0, 1], "the one before can be restored");
}

#[tokio::test]
async fn a_default_start_takes_a_runtime_that_stands_by_when_it_fits() {
    let stage = Stage::new();
    let compute = stage.open(1).await;
    eventually("a standby", || (stage.engine.runtimes() == 1).then_some(())).await;
    stage.started(&compute).await;
    assert_eq!(
        compute.session(&stage.flow).route,
        Some(StartRoute::Base),
        "it lacks what the requirements ask for"
    );
    let stop = compute.stop(&stage.flow).await.unwrap();
    ended(&compute, &stop).await;

    stage.engine.set_satisfied(true);
    stage.started(&compute).await;
    let view = compute.session(&stage.flow);
    assert_eq!(view.route, Some(StartRoute::Standby));
    let note = |phase: Phase| {
        view.phases
            .iter()
            .find(|at| at.phase == phase)
            .unwrap()
            .note
            .clone()
            .unwrap()
    };
    assert!(note(Phase::Allocate).contains("warm runtime"));
    assert!(note(Phase::Install).contains("satisfy requirements.txt"));
    eventually("another standby", || {
        (stage.engine.runtimes() == 2).then_some(())
    })
    .await;

    compute.close().await;
    drop(compute);
    assert_eq!(
        stage.engine.runtimes(),
        1,
        "an orderly end leaves the session and nothing that stands by"
    );
    let compute = stage.open(0).await;
    assert_eq!(compute.session(&stage.flow).state, SessionState::Available);
}

#[tokio::test]
async fn an_idle_session_ends_and_activity_puts_it_off() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let operation = compute.update(&stage.flow, idle_after(100)).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(
        compute.session(&stage.flow).idle_deadline,
        Some(Millis(100_000))
    );
    stage.clock.advance(Duration::from_secs(60));
    compute.touch(&stage.flow);
    assert_eq!(
        compute.session(&stage.flow).idle_deadline,
        Some(Millis(160_000))
    );

    stage.engine.hang(Step::Execute);
    let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
    assert_eq!(compute.session(&stage.flow).idle_deadline, None);
    stage.clock.advance(Duration::from_secs(1000));
    stage.engine.recover();
    over(&compute, &stage.flow, &run.summary.id).await;
    let deadline = eventually("a deadline", || compute.session(&stage.flow).idle_deadline).await;
    assert_eq!(deadline, Millis(1_160_000));

    stage.clock.advance(Duration::from_secs(101));
    in_state(&compute, &stage.flow, SessionState::NotExist).await;
    assert!(
        compute
            .session_log_text(&stage.flow)
            .unwrap()
            .contains("idle")
    );
}

#[tokio::test]
async fn a_reset_makes_a_new_session_with_the_same_settings() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let operation = compute
        .start(&stage.flow, with(idle_after(50)))
        .await
        .unwrap();
    ended(&compute, &operation).await;
    let before = compute.session(&stage.flow);
    let operation = compute.reset(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let after = compute.session(&stage.flow);
    assert_eq!(
        (after.state, after.max_idle_time_seconds),
        (SessionState::Available, Some(50))
    );
    assert_ne!(after.session_id, before.session_id);
    assert_eq!(stage.engine.runtimes(), 1);
}

#[tokio::test]
async fn a_base_image_that_can_be_none_is_refused_and_changes_nothing() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let text = |image: &str| format!("environment: {{image: '{image}'}}\n{}", TWO_NODES[0].1);
    for image in ["https://example.com/a", "team/UPPER:1", "a b", "a:b:c/d"] {
        stage.home.flow("hello", &[("flow.dag.yaml", &text(image))]);
        let refused = compute.start(&stage.flow, StartSession::default()).await;
        let error = refused.expect_err(image);
        assert_eq!(error.kind(), ComputeErrorKind::Invalid, "{image}");
        assert!(error.to_string().contains(image), "{error}");
        assert_eq!(compute.session(&stage.flow).state, SessionState::NotExist);
    }
    for image in ["", "example.com:5000/team/runtime:1"] {
        stage.home.flow("hello", &[("flow.dag.yaml", &text(image))]);
        stage.started(&compute).await;
        let operation = compute.stop(&stage.flow).await.unwrap();
        ended(&compute, &operation).await;
    }
    compute.close().await;
}

#[tokio::test]
async fn events_tell_what_the_state_says_in_order() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let mut events = compute.subscribe();
    stage.started(&compute).await;
    let mut states = Vec::new();
    while states.last() != Some(&SessionState::Available) {
        if let (flow, FlowEvent::Session(view)) = events.recv().await.unwrap() {
            assert_eq!(flow.flow(), Some(&stage.flow));
            states.push(view.state);
        }
    }
    states.dedup();
    assert_eq!(states, [SessionState::Starting, SessionState::Available]);
}
