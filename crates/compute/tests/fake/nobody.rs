//! Sessions that are nobody's: they live as a flow's does, and nothing of them stays.

use std::{sync::Arc, time::Duration};

use crate::support::{Home, ManualClock, ended, eventually, files};
use flowdeck_compute::{
    Compute, ComputeErrorKind, OwnEnvironment, Owner, StartSession,
    engine::EngineError,
    fake::{FakeEngine, Step},
};
use flowdeck_contract::{
    azure::{OperationResult, OperationStatus},
    ids::SessionId,
    session::{PhaseState, SessionState},
};

struct Stage {
    home: Home,
    engine: Arc<FakeEngine>,
    clock: Arc<ManualClock>,
    id: SessionId,
}

impl Stage {
    fn new() -> Self {
        Self {
            home: Home::new(),
            engine: Arc::default(),
            clock: Arc::default(),
            id: SessionId::try_from("client-1").unwrap(),
        }
    }

    async fn open(&self) -> Compute {
        let (engine, clock) = (Arc::clone(&self.engine), Arc::clone(&self.clock));
        Compute::open_with_clock(self.home.config(0), engine, clock)
            .await
            .unwrap()
    }

    fn owner(&self) -> Owner {
        Owner::Nobody(self.id.clone())
    }

    async fn create(&self, compute: &Compute, requirements: &[&str]) -> OperationResult {
        let environment = OwnEnvironment {
            image: None,
            requirements: Some(requirements.iter().map(|line| (*line).to_owned()).collect()),
        };
        let begun = compute
            .create(self.id.clone(), environment, StartSession::default())
            .await
            .unwrap();
        assert_eq!(begun.session, self.id);
        ended(compute, &begun.operation).await
    }

    fn requirements(&self) -> Option<String> {
        std::fs::read_to_string(self.home.data().join("own/client-1/requirements.txt")).ok()
    }

    /// Nothing of it is left: no folder, log, runtime, or memory of it.
    async fn is_gone(&self, compute: &Compute) {
        eventually("that it is forgotten", || {
            compute.sessions().is_empty().then_some(())
        })
        .await;
        assert!(files(&self.home.data().join("own")).is_empty());
        assert!(files(&self.home.data().join("logs")).is_empty());
        assert_eq!(self.engine.runtimes(), 0);
    }
}

#[tokio::test]
async fn it_is_made_of_what_its_client_gives_and_keeps_its_id_over_a_reset() {
    let stage = Stage::new();
    let compute = stage.open().await;
    let made = stage.create(&compute, &["alpha==1", "beta"]).await;
    assert_eq!(made.status, OperationStatus::Succeeded);
    let view = compute.session(stage.owner());
    assert_eq!(view.session_id, Some(stage.id.clone()));
    assert_eq!(stage.requirements().unwrap(), "alpha==1\nbeta\n");
    assert!(
        compute
            .session_log_text(stage.owner())
            .unwrap()
            .contains("installing requirements.txt")
    );

    let reset = compute.reset(stage.owner()).await.unwrap();
    assert_eq!(
        ended(&compute, &reset).await.status,
        OperationStatus::Succeeded
    );
    let view = compute.session(stage.owner());
    assert_eq!(
        (view.state, view.session_id),
        (SessionState::Available, Some(stage.id.clone()))
    );

    let installed = stage.create(&compute, &["gamma"]).await;
    assert_eq!(installed.status, OperationStatus::Succeeded);
    assert_eq!(stage.requirements().unwrap(), "gamma\n");
    let view = compute.session(stage.owner());
    assert_eq!(
        (view.install.unwrap().state, view.out_of_date),
        (PhaseState::Done, None)
    );

    let stop = compute.stop(stage.owner()).await.unwrap();
    assert_eq!(
        ended(&compute, &stop).await.status,
        OperationStatus::Succeeded
    );
    stage.is_gone(&compute).await;
}

#[tokio::test]
async fn it_lives_on_over_a_restart_of_the_server_and_ends_when_it_is_idle() {
    let stage = Stage::new();
    let compute = stage.open().await;
    stage.create(&compute, &["alpha"]).await;
    compute.close().await;
    drop(compute);
    let compute = stage.open().await;
    let view = compute.session(stage.owner());
    assert_eq!(
        (view.state, view.session_id),
        (SessionState::Available, Some(stage.id.clone()))
    );
    stage.clock.advance(Duration::from_secs(3601));
    stage.is_gone(&compute).await;
}

#[tokio::test]
async fn an_end_that_the_server_s_end_cut_off_is_finished_and_forgotten() {
    let stage = Stage::new();
    let compute = stage.open().await;
    stage.create(&compute, &["alpha"]).await;
    stage.engine.hang(Step::Remove);
    compute.stop(stage.owner()).await.unwrap();
    compute.close().await;
    drop(compute);
    stage.engine.recover();
    std::fs::create_dir(stage.home.data().join("own/left-over")).unwrap();
    let compute = stage.open().await;
    stage.is_gone(&compute).await;
}

#[tokio::test]
async fn one_that_failed_stays_until_it_is_deleted_or_made_anew() {
    let stage = Stage::new();
    let compute = stage.open().await;
    stage
        .engine
        .fail(Step::Install, EngineError::new("Broken", "It broke."));
    assert_eq!(
        stage.create(&compute, &["alpha"]).await.status,
        OperationStatus::Failed
    );
    assert_eq!(compute.session(stage.owner()).state, SessionState::Failed);
    stage.engine.recover();
    assert_eq!(
        stage.create(&compute, &["beta"]).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(stage.requirements().unwrap(), "beta\n");
}

#[tokio::test]
async fn what_is_no_requirement_is_refused_and_changes_nothing() {
    let stage = Stage::new();
    let compute = stage.open().await;
    for (image, line) in [(None, "a\nb"), (None, "a\0"), (Some("x\ny"), "a")] {
        let environment = OwnEnvironment {
            image: image.map(str::to_owned),
            requirements: Some(vec![line.to_owned()]),
        };
        let refused = compute
            .create(stage.id.clone(), environment, StartSession::default())
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ComputeErrorKind::Invalid, "{refused}");
    }
    stage.is_gone(&compute).await;
    let refused = compute.stop(stage.owner()).await.unwrap_err();
    assert_eq!(refused.kind(), ComputeErrorKind::Conflict);
}
