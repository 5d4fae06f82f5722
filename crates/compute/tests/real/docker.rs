//! Sessions in containers: what they are, what they may not, and what becomes of them when something breaks.

use std::{fs, os::unix::fs::MetadataExt as _};

use crate::support::{
    Home, TWO_NODES,
    docker::{self, Daemon, PLAIN},
    ended, eventually, in_state, over,
};
use flowdeck_compute::{Compute, StartSession, VariableName, VmSize, docker::DockerOptions};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Millis,
    connections::ConnectionName,
    ids::FlowId,
    runs::{RunDetail, RunRequest, RunState},
    session::{SessionState, SessionView},
};

async fn open(daemon: &Daemon, home: &Home, image: &str) -> Compute {
    let mut config = home.config(0);
    config.catalog.sizes = vec![VmSize {
        name: "Small".to_owned(),
        v_cpus: 1,
        memory_mb: 768,
    }];
    let engine = daemon.engine(home, image).await;
    Compute::open(config, engine).await.unwrap()
}

async fn start(compute: &Compute, flow: &FlowId) -> SessionView {
    compute.start(flow, StartSession::default()).await.unwrap();
    eventually("a session", || {
        Some(compute.session(flow)).filter(|view| view.state != SessionState::Starting)
    })
    .await
}

async fn run(compute: &Compute, flow: &FlowId) -> RunDetail {
    let run = compute.run(flow, RunRequest::default()).unwrap();
    over(compute, flow, &run.summary.id).await
}

async fn stop(daemon: &Daemon, home: &Home, compute: &Compute, flow: &FlowId) {
    let operation = compute.stop(flow).await.unwrap();
    ended(compute, &operation).await;
    assert_eq!(daemon.containers(home), Vec::<String>::new());
    assert!(!daemon.has_network(home), "nothing is left");
    assert_eq!(
        crate::support::files(&home.data().join("sessions")),
        Vec::<String>::new()
    );
}

/// Says who it is and what it can reach, and leaves a file in the flow folder.
const WHO: &str = "from promptflow.core import tool\nimport os\n\n\n@tool\ndef loud(text: str) -> str:\n    \
    open('made-by-the-run', 'w').write(text)\n    \
    tried = []\n    \
    for path in ['/etc/made-by-the-run', '/var/run/docker.sock', '/proc/1/root/etc/shadow']:\n        \
    \n        try:\n            open(path, 'a')\n            tried.append(path)\n        except OSError:\n            pass\n    \
    return f'{os.getuid() != 0} {tried}'\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_a_container_that_may_little_and_outlives_the_server() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let flow = home.flow("who", &TWO_NODES);
    home.flow("who", &[("loud.py", WHO)]);
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    let log = compute.session_log_text(&flow).unwrap();
    assert_eq!(
        view.state,
        SessionState::Available,
        "{:?}\n{log}",
        view.failure
    );
    let image = view.image.unwrap();
    assert_eq!(image.reference, PLAIN);
    assert_eq!(image.digest, daemon.inspect(PLAIN, "{{.Id}}"));

    let containers = daemon.containers(&home);
    assert_eq!(containers.len(), 1, "the session’s alone");
    let of = |template: &str| daemon.inspect(&containers[0], template);
    assert_eq!(
        of("{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}"),
        "805306368 1000000000"
    );
    assert_eq!(
        of("{{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}"),
        "[ALL] [no-new-privileges]"
    );
    assert_eq!(
        of("{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Privileged}}"),
        "true false"
    );

    let detail = run(&compute, &flow).await;
    assert_eq!(
        detail.summary.state,
        RunState::Completed,
        "{:?}",
        detail.error
    );
    assert_eq!(detail.image.unwrap().reference, PLAIN);
    assert_eq!(serde_json::json!(detail.outputs)["loud"], "True []");
    let made = home.flows().join("who/made-by-the-run");
    assert_ne!(fs::metadata(&made).unwrap().uid(), 0);
    compute.close().await;
    drop(compute);

    let compute = open(&daemon, &home, PLAIN).await;
    assert_eq!(compute.session(&flow).state, SessionState::Available);
    let detail = run(&compute, &flow).await;
    assert_eq!(
        detail.summary.state,
        RunState::Completed,
        "{:?}",
        detail.error
    );
    stop(&daemon, &home, &compute, &flow).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flows_get_the_variables_that_are_named_and_no_others() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let flow = home.flow("named", &TWO_NODES);
    let loud = "from promptflow.core import tool\nimport os\n\n\n@tool\ndef loud(text: str) -> str:\n    \
        return ' '.join(str(os.environ.get(name)) for name in ['CARGO_PKG_NAME', 'CARGO_PKG_VERSION'])\n";
    home.flow("named", &[("loud.py", loud)]);
    let options = DockerOptions {
        variables: vec![VariableName::try_from("CARGO_PKG_NAME").unwrap()],
        ..daemon.options(PLAIN)
    };
    let engine = daemon.engine_with(&home, options).await;
    let compute = Compute::open(home.config(0), engine).await.unwrap();
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let detail = run(&compute, &flow).await;
    let expected = format!("{} None", env!("CARGO_PKG_NAME"));
    assert_eq!(serde_json::json!(detail.outputs)["loud"], expected);
    stop(&daemon, &home, &compute, &flow).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_wants_more_memory_is_stopped() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let greedy = "from promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    \
        held = [bytearray(b'x' * (16 << 20)) for _ in range(96)]\n    return str(len(held))\n";
    let flow = home.flow("greedy", &TWO_NODES);
    home.flow("greedy", &[("loud.py", greedy)]);
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    compute.run(&flow, RunRequest::default()).unwrap();
    let failure = in_state(&compute, &flow, SessionState::Failed)
        .await
        .failure
        .unwrap();
    assert_eq!(failure.code, "MemoryExceeded", "{failure:?}");
    assert!(
        failure.message.contains("Its VM size Small has 0.75 GiB"),
        "{}",
        failure.message
    );
    eventually("the end of its container", || {
        daemon.containers(&home).is_empty().then_some(())
    })
    .await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_is_killed_fails_its_session() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    daemon.docker(&["kill", &daemon.containers(&home)[0]]);
    let failure = in_state(&compute, &flow, SessionState::Failed)
        .await
        .failure
        .unwrap();
    assert_eq!(failure.code, "RuntimeDied");
    assert!(failure.message.contains("SIGKILL"), "{}", failure.message);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_s_own_packages_are_seen_and_one_without_python_is_named() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let (with, without) = ("flowdeck-test/with:1", "flowdeck-test/without:1");
    let package = "/usr/lib/python3/dist-packages/brought";
    let own = format!("mkdir {package} {package}-2.5.dist-info && touch {package}/__init__.py");
    let metadata = format!(
        "printf 'Metadata-Version: 2.1\\nName: brought\\nVersion: 2.5\\n' > {package}-2.5.dist-info/METADATA"
    );
    daemon.build(with, &format!("FROM {PLAIN}\nRUN {own} && {metadata}\n"));
    daemon.build(
        without,
        &format!("FROM {PLAIN}\nRUN rm /usr/bin/python3*\n"),
    );
    let home = Home::new();
    let definition = TWO_NODES[0].1;
    let flow = home.flow("with", &TWO_NODES);
    let imports = TWO_NODES[2]
        .1
        .replace("\n\n\n@tool", "\nimport brought\n\n\n@tool");
    let asks = format!("environment:\n  image: {with}\n{definition}");
    home.flow("with", &[("loud.py", &*imports), ("flow.dag.yaml", &*asks)]);
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    assert_eq!(view.image.unwrap().reference, with);
    let packages = compute.packages(&flow).await.unwrap();
    assert!(
        packages
            .iter()
            .any(|package| package.name == "brought" && package.version == "2.5")
    );
    assert_eq!(
        run(&compute, &flow).await.summary.state,
        RunState::Completed
    );
    stop(&daemon, &home, &compute, &flow).await;

    let asks = format!("environment:\n  image: {without}\n{definition}");
    home.flow("with", &[("flow.dag.yaml", &*asks)]);
    let failure = start(&compute, &flow).await.failure.unwrap();
    assert_eq!(failure.code, "ImageWithoutPython", "{failure:?}");
    assert!(failure.message.contains(without), "{}", failure.message);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_image_and_one_built_from_it_bring_the_runtime() {
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let (own, from) = ("flowdeck-test/base:1", "flowdeck-test/from:1");
    daemon.build_base(own, PLAIN);
    let site = "/opt/flowdeck/base/lib/python3.11/site-packages";
    let adds = format!(
        "mkdir {site}/added-1.5.dist-info && printf 'Metadata-Version: 2.1\\nName: added\\nVersion: 1.5\\n' > {site}/added-1.5.dist-info/METADATA"
    );
    daemon.build(from, &format!("FROM {own}\nRUN {adds}\n"));
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = open(&daemon, &home, own).await;
    for image in [own, from] {
        let asks = format!("environment:\n  image: {image}\n{}", TWO_NODES[0].1);
        home.flow("hello", &[("flow.dag.yaml", &*asks)]);
        let view = start(&compute, &flow).await;
        assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
        let log = compute.session_log_text(&flow).unwrap();
        assert!(!log.contains("does not hold promptflow’s runtime"), "{log}");
        let packages = compute.packages(&flow).await.unwrap();
        let has = |name: &str| packages.iter().any(|package| package.name == name);
        assert!(has("promptflow-core"));
        assert_eq!(has("added"), image == from);
        assert_eq!(
            run(&compute, &flow).await.summary.state,
            RunState::Completed
        );
        stop(&daemon, &home, &compute, &flow).await;
    }
    compute.close().await;
}

/// Gives and prints the secret of its connection.
const TELLS: [(&str, &str); 2] = [
    (
        "flow.dag.yaml",
        "inputs: {}\noutputs:\n  told: {type: string, reference: '${tell.output}'}\nnodes:\n\
         - {name: tell, type: python, source: {type: code, path: tell.py}, inputs: {connection: mine}}\n\
         environment_variables: {SERVICE_KEY: '${mine.key}'}\n",
    ),
    (
        "tell.py",
        "import os\n\nfrom promptflow.connections import CustomConnection\nfrom promptflow.core import tool\n\n\n@tool\ndef tell(connection: CustomConnection):\n    \
         print('printed', connection.secrets['key'])\n    os.write(2, os.environ['SERVICE_KEY'].encode())\n    \
         return connection.secrets['key']\n",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_s_secret_is_in_nothing_of_a_container() {
    const CANARY: &str = "canary-of-a-container-83d1";
    let Some(daemon) = docker::daemon() else {
        return;
    };
    let home = Home::new();
    let flow = home.flow("tells", &TELLS);
    let compute = open(&daemon, &home, PLAIN).await;
    let input = serde_json::json!({"type": "Custom", "secrets": {"key": CANARY}});
    let name = ConnectionName::try_from("mine").unwrap();
    let connections = compute.connections();
    let input = serde_json::from_value(input).unwrap();
    connections
        .save(&name, input, &Condition::Absent, Millis(1))
        .unwrap();
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    let detail = run(&compute, &flow).await;
    let outputs = serde_json::json!(detail.outputs);
    assert_eq!(outputs["told"], "**data_scrubbed**", "{:?}", detail.error);

    let containers = daemon.containers(&home);
    let container = containers[0].as_str();
    let inside = |script: &str| daemon.docker(&["exec", container, "sh", "-c", script]);
    let files = format!("grep -rlsF {CANARY} / --exclude-dir=proc --exclude-dir=sys || true");
    for (what, text) in [
        ("its configuration", daemon.docker(&["inspect", container])),
        ("its log", daemon.docker(&["logs", container])),
        (
            "its processes",
            inside(
                "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' || true",
            ),
        ),
        ("the run", serde_json::to_string(&detail).unwrap()),
        (
            "the session's log",
            compute.session_log_text(&flow).unwrap(),
        ),
    ] {
        assert!(!text.contains(CANARY), "{what}: {text}");
    }
    assert_eq!(inside(&files).trim(), "", "files that hold the secret");
    let logs = fs::read_dir(home.data().join("logs")).unwrap();
    let mut texts = logs.map(|log| fs::read_to_string(log.unwrap().path()).unwrap());
    let printed = texts.find(|text| text.contains("printed")).unwrap();
    assert!(!printed.contains(CANARY), "{printed}");
    stop(&daemon, &home, &compute, &flow).await;
    compute.close().await;
}
