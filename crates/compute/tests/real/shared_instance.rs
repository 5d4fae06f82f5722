//! A compute instance has one size, which the sessions on it share: together they cannot have more. The same on every
//! engine that runs something.

use std::{fs, path::Path, sync::Arc};

use crate::support::{
    Home, TWO_NODES,
    docker::{self, PLAIN},
    ended, eventually, folders_named, in_state, over,
};
use flowdeck_compute::{Compute, ComputeInstance, VmSize, engine::Engine};
use flowdeck_contract::{
    ids::{FlowId, RunId},
    runs::{RunRequest, RunState},
    session::SessionState,
    settings::{ComputeChoice, InstanceState, SessionSettings},
};

/// Room for two runtimes, and for what one of the flows holds.
const MEMORY_MIB: u64 = 1400;

/// Holds 600 MiB until it may go. It takes them slowly: what the kernel has ended is not free at once, and whoever goes on
/// taking faster than that is ended, too.
const HOLDS: &str = "import time\nfrom pathlib import Path\nfrom promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    \
    held = []\n    \
    for _ in range(150):\n        held.append(bytearray(b'x' * (4 << 20)))\n        time.sleep(0.02)\n    \
    Path('holds').write_text('yes')\n    \
    while not Path('go').exists():\n        time.sleep(0.05)\n    return str(len(held))\n";

fn flow(home: &Home, name: &str) -> FlowId {
    home.flow(name, &TWO_NODES);
    home.flow(name, &[("loud.py", HOLDS)])
}

async fn open(home: &Home, instance: &str, engine: Arc<dyn Engine>) -> Compute {
    let mut config = home.config(0);
    config.catalog.instances = vec![ComputeInstance {
        name: instance.to_owned(),
        size: VmSize {
            name: "Box".to_owned(),
            v_cpus: 2,
            memory_mb: MEMORY_MIB,
        },
        identity: None,
        idle_shutdown: None,
    }];
    Compute::open(config, engine).await.unwrap()
}

async fn start(compute: &Compute, instance: &str, flow: &FlowId) {
    let settings = SessionSettings {
        compute: ComputeChoice::Instance {
            name: instance.to_owned(),
        },
        ..SessionSettings::default()
    };
    let operation = compute
        .start(flow, crate::support::with(settings))
        .await
        .unwrap();
    ended(compute, &operation).await;
    let view = compute.session(flow);
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let log = compute.session_log_text(flow).unwrap();
    let says = format!("Box: 2 vCPUs, 1.37 GiB, shared by all sessions on ‘{instance}’");
    assert!(log.contains(&says), "{log}");
    assert!(!log.contains("for itself"), "{log}");
}

async fn run(compute: &Compute, flow: &FlowId) -> RunId {
    let run = compute.run(flow, RunRequest::default()).unwrap();
    run.summary.id
}

/// Two sessions, each of which would fit alone, want more than their instance has: one of them is stopped, the other
/// goes on, and so does the instance. The instance's name is the test's own: its control groups are looked for by it.
async fn story(home: &Home, instance: &str, engine: Arc<dyn Engine>) {
    let compute = open(home, instance, engine).await;
    compute.start_instance(instance).unwrap();
    let flows = [flow(home, "one"), flow(home, "two")];
    for flow in &flows {
        start(&compute, instance, flow).await;
    }
    let first = run(&compute, &flows[0]).await;
    let holds = home.flows().join("one/holds");
    eventually("what the first holds", || holds.exists().then_some(())).await;
    let second = run(&compute, &flows[1]).await;
    let loser = eventually("the end of one of them", || {
        flows
            .iter()
            .find(|flow| compute.session(*flow).state == SessionState::Failed)
    })
    .await;
    let failure = compute.session(loser).failure.unwrap();
    assert_eq!(failure.code, "MemoryExceeded", "{failure:?}");
    let together = format!("All sessions on the compute instance ‘{instance}’ share 1.37 GiB");
    assert!(failure.message.contains(&together), "{}", failure.message);

    let (winner, its_run) = match *loser == flows[0] {
        true => (&flows[1], second),
        false => (&flows[0], first),
    };
    for flow in &flows {
        fs::write(home.flows().join(flow.as_str()).join("go"), "").unwrap();
    }
    let detail = over(&compute, winner, &its_run).await;
    if detail.summary.state == RunState::Completed {
        assert_eq!(compute.session(winner).state, SessionState::Available);
        compute.stop_instance(instance).unwrap();
        in_state(&compute, winner, SessionState::NotExist).await;
    } else {
        // The kernel may end both, when what it ended first is not free yet; then both say so.
        in_state(&compute, winner, SessionState::Failed).await;
        let failure = compute.session(winner).failure.unwrap();
        assert_eq!(failure.code, "MemoryExceeded", "{failure:?}");
        compute.stop_instance(instance).unwrap();
    }
    let options = compute.options();
    let shown = options.instances.iter().find(|one| one.name == instance);
    assert_eq!(shown.unwrap().state, InstanceState::Stopped, "not deleted");
    compute.close().await;
    let left = folders_named(Path::new("/sys/fs/cgroup"), instance);
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_in_processes_share_an_instance_s_memory() {
    let home = Home::new();
    let engine = home.engine().await;
    story(&home, "grouped-box", engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_in_processes_share_it_also_where_no_groups_can_be_made() {
    use flowdeck_compute::process::Bounds;
    let home = Home::new();
    let engine = home.engine_bounded(&home.data(), Bounds::Watched).await;
    story(&home, "watched-box", engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sessions_in_containers_share_an_instance_s_memory() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let engine = daemon.engine(&home, PLAIN).await;
    story(&home, "container-box", engine).await;
    assert_eq!(daemon.containers(&home), Vec::<String>::new());
}
