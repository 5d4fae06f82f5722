//! What a server makes of what the one before it left, and what two servers can’t share.

use std::{sync::Arc, time::Duration};

use crate::support::{ended, eventually, idle_after, in_state, stage::Stage, with};
use flowdeck_compute::{Compute, ComputeErrorKind, fake::Step};
use flowdeck_contract::{
    azure::OperationStatus,
    session::{PhaseState, SessionState},
};

#[tokio::test]
async fn a_start_goes_on_after_a_restart_of_the_server_wherever_it_was() {
    for step in Step::START {
        let stage = Stage::new();
        let compute = stage.open(0).await;
        stage.engine.hang(step);
        let operation = compute
            .start(&stage.flow, with(idle_after(77)))
            .await
            .unwrap();
        tokio::task::yield_now().await;
        compute.close().await;
        drop(compute);
        stage.engine.recover();
        let compute = stage.open(0).await;
        assert_eq!(
            ended(&compute, &operation).await.status,
            OperationStatus::Succeeded,
            "{step:?}"
        );
        let view = compute.session(&stage.flow);
        assert_eq!(
            (view.state, view.max_idle_time_seconds),
            (SessionState::Available, Some(77))
        );
        assert_eq!(stage.engine.runtimes(), 1);
        assert!(
            compute
                .session_log_text(&stage.flow)
                .unwrap()
                .contains("Starting the session again")
        );
    }
}

#[tokio::test]
async fn a_session_is_taken_over_by_the_next_server_with_its_log() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let (view, log) = (
        compute.session(&stage.flow),
        compute.session_log(&stage.flow, 1000).unwrap(),
    );
    compute.close().await;
    drop(compute);
    let compute = stage.open(0).await;
    assert_eq!(compute.session(&stage.flow), view);
    assert_eq!(compute.session_log(&stage.flow, 1000).unwrap(), log);
    stage.engine.kill_runtimes();
    let view = in_state(&compute, &stage.flow, SessionState::Failed).await;
    assert_eq!(view.failure.unwrap().code, "RuntimeDied");
}

#[tokio::test]
async fn a_session_that_died_while_no_server_ran_has_failed() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    compute.close().await;
    drop(compute);
    stage.engine.kill_runtimes();
    let compute = stage.open(0).await;
    let view = in_state(&compute, &stage.flow, SessionState::Failed).await;
    assert!(
        view.failure
            .unwrap()
            .message
            .contains("while the server was down")
    );
    eventually("nothing of it", || {
        stage.engine.environments().is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_end_is_finished_by_the_next_server() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    stage.engine.hang(Step::Remove);
    let operation = compute.stop(&stage.flow).await.unwrap();
    compute.close().await;
    drop(compute);
    stage.engine.recover();
    let compute = stage.open(0).await;
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(compute.session(&stage.flow).state, SessionState::NotExist);
    assert_eq!(stage.engine.runtimes(), 0);
}

#[tokio::test]
async fn a_session_that_was_due_while_no_server_ran_ends_at_once() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    compute.close().await;
    drop(compute);
    stage.clock.advance(Duration::from_secs(3601));
    let compute = stage.open(0).await;
    in_state(&compute, &stage.flow, SessionState::NotExist).await;
    assert_eq!(stage.engine.runtimes(), 0);
}

#[tokio::test]
async fn an_install_that_the_server_s_end_cut_off_leaves_the_session_as_it_was() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let before = stage.engine.environments();
    stage.engine.hang(Step::Check);
    let operation = compute.install(&stage.flow).await.unwrap();
    eventually("the second runtime", || {
        (stage.engine.runtimes() == 2).then_some(())
    })
    .await;
    compute.close().await;
    drop(compute);
    stage.engine.recover();
    let compute = stage.open(0).await;
    let view = compute.session(&stage.flow);
    let install = view.install.unwrap();
    assert_eq!(
        (view.state, install.state),
        (SessionState::Available, PhaseState::Failed)
    );
    assert!(
        install
            .failure
            .unwrap()
            .message
            .contains("interrupted by a restart of the server")
    );
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Failed
    );
    assert_eq!(
        (stage.engine.environments(), stage.engine.runtimes()),
        (before, 1)
    );
}

#[tokio::test]
async fn two_servers_cannot_share_a_data_folder() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    let other = Compute::open(stage.home.config(0), Arc::clone(&stage.engine) as Arc<_>).await;
    let error = other.err().unwrap();
    assert_eq!(
        (error.kind(), error.to_root_error().code.as_str()),
        (ComputeErrorKind::Unavailable, "DataFolderInUse")
    );
    compute.close().await;
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_is_refused_with_what_to_do() {
    let stage = Stage::new();
    let mut config = stage.home.config(0);
    config.data = stage.home.flows().join("hello/flow.dag.yaml/data");
    let error = Compute::open(config, Arc::clone(&stage.engine) as Arc<_>)
        .await
        .err()
        .unwrap();
    assert_eq!(error.to_root_error().code, "DataFolderNotWritable");
    assert!(error.to_root_error().remedy().is_some());
}
