//! The server is killed at random moments, over and over: nothing is left behind, and nothing that it had told is lost.
//! `cargo xtask kill-rounds` does a hundred rounds on each engine.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::support::{
    Home, TWO_NODES, ended, eventually, files, folders_named, in_state, on::On, over,
    processes_with,
};
use flowdeck_compute::{Compute, StartSession};
use flowdeck_contract::{
    ids::{FlowId, RunId},
    runs::{RunRequest, RunState},
    session::{SessionState, SessionView},
};

const HOME: &str = "KILL_ROUNDS_HOME";
const ENGINE: &str = "KILL_ROUNDS_ENGINE";
/// How many rounds there are on each engine.
const ROUNDS: &str = "FLOWDECK_KILL_ROUNDS";
/// The longest that a server lives: it starts a session and runs several times meanwhile.
const LONGEST: u64 = 9_000;

fn told(home: &Home) -> PathBuf {
    home.root().join("told")
}

fn flow() -> FlowId {
    FlowId::try_from("rounds").unwrap()
}

/// The server that is killed: this very test program. It notes every run that it has begun and every end that it has told.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the other tests, in a process of its own"]
async fn server() {
    let home = Home::at(Path::new(&std::env::var(HOME).unwrap()));
    let name = std::env::var(ENGINE).unwrap();
    let on = match name.as_str() {
        "docker" => On::docker().unwrap(),
        _ => On::Process,
    };
    let compute = open(&on, &home).await;
    let options = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(told(&home));
    let mut told = options.unwrap();
    loop {
        // What an earlier server began is finished first.
        at_rest(&compute).await;
        drop(compute.start(&flow(), StartSession::default()).await);
        in_state(&compute, &flow(), SessionState::Available).await;
        for _ in 0..3 {
            let run = compute.run(&flow(), RunRequest::default()).unwrap();
            writeln!(told, "began {}", run.summary.id).unwrap();
            let run = over(&compute, &flow(), &run.summary.id).await;
            assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
            writeln!(told, "ended {}", run.summary.id).unwrap();
        }
        let operation = compute.stop(&flow()).await.unwrap();
        ended(&compute, &operation).await;
    }
}

async fn open(on: &On, home: &Home) -> Compute {
    let engine = on.engine(home, 0).await;
    Compute::open(home.config(0), engine).await.unwrap()
}

/// The session when it is neither being made nor ended.
async fn at_rest(compute: &Compute) -> SessionView {
    eventually("a session at rest", || {
        let passes = [SessionState::Starting, SessionState::Stopping];
        Some(compute.session(&flow())).filter(|view| !passes.contains(&view.state))
    })
    .await
}

fn spawn(home: &Home, engine: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill_rounds::server", "--ignored"])
        .env(HOME, home.root())
        .env(ENGINE, engine)
        .stdout(Stdio::null())
        .stderr(fs::File::create(home.root().join("said")).unwrap())
        .spawn()
        .unwrap()
}

/// A number that nobody chose.
fn random() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut mixed = u64::from(now.subsec_nanos()) ^ u64::from(std::process::id());
    for _ in 0..3 {
        mixed = mixed
            .wrapping_mul(6_364_136_223_846_793_005)
            .rotate_left(29)
            ^ 0x9e37;
    }
    mixed
}

async fn rounds(on: On, engine: &str) {
    let rounds = std::env::var(ROUNDS).ok();
    let rounds: u32 = rounds.map_or(5, |rounds| rounds.parse().unwrap());
    let home = Home::new();
    home.flow("rounds", &TWO_NODES);
    for round in 0..rounds {
        let moment = Duration::from_millis(random() % LONGEST);
        let mut server = spawn(&home, engine);
        tokio::time::sleep(moment).await;
        let said = fs::read_to_string(home.root().join("said")).unwrap_or_default();
        assert!(
            server.try_wait().unwrap().is_none(),
            "round {round}: the server ended by itself: {said}"
        );
        server.kill().unwrap();
        server.wait().unwrap();
        let when = format!("round {round}, killed after {moment:?}");
        println!("{engine}: {when}");
        // Every other server is killed as well before anybody looks.
        if round % 2 == 0 || round + 1 == rounds {
            nothing_is_left_or_lost(&on, &home, &when).await;
        }
    }
}

async fn nothing_is_left_or_lost(on: &On, home: &Home, when: &str) {
    let compute = open(on, home).await;
    let view = at_rest(&compute).await;
    assert_ne!(view.state, SessionState::Failed, "{when}: {view:?}");
    for line in fs::read_to_string(told(home)).unwrap_or_default().lines() {
        let (what, id) = line.split_once(' ').unwrap();
        let run = compute.run_detail(&flow(), &RunId::try_from(id).unwrap());
        let Ok(run) = run else {
            // Only the last 50 are kept.
            assert_eq!(compute.runs(&flow()).unwrap().len(), 50, "{when}: {line}");
            continue;
        };
        let state = run.summary.state;
        assert!(state.is_over(), "{when}: {line}: {state:?}");
        if what == "ended" {
            assert_eq!(state, RunState::Completed, "{when}: {line}");
        }
    }
    if view.state == SessionState::Available {
        let run = compute.run(&flow(), RunRequest::default()).unwrap();
        let run = over(&compute, &flow(), &run.summary.id).await;
        assert_eq!(run.summary.state, RunState::Completed, "{when}: {run:?}");
        let operation = compute.stop(&flow()).await.unwrap();
        ended(&compute, &operation).await;
    }
    let mark = format!("FLOWDECK_DATA={}", home.data().display());
    let sessions = home.data().join("sessions");
    eventually(&format!("the end of everything, {when}"), || {
        let left = files(&sessions).len() + processes_with(&mark).len();
        (left == 0).then_some(())
    })
    .await;
    if let Some(session) = view.session_id {
        let groups = folders_named(Path::new("/sys/fs/cgroup"), session.as_str());
        assert_eq!(groups, Vec::<String>::new(), "{when}");
    }
    if let Some(daemon) = on.daemon() {
        assert_eq!(daemon.containers(home), Vec::<String>::new(), "{when}");
    }
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_leaves_and_loses_nothing() {
    rounds(On::Process, "process").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_containers_that_is_killed_leaves_and_loses_nothing() {
    if let Some(on) = On::docker() {
        rounds(on, "docker").await;
    }
}
