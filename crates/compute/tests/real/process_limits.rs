//! A session gets what its VM size has and no more: real processes that want more memory than there is.

use std::{fs, path::Path};

use crate::support::{
    Home, TWO_NODES, ended, eventually, folders_named, in_state, over, processes_with,
};
use flowdeck_compute::{Compute, StartSession, VmSize, process::Bounds};
use flowdeck_contract::{
    ids::{FlowId, SessionId},
    runs::{RunRequest, RunState},
    session::{SessionState, StartRoute},
};

/// Enough for the runtime, not for what the greedy flow wants.
const SMALL_MIB: u64 = 768;

const GREEDY: &str = "from promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    \
    held = [bytearray(b'x' * (16 << 20)) for _ in range(96)]\n    return str(len(held))\n";

async fn open(home: &Home, bounds: Bounds, standby: usize) -> Compute {
    let mut config = home.config(standby);
    config.catalog.sizes = vec![VmSize {
        name: "Small".to_owned(),
        v_cpus: 1,
        memory_mb: SMALL_MIB,
    }];
    let engine = home.engine_bounded(&home.data(), bounds).await;
    Compute::open(config, engine).await.unwrap()
}

fn greedy(home: &Home) -> FlowId {
    home.flow("greedy", &TWO_NODES);
    home.flow("greedy", &[("loud.py", GREEDY)])
}

async fn start(compute: &Compute, flow: &FlowId) -> SessionId {
    compute.start(flow, StartSession::default()).await.unwrap();
    let view = eventually("a session", || {
        Some(compute.session(flow)).filter(|view| view.state != SessionState::Starting)
    })
    .await;
    assert_eq!(view.state, SessionState::Available, "{view:?}");
    view.session_id.unwrap()
}

fn groups(session: &SessionId) -> Vec<String> {
    folders_named(Path::new("/sys/fs/cgroup"), session.as_str())
}

/// The greedy flow's session is stopped, and nothing of it is left.
async fn is_stopped_for_memory(compute: &Compute, flow: &FlowId, session: &SessionId) {
    let run = compute.run(flow, RunRequest::default()).unwrap();
    let view = in_state(compute, flow, SessionState::Failed).await;
    let failure = view.failure.unwrap();
    assert_eq!(failure.code, "MemoryExceeded", "{failure:?}");
    assert!(
        failure.message.contains("Its VM size Small has 0.75 GiB"),
        "{}",
        failure.message
    );
    assert!(failure.remedy.unwrap().contains("a larger VM size"));
    let run = over(compute, flow, &run.summary.id).await;
    assert_ne!(run.summary.state, RunState::Completed);
    let said = run.error.unwrap().message;
    assert!(said.contains("reached its memory limit"), "{said}");
    eventually("the end of its processes", || {
        processes_with(session.as_str()).is_empty().then_some(())
    })
    .await;
    eventually("the end of its groups", || {
        groups(session).is_empty().then_some(())
    })
    .await;
}

async fn works(compute: &Compute, flow: &FlowId) {
    let run = compute.run(flow, RunRequest::default()).unwrap();
    let run = over(compute, flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
}

async fn stop(compute: &Compute, flow: &FlowId) {
    let operation = compute.stop(flow).await.unwrap();
    ended(compute, &operation).await;
}

async fn a_greedy_session_among_others(bounds: Bounds) {
    let home = Home::new();
    let (greedy, modest) = (greedy(&home), home.flow("modest", &TWO_NODES));
    let compute = open(&home, bounds, 0).await;
    let other = start(&compute, &modest).await;
    let session = start(&compute, &greedy).await;
    is_stopped_for_memory(&compute, &greedy, &session).await;
    assert_eq!(compute.session(&modest).session_id, Some(other.clone()));
    works(&compute, &modest).await;
    stop(&compute, &modest).await;
    assert_eq!(groups(&other), Vec::<String>::new());
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_wants_more_memory_is_stopped_and_others_are_not() {
    a_greedy_session_among_others(Bounds::ControlGroups).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_watched_where_there_are_no_control_groups() {
    a_greedy_session_among_others(Bounds::Watched).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_is_taken_is_bounded_also_by_the_next_server() {
    for bounds in [Bounds::ControlGroups, Bounds::Watched] {
        let home = Home::new();
        let flow = greedy(&home);
        let compute = open(&home, bounds, 1).await;
        eventually("a standby", || (compute.standbys().1 == 1).then_some(())).await;
        let session = start(&compute, &flow).await;
        assert_eq!(compute.session(&flow).route, Some(StartRoute::Standby));
        if !groups(&session).is_empty() {
            assert_eq!(cpu_quota(&session), Some(100_000), "one CPU");
        }
        compute.close().await;
        drop(compute);

        let compute = open(&home, bounds, 0).await;
        assert_eq!(compute.session(&flow).state, SessionState::Available);
        is_stopped_for_memory(&compute, &flow, &session).await;
        compute.close().await;
    }
}

/// Microseconds in a tenth of a second that the group of a session's runtime may use.
fn cpu_quota(session: &SessionId) -> Option<u64> {
    let pid = *processes_with(session.as_str()).first()?;
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    groups.lines().find_map(|line| {
        let path = line.rsplit(':').next()?.trim_start_matches('/');
        let one = Path::new("/sys/fs/cgroup/cpu")
            .join(path)
            .join("cpu.cfs_quota_us");
        let two = Path::new("/sys/fs/cgroup").join(path).join("cpu.max");
        let quota = fs::read_to_string(one)
            .or_else(|_| fs::read_to_string(two))
            .ok()?;
        quota.split_whitespace().next()?.parse().ok()
    })
}
