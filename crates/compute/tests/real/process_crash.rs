//! The server is killed, or the runtime is: what the next server finds and makes of it.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::support::{Home, TWO_NODES, ended, eventually, in_state, over, processes_with};
use flowdeck_compute::{Compute, StartSession};
use flowdeck_contract::{
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::{Phase, PhaseState, SessionState, StartRoute},
};

const HOME: &str = "CRASH_TEST_HOME";
const TASK: &str = "CRASH_TEST_TASK";
/// A secret of the server's, in variables that hold such.
const CANARY: &str = "canary-of-the-server";

/// The server that is killed: this very test program, told by its environment what to do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the other tests, in a process of its own"]
async fn server() {
    let root = std::env::var(HOME).unwrap();
    let home = Home::at(Path::new(&root));
    let flow = FlowId::try_from("hello").unwrap();
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    if std::env::var(TASK).unwrap() == "run" {
        in_state(&compute, &flow, SessionState::Available).await;
        compute.run(&flow, RunRequest::default()).unwrap();
    }
    std::future::pending::<()>().await;
}

fn spawn_server(home: &Home, task: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process_crash::server", "--ignored"])
        .env(HOME, home.root())
        .env(TASK, task)
        .env("FLOWDECK_CREDENTIAL", CANARY)
        .env("IDENTITY_HEADER", CANARY)
        .env("SECRET_OF_THE_SERVER", CANARY)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Kills the server when what it wrote down satisfies `condition`.
async fn kill_when(home: &Home, task: &str, condition: impl Fn(&str) -> bool) {
    let mut server = spawn_server(home, task);
    let logs = home.data().join("logs");
    eventually("the moment to kill the server", || {
        let files = crate::support::files(&logs);
        let text: String = files
            .iter()
            .map(|file| std::fs::read_to_string(logs.join(file)).unwrap_or_default())
            .collect();
        condition(&text).then_some(())
    })
    .await;
    server.kill().unwrap();
    server.wait().unwrap();
}

async fn gone(compute: &Compute, home: &Home, flow: &FlowId) {
    let id = compute.session(flow).session_id.unwrap();
    let operation = compute.stop(flow).await.unwrap();
    ended(compute, &operation).await;
    assert_eq!(processes_with(id.as_str()), Vec::<u32>::new());
    assert_eq!(
        crate::support::files(&home.data().join("sessions")),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_goes_on_by_itself_after_the_server_was_killed() {
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    kill_when(&home, "start", |log| log.contains("Start runtime")).await;
    let compute = home.compute(0).await;
    in_state(&compute, &flow, SessionState::Available).await;
    let id = compute.session(&flow).session_id.unwrap();
    let leaders = processes_with(id.as_str());
    assert_eq!(leaders.len(), 1, "one runtime, not two: {leaders:?}");
    assert!(
        compute
            .session_log_text(&flow)
            .unwrap()
            .contains("Starting the session again")
    );
    gone(&compute, &home, &flow).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_interrupted_and_the_session_usable_after_the_server_was_killed() {
    let home = Home::new();
    let slow = "from promptflow.core import tool\nimport time\n\n\n@tool\ndef loud(text: str) -> str:\n    if 'quick' not in text:\n        print('begun', flush=True)\n        time.sleep(600)\n    return text\n";
    let flow = home.flow("hello", &TWO_NODES);
    home.flow("hello", &[("loud.py", slow)]);
    kill_when(&home, "run", |log| log.contains("stdout> begun")).await;

    let compute = home.compute(0).await;
    let view = compute.session(&flow);
    assert_eq!(view.state, SessionState::Available);
    let theirs = processes_with(view.session_id.as_ref().unwrap().as_str());
    assert!(!theirs.is_empty());
    for process in theirs {
        for file in ["environ", "cmdline"] {
            let read = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
            let read = String::from_utf8_lossy(&read);
            assert!(!read.contains(CANARY), "{file}: {read}");
        }
    }
    let lines = compute.session_log(&flow, 100_000).unwrap();
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(place, line)| line.number == place as u64)
    );
    assert!(
        lines
            .iter()
            .any(|line| line.text.contains("The compute session is ready"))
    );
    let runs = compute.runs(&flow).unwrap();
    assert_eq!(runs[0].state, RunState::Interrupted);
    let sleeper = format!("{}", view.session_id.as_ref().unwrap());
    eventually("the end of the run's process", || {
        (processes_with(&sleeper).len() == 1).then_some(())
    })
    .await;

    let inputs = serde_json::json!({"name": "quick"})
        .as_object()
        .unwrap()
        .clone();
    let run = compute
        .run(
            &flow,
            RunRequest {
                inputs: serde_json::from_value(inputs.into()).unwrap(),
                node: None,
                ..RunRequest::default()
            },
        )
        .unwrap();
    assert_eq!(
        over(&compute, &flow, &run.summary.id).await.summary.state,
        RunState::Completed
    );

    let run = compute.run(&flow, RunRequest::default()).unwrap();
    let id = run.summary.id;
    eventually("the sleep", || {
        compute
            .run_log(&flow, &id, 50)
            .ok()?
            .iter()
            .any(|line| line.text.contains("begun"))
            .then_some(())
    })
    .await;
    assert_eq!(
        compute.cancel_run(&flow, &id).unwrap().summary.state,
        RunState::Canceling
    );
    assert_eq!(
        over(&compute, &flow, &id).await.summary.state,
        RunState::Canceled
    );
    eventually("the end of the cancelled process", || {
        (processes_with(&sleeper).len() == 1).then_some(())
    })
    .await;
    gone(&compute, &home, &flow).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_is_killed_fails_its_session_with_the_signal() {
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = home.compute(1).await;
    let log = home.data().join("logs");
    eventually("a standby", || {
        (!processes_with("promptflow's executor service").is_empty() && home.standbys() == 1)
            .then_some(())
    })
    .await;
    let operation = compute.start(&flow, StartSession::default()).await.unwrap();
    ended(&compute, &operation).await;
    let view = compute.session(&flow);
    assert_eq!(
        view.route,
        Some(StartRoute::Standby),
        "{view:?} {:?}",
        crate::support::files(&log)
    );
    assert!(
        view.phases
            .iter()
            .all(|phase| phase.state == PhaseState::Done || phase.phase != Phase::Check)
    );

    let id = view.session_id.unwrap();
    let pids: Vec<String> = processes_with(id.as_str())
        .iter()
        .map(u32::to_string)
        .collect();
    assert!(
        Command::new("kill")
            .arg("-9")
            .args(&pids)
            .status()
            .unwrap()
            .success()
    );
    let view = in_state(&compute, &flow, SessionState::Failed).await;
    let failure = view.failure.unwrap();
    assert_eq!(failure.code, "RuntimeDied");
    assert!(
        failure.message.contains("SIGKILL") || failure.message.contains("memory"),
        "{}",
        failure.message
    );
    eventually("the folder's end", || {
        (!home.data().join("sessions").join(id.as_str()).exists()).then_some(())
    })
    .await;
    compute.close().await;
    drop(compute);
    let compute = home.compute(0).await;
    eventually(
        "the end of the standby, which is not wanted any more",
        || {
            crate::support::files(&home.data().join("sessions"))
                .is_empty()
                .then_some(())
        },
    )
    .await;
    compute.close().await;
}
