//! Runtimes that stand by for one flow: whom they are made for, who may take them, and when they go.

use std::fs;

use crate::support::{
    Home, TWO_NODES,
    docker::{self, PLAIN},
    ended, eventually, over,
    stage::Stage,
};
use flowdeck_compute::{Anew, Compute, StartSession, VmSize};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::{FlowId, OperationId},
    runs::{RunRequest, RunState},
    session::{SessionState, SessionView, StartRoute},
};

async fn done(compute: &Compute, operation: OperationId) {
    let result = ended(compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
}

async fn start(compute: &Compute, flow: &FlowId) -> SessionView {
    let operation = compute.start(flow, StartSession::default()).await.unwrap();
    done(compute, operation).await;
    compute.session(flow)
}

async fn stop(compute: &Compute, flow: &FlowId) {
    let operation = compute.stop(flow).await.unwrap();
    done(compute, operation).await;
}

async fn one_stands_by(compute: &Compute) {
    eventually("a runtime that stands by", || {
        (compute.standbys().1 == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn it_is_for_the_flow_that_was_started_last_and_for_no_other() {
    let stage = Stage::new();
    stage.engine.stand_by_for_one_flow();
    stage.engine.set_satisfied(true);
    let other = stage.home.flow("other", &TWO_NODES);
    let compute = stage.open(1).await;
    let first = start(&compute, &stage.flow).await;
    assert_ne!(first.route, Some(StartRoute::Standby), "for nobody yet");
    one_stands_by(&compute).await;

    let route = start(&compute, &other).await.route;
    assert_ne!(route, Some(StartRoute::Standby), "it is for another flow");
    eventually("the end of the other’s", || {
        (stage.engine.runtimes() == 3 && compute.standbys().1 == 1).then_some(())
    })
    .await;
    let operation = compute.reset(&other).await.unwrap();
    done(&compute, operation).await;
    assert_eq!(compute.session(&other).route, Some(StartRoute::Standby));

    stop(&compute, &other).await;
    one_stands_by(&compute).await;
    let image_anew = Anew {
        image: true,
        environment: false,
    };
    let asked = StartSession {
        anew: image_anew,
        ..StartSession::default()
    };
    let operation = compute.start(&other, asked).await.unwrap();
    done(&compute, operation).await;
    assert_ne!(compute.session(&other).route, Some(StartRoute::Standby));
    compute.close().await;
    assert_eq!(stage.engine.runtimes(), 2, "the sessions, and none besides");
}

#[tokio::test]
async fn the_next_server_has_one_for_the_session_that_was_started_last() {
    let stage = Stage::new();
    stage.engine.stand_by_for_one_flow();
    stage.engine.set_satisfied(true);
    let compute = stage.open(1).await;
    start(&compute, &stage.flow).await;
    compute.close().await;
    drop(compute);
    let compute = stage.open(1).await;
    one_stands_by(&compute).await;
    stop(&compute, &stage.flow).await;
    let route = start(&compute, &stage.flow).await.route;
    assert_eq!(route, Some(StartRoute::Standby));
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_stood_by_is_bounded_and_works_in_the_flow_folder_that_is_there() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let mut config = home.config(1);
    config.catalog.sizes = vec![VmSize {
        name: "Small".to_owned(),
        v_cpus: 1,
        memory_mb: 768,
    }];
    let engine = daemon.engine(&home, PLAIN).await;
    let compute = Compute::open(config, engine).await.unwrap();
    start(&compute, &flow).await;
    one_stands_by(&compute).await;
    stop(&compute, &flow).await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.route, Some(StartRoute::Standby), "{:?}", view.failure);
    assert_eq!(view.image.unwrap().reference, PLAIN);
    let took = view.available.unwrap().since(view.started.unwrap());
    println!("a second start in a container: {took} ms");
    let session = view.session_id.unwrap();
    let mark = format!("label=flowdeck.session={session}");
    let container = daemon.docker(&["ps", "-q", "--filter", &mark]);
    assert_eq!(
        daemon.inspect(
            &container,
            "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}"
        ),
        "805306368 1000000000"
    );
    let run = compute.run(&flow, RunRequest::default()).unwrap();
    let run = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{:?}", run.error);
    one_stands_by(&compute).await;
    stop(&compute, &flow).await;

    // Its container goes on to see the folder that was there.
    let folder = home.flows().join("hello");
    fs::rename(&folder, home.root().join("elsewhere")).unwrap();
    home.flow("hello", &TWO_NODES);
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    assert_ne!(view.route, Some(StartRoute::Standby));
    stop(&compute, &flow).await;
    compute.close().await;
    assert_eq!(daemon.containers(&home), Vec::<String>::new());
    assert!(!daemon.has_network(&home));
}
