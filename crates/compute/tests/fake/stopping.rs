//! Stopping a session while it starts, wherever it is and however it came there.
use crate::support::{ended, stage::Stage};
use flowdeck_compute::{Anew, Compute, StartSession, fake::Step};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::OperationId,
    session::{Phase, SessionState},
};

/// How a session comes to start.
#[derive(Clone, Copy, Debug)]
enum How {
    Start,
    Reset,
    Rebuild,
}

impl How {
    const ALL: [Self; 3] = [Self::Start, Self::Reset, Self::Rebuild];

    /// Makes what it begins with.
    async fn prepare(self, stage: &Stage, compute: &Compute) {
        if !matches!(self, Self::Start) {
            stage.started(compute).await;
        }
    }

    async fn begin(self, stage: &Stage, compute: &Compute) -> OperationId {
        let flow = &stage.flow;
        let begun = match self {
            Self::Start => compute.start(flow, StartSession::default()).await,
            Self::Reset => compute.reset(flow).await,
            Self::Rebuild => {
                let anew = Anew {
                    environment: true,
                    ..Anew::default()
                };
                compute.renew(flow, anew).await
            }
        };
        begun.unwrap()
    }
}

fn assert_gone(stage: &Stage, compute: &Compute, what: &str) {
    let view = compute.session(&stage.flow);
    assert_eq!(view.state, SessionState::NotExist, "{what}: {view:?}");
    let left = (stage.engine.environments(), stage.engine.runtimes());
    assert_eq!(left, (Vec::new(), 0), "{what}");
}

#[tokio::test]
async fn a_start_a_reset_and_a_rebuild_that_hang_anywhere_can_be_stopped() {
    for how in How::ALL {
        let stage = Stage::new();
        let compute = stage.open(0).await;
        for (step, phase) in Step::START.into_iter().zip(Phase::ALL) {
            how.prepare(&stage, &compute).await;
            stage.engine.hang(step);
            let begun = how.begin(&stage, &compute).await;
            stage.at(&compute, phase).await;
            let stop = compute.stop(&stage.flow).await.unwrap();
            let what = format!("{how:?} at {phase:?}");
            let statuses = [
                ended(&compute, &stop).await.status,
                ended(&compute, &begun).await.status,
            ];
            let wanted = [OperationStatus::Succeeded, OperationStatus::Canceled];
            assert_eq!(statuses, wanted, "{what}");
            assert_gone(&stage, &compute, &what);
            stage.engine.recover();
        }
        compute.close().await;
    }
}

/// Whatever the stop comes in between of: nobody waits for anything else.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stop_at_any_moment_of_a_start_leaves_nothing() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    for round in 0..120_usize {
        let how = How::ALL[round % 3];
        how.prepare(&stage, &compute).await;
        let (other, flow) = (compute.clone(), stage.flow.clone());
        let before = compute.session(&flow).session_id;
        let stopping = tokio::spawn(async move {
            while other.session(&flow).session_id == before {
                std::thread::yield_now();
            }
            (0..round).for_each(|_| std::thread::yield_now());
            other.stop(&flow).await
        });
        let begun = how.begin(&stage, &compute).await;
        let stop = stopping.await.unwrap().unwrap();
        let what = format!("{how:?}, round {round}");
        let stopped = ended(&compute, &stop).await;
        assert_eq!(
            stopped.status,
            OperationStatus::Succeeded,
            "{what}: {stopped:?}"
        );
        assert_ne!(
            ended(&compute, &begun).await.status,
            OperationStatus::Failed,
            "{what}"
        );
        assert_gone(&stage, &compute, &what);
    }
    compute.close().await;
}
