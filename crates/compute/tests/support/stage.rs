//! A flow with a requirements file, and compute over an engine in memory, with a clock that goes when it is told to.

use std::{sync::Arc, time::Duration};

use flowdeck_compute::{Compute, StartSession, fake::FakeEngine};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    session::{Phase, PhaseState, PhaseView},
    settings::SessionSettings,
};

use super::{Home, ManualClock, TWO_NODES, ended, eventually, with};

pub(crate) struct Stage {
    pub(crate) home: Home,
    pub(crate) engine: Arc<FakeEngine>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) flow: FlowId,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let flow = home.flow("hello", &TWO_NODES);
        home.flow("hello", &[("requirements.txt", "alpha\n")]);
        Self {
            home,
            engine: Arc::default(),
            clock: Arc::default(),
            flow,
        }
    }

    /// Opens the data folder, also again after it was closed.
    pub(crate) async fn open(&self, standby: usize) -> Compute {
        let (engine, clock) = (Arc::clone(&self.engine), Arc::clone(&self.clock));
        let opened = Compute::open_with_clock(self.home.config(standby), engine, clock).await;
        opened.unwrap()
    }

    pub(crate) async fn restart(&self, compute: Compute) -> Compute {
        compute.close().await;
        drop(compute);
        self.open(0).await
    }

    /// A session that is available.
    pub(crate) async fn started(&self, compute: &Compute) {
        let operation = compute
            .start(&self.flow, StartSession::default())
            .await
            .unwrap();
        assert_eq!(
            ended(compute, &operation).await.status,
            OperationStatus::Succeeded
        );
    }

    /// A session with these settings, or one that has failed.
    pub(crate) async fn start(&self, compute: &Compute, settings: SessionSettings) {
        let operation = compute.start(&self.flow, with(settings)).await.unwrap();
        ended(compute, &operation).await;
    }

    pub(crate) async fn stop(&self, compute: &Compute) {
        let operation = compute.stop(&self.flow).await.unwrap();
        ended(compute, &operation).await;
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Waits until the session is at this phase of its start.
    pub(crate) async fn at(&self, compute: &Compute, phase: Phase) -> PhaseView {
        eventually(&format!("{phase:?}"), || {
            let mut phases = compute.session(&self.flow).phases.into_iter();
            phases.find(|at| at.phase == phase && at.state == PhaseState::Running)
        })
        .await
    }
}
