//! The end of a session is the end of everything that its flows have started, however they started it.

use std::fs;

use crate::support::{Home, TWO_NODES, ended, eventually, is_sleeping, over, stage::Stage};
use flowdeck_compute::{Compute, StartSession, process::Bounds};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::SessionState,
};

/// A process with another parent, in a session and a process group of its own, without a variable that marks it.
const ESCAPES: &str = "import os, time\nfrom promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    \
    read, write = os.pipe()\n    \
    if os.fork() == 0:\n        \
        os.setsid()\n        \
        if os.fork() == 0:\n            \
            os.write(write, str(os.getpid()).encode())\n            \
            os.execve('/bin/sleep', ['/bin/sleep', '600'], {})\n        \
        os._exit(0)\n    \
    with open('pid', 'w') as file:\n        \
        file.write(os.read(read, 20).decode())\n    \
    HOLD\n    \
    return text\n";

async fn started(compute: &Compute, flow: &FlowId) {
    let operation = compute.start(flow, StartSession::default()).await.unwrap();
    let result = ended(compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
}

fn escaping(home: &Home, hold: &str) -> FlowId {
    home.flow("escaping", &TWO_NODES);
    home.flow("escaping", &[("loud.py", &ESCAPES.replace("HOLD", hold))])
}

async fn pid(home: &Home) -> u32 {
    let path = home.flows().join("escaping/pid");
    eventually("a process of the flow's", || {
        let pid = fs::read_to_string(&path).ok()?.parse().ok()?;
        is_sleeping(pid).then_some(pid)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_what_has_left_its_parents_and_its_variables() {
    let home = Home::new();
    let flow = escaping(&home, "time.sleep(600)");
    let engine = home
        .engine_bounded(&home.data(), Bounds::ControlGroups)
        .await;
    let compute = Compute::open(home.config(0), engine).await.unwrap();
    started(&compute, &flow).await;
    compute.run(&flow, RunRequest::default()).unwrap();
    let pid = pid(&home).await;
    let operation = compute.stop(&flow).await.unwrap();
    let result = ended(&compute, &operation).await;
    assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
    assert_eq!(compute.session(&flow).state, SessionState::NotExist);
    assert!(!is_sleeping(pid), "{pid} lives");
    compute.close().await;
}

#[tokio::test]
async fn a_session_goes_on_when_a_new_server_cannot_look_at_its_runtime() {
    let stage = Stage::new();
    let compute = stage.open(0).await;
    stage.started(&compute).await;
    let session = compute.session(&stage.flow).session_id;
    stage.engine.set_blind(true);
    let compute = stage.restart(compute).await;
    stage.engine.set_blind(false);
    let view = compute.session(&stage.flow);
    assert_eq!(
        (view.state, view.session_id),
        (SessionState::Available, session)
    );
    let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
    let run = over(&compute, &stage.flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    compute.close().await;
}
