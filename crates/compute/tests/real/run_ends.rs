//! How runs end, on every engine of real parts: what ends Python in a node fails the node at its line, a process that has
//! ended says how, and the end of a run is the end of everything that it has started.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::support::{
    Home, TWO_NODES, docker::PLAIN, ended, eventually, folders_named, in_state, on::On, over,
    processes_with,
};
use flowdeck_compute::{Compute, StartSession, docker::DockerOptions, engine::Engine};
use flowdeck_contract::{
    Exact,
    ids::{FlowId, SessionId},
    runs::{NodeState, RunDetail, RunRequest, RunState},
    session::SessionState,
};

/// A session whose flow's second node is given code of its own for each run.
struct Stage {
    home: Home,
    compute: Compute,
    flow: FlowId,
    session: SessionId,
    /// How many processes the session has while nothing runs.
    idle: usize,
}

impl Stage {
    async fn new(on: &On) -> Self {
        let home = Home::new();
        let engine = on.engine(&home, 0).await;
        Self::with(home, engine).await
    }

    async fn with(home: Home, engine: Arc<dyn Engine>) -> Self {
        let flow = home.flow("ends", &TWO_NODES);
        let compute = Compute::open(home.config(0), engine).await.unwrap();
        compute.start(&flow, StartSession::default()).await.unwrap();
        let view = in_state(&compute, &flow, SessionState::Available).await;
        let session = view.session_id.unwrap();
        let idle = processes_with(session.as_str()).len();
        Self {
            home,
            compute,
            flow,
            session,
            idle,
        }
    }

    async fn begin(&self, code: &str, node: Option<&str>) -> RunDetail {
        self.home.flow("ends", &[("loud.py", code)]);
        let request = RunRequest {
            node: node.map(str::to_owned),
            ..RunRequest::default()
        };
        self.compute.run(&self.flow, request).unwrap()
    }

    async fn over(&self, run: &RunDetail) -> RunDetail {
        over(&self.compute, &self.flow, &run.summary.id).await
    }

    /// Runs the flow with this body of its second node, from line 8 on.
    async fn run(&self, body: &str) -> RunDetail {
        let run = self.begin(&code(body), None).await;
        self.over(&run).await
    }

    /// Waits until a run prints that it has begun.
    async fn has_begun(&self, run: &RunDetail) {
        eventually("the beginning of a run", || {
            let lines = self.compute.run_log(&self.flow, &run.summary.id, 50);
            let mut lines = lines.ok()?.into_iter();
            lines.find(|line| line.text.contains("begun")).map(drop)
        })
        .await;
    }

    /// The session is the one that it was, has no process of a run, and runs.
    async fn goes_on(&self) {
        let view = self.compute.session(&self.flow);
        assert_eq!(
            (view.state, view.session_id.as_ref()),
            (SessionState::Available, Some(&self.session))
        );
        let left = processes_with(self.session.as_str());
        assert_eq!(left.len(), self.idle, "{left:?}");
        let run = self.run("return 'well'").await;
        assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    }

    async fn close(self) {
        let operation = self.compute.stop(&self.flow).await.unwrap();
        ended(&self.compute, &operation).await;
        self.compute.close().await;
    }
}

fn code(body: &str) -> String {
    let body = body.replace('\n', "\n    ");
    format!(
        "import ctypes, os, signal, subprocess, sys, threading, time\n\nfrom promptflow.core import tool\n\n\n@tool\ndef loud(text: str):\n    {body}\n"
    )
}

/// In a session and a process group of its own, without a variable that marks it.
const ESCAPES: &str = "if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve('/bin/sleep', ['/bin/sleep', 'SECONDS'], {})
    os._exit(0)
time.sleep(1)
";

const IGNORES: &str = "if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
subprocess.Popen(['sleep', 'SECONDS'], start_new_session=True)
subprocess.Popen('sleep SECONDS & sleep SECONDS', shell=True)
";

/// Keeps its process from ending, and starts more as fast as it can.
const MULTIPLIES: &str = "if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(3):
        os.fork()
    ends = time.time() + 120
    while time.time() < ends:
        try:
            if os.fork() == 0:
                time.sleep(0.2)
                os._exit(0)
            os.waitpid(-1, os.WNOHANG)
        except OSError:
            pass
    os._exit(0)
time.sleep(1)
";

async fn what_ends_python_fails_its_node(on: On) {
    let stage = Stage::new(&on).await;
    for (body, class) in [
        ("raise KeyboardInterrupt()", "(KeyboardInterrupt)"),
        ("sys.exit(3)", "(SystemExit) 3"),
        ("raise GeneratorExit()", "(GeneratorExit)"),
        (
            "raise ExceptionGroup('several', [ValueError('one'), TypeError('two')])",
            "(ExceptionGroup) several",
        ),
        ("raise ValueError('half \\ud83d')", "(ValueError) half "),
    ] {
        for node in [None, Some("loud")] {
            let run = stage.begin(&code(body), node).await;
            let run = stage.over(&run).await;
            assert_eq!(run.summary.state, RunState::Failed, "{body}: {run:?}");
            let error = run.nodes.last().unwrap().error.as_ref();
            let error = error.unwrap_or_else(|| panic!("{body}: {run:?}"));
            assert_eq!(error.code, "ToolExecutionError");
            assert!(error.message.contains(class), "{}", error.message);
            let place = error.place.as_ref().unwrap();
            assert_eq!((place.path.as_str(), place.line), ("loud.py", 8), "{body}");
        }
    }
    let run = stage
        .begin("import sys\n\nsys.exit('at import')\n", None)
        .await;
    let error = stage.over(&run).await.error.unwrap();
    assert_eq!(
        error.place.map(|place| place.line),
        Some(3),
        "{}",
        error.message
    );
    let run = stage
        .run("print('half \\ud83d')\nreturn 'half \\ud83d of a pair'")
        .await;
    assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    assert_eq!(
        run.nodes[1].output.as_ref().map(Exact::json),
        Some(r#""half \ud83d of a pair""#)
    );
    let log = stage.compute.run_log(&stage.flow, &run.summary.id, 50);
    let mut log = log.unwrap().into_iter();
    assert!(log.any(|line| line.text.contains("half \\ud83d")));
    stage.goes_on().await;
    stage.close().await;
}

async fn a_process_that_has_ended_says_how(on: On) {
    let stage = Stage::new(&on).await;
    for (body, code, how) in [
        ("os._exit(7)", "RunProcessEnded", "ended with exit code 7."),
        ("os._exit(0)", "RunProcessEnded", "ended with exit code 0."),
        (
            "ctypes.string_at(0)",
            "RunProcessEnded",
            "was ended by the signal SIGSEGV.",
        ),
        (
            "os.kill(os.getpid(), 9)",
            "RunProcessKilled",
            "was ended by the signal SIGKILL.",
        ),
    ] {
        let run = stage.run(body).await;
        assert_eq!(run.summary.state, RunState::Failed, "{run:?}");
        let error = run.error.as_ref().unwrap();
        assert_eq!(
            (&*error.code, &*error.message),
            (code, &*format!("The run’s process {how}"))
        );
        assert_eq!(run.nodes[0].state, NodeState::Completed);
        assert_eq!(run.nodes[1].error, run.error, "the node that ran");
    }
    // Who ends the keeper of a run ends the run.
    let run = stage.run("os.kill(os.getppid(), 9)\ntime.sleep(600)").await;
    assert_eq!(run.summary.state, RunState::Failed, "{run:?}");
    stage.goes_on().await;
    stage.close().await;
}

async fn a_run_s_end_is_the_end_of_what_it_has_started(on: On) {
    let stage = Stage::new(&on).await;
    // Of this test alone, as the engines are tested side by side.
    let engine = u32::from(on.daemon().is_some());
    let seconds = format!("{}.{engine}5", 700_000 + std::process::id());
    for body in [
        "if os.fork() == 0:\n    time.sleep(600)\nreturn text",
        "threading.Thread(target=lambda: time.sleep(600)).start()\nreturn text",
        &format!("{ESCAPES}return text"),
        &format!("{IGNORES}return text"),
    ] {
        let run = stage.run(&body.replace("SECONDS", &seconds)).await;
        assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
        assert_eq!(processes_with(&seconds), Vec::<u32>::new(), "{body}");
        stage.goes_on().await;
    }
    for body in [ESCAPES, IGNORES, MULTIPLIES, "os.kill(os.getppid(), 19)\n"] {
        let body = format!("{body}print('begun', flush=True)\ntime.sleep(600)");
        for node in [None, Some("loud")] {
            let code = code(&body.replace("SECONDS", &seconds));
            let run = stage.begin(&code, node).await;
            stage.has_begun(&run).await;
            let begun = Instant::now();
            stage
                .compute
                .cancel_run(&stage.flow, &run.summary.id)
                .unwrap();
            let run = stage.over(&run).await;
            assert_eq!(run.summary.state, RunState::Canceled, "{run:?}");
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(10), "{body}: {took:?}");
            assert_eq!(processes_with(&seconds), Vec::<u32>::new(), "{body}");
            stage.goes_on().await;
        }
    }
    stage.close().await;
}

/// Starts processes without end; the whole session may have so many.
async fn too_many_processes_are_refused_with_the_limit(stage: Stage, most: &str) {
    let said = format!("The session has reached its limit of {most} processes and threads.");
    let run = stage
        .run("while True:\n    if os.fork() == 0:\n        time.sleep(600)")
        .await;
    assert_eq!(run.summary.state, RunState::Failed, "{run:?}");
    let error = run.nodes[1].error.as_ref().unwrap();
    assert!(
        error.message.contains(&said[..said.len() - 1]),
        "{}",
        error.message
    );
    assert_eq!(error.place.as_ref().map(|place| place.line), Some(9));
    assert!(error.remedy.as_ref().unwrap().starts_with("Start fewer"));
    stage.goes_on().await;
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_processes_are_refused_with_the_limit_of_their_group() {
    let home = Home::new();
    let engine = home.engine_of_processes(60).await;
    let stage = Stage::with(home, engine).await;
    if folders_named(Path::new("/sys/fs/cgroup"), stage.session.as_str()).is_empty() {
        crate::support::skipped::skipped("no control groups can be made here");
        return;
    }
    too_many_processes_are_refused_with_the_limit(stage, "60").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_processes_are_refused_with_the_limit_of_a_container() {
    if let Some(on) = On::docker()
        && let Some(daemon) = on.daemon()
    {
        let home = Home::new();
        let options = DockerOptions {
            processes: Some(60),
            ..daemon.options(PLAIN)
        };
        let engine = daemon.engine_with(&home, options).await;
        too_many_processes_are_refused_with_the_limit(Stage::with(home, engine).await, "60").await;
    }
}

async fn a_run_whose_runtime_has_ended_says_how(on: On, how: &str) {
    let stage = Stage::new(&on).await;
    let body = "print('begun', flush=True)\ntime.sleep(600)";
    let run = stage.begin(&code(body), None).await;
    stage.has_begun(&run).await;
    let pids = processes_with(stage.session.as_str());
    let service = pids.iter().min().unwrap().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-9", &service])
        .status();
    assert!(killed.unwrap().success());
    let run = stage.over(&run).await;
    assert_eq!(run.summary.state, RunState::Interrupted, "{run:?}");
    let message = run.error.unwrap().message;
    assert!(message.contains(how), "{message}");
    in_state(&stage.compute, &stage.flow, SessionState::Failed).await;
    eventually("the end of its processes", || {
        processes_with(stage.session.as_str())
            .is_empty()
            .then_some(())
    })
    .await;
    stage.compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_python_fails_its_node_in_a_process() {
    what_ends_python_fails_its_node(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_python_fails_its_node_in_a_container() {
    if let Some(on) = On::docker() {
        what_ends_python_fails_its_node(on).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_has_ended_says_how_as_a_process() {
    a_process_that_has_ended_says_how(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_has_ended_says_how_in_a_container() {
    if let Some(on) = On::docker() {
        a_process_that_has_ended_says_how(on).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_s_end_is_the_end_of_what_it_has_started_as_a_process() {
    a_run_s_end_is_the_end_of_what_it_has_started(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_s_end_is_the_end_of_what_it_has_started_in_a_container() {
    if let Some(on) = On::docker() {
        a_run_s_end_is_the_end_of_what_it_has_started(on).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_runtime_has_ended_says_how_as_a_process() {
    a_run_whose_runtime_has_ended_says_how(
        On::Process,
        "The runtime was ended by the signal SIGKILL.",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_runtime_has_ended_says_how_in_a_container() {
    if let Some(on) = On::docker() {
        a_run_whose_runtime_has_ended_says_how(on, "which stands for the signal SIGKILL").await;
    }
}
