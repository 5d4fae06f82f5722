//! Stopping a session of the process engine while its environment is made: a copy of thousands of files, which goes on in a
//! thread of its own.

use crate::support::{Home, TWO_NODES, ended, eventually, files};
use flowdeck_compute::StartSession;
use flowdeck_contract::{
    azure::OperationStatus,
    session::{Phase, PhaseState, SessionState},
};

#[tokio::test]
async fn a_session_that_is_stopped_while_its_environment_is_made_is_gone() {
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = home.compute(0).await;
    for round in 0..5 {
        compute.start(&flow, StartSession::default()).await.unwrap();
        eventually("an environment that is made", || {
            let mut phases = compute.session(&flow).phases.into_iter();
            let is_it = phases
                .find(|at| at.phase == Phase::CreateEnvironment)?
                .state;
            (is_it == PhaseState::Running).then_some(())
        })
        .await;
        let stop = compute.stop(&flow).await.unwrap();
        let stopped = ended(&compute, &stop).await;
        assert_eq!(
            stopped.status,
            OperationStatus::Succeeded,
            "{round}: {stopped:?}"
        );
        assert_eq!(compute.session(&flow).state, SessionState::NotExist);
        let left = files(&home.data().join("sessions"));
        assert!(left.is_empty(), "{round}: {left:?}");
    }
    compute.close().await;
}
