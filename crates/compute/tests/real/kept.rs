//! Environments that are kept, with real uv on every engine of real parts: reused, built anew when asked or damaged.

use std::{fs, path::PathBuf};

use crate::support::{Home, TWO_NODES, ended, eventually, on::On, over};
use flowdeck_compute::{Anew, Compute, StartSession};
use flowdeck_contract::{
    azure::OperationStatus,
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::{SessionView, StartRoute},
};

/// A wheel, and nothing else.
const WHEEL: &str = r#"
import sys, zipfile
name = "fdkept-1.0-py3-none-any.whl"
with zipfile.ZipFile(f"{sys.argv[1]}/{name}", "w") as z:
    z.writestr("fdkept/__init__.py", "version = '1.0'")
    z.writestr("fdkept-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: fdkept\nVersion: 1.0\n")
    z.writestr("fdkept-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    z.writestr("fdkept-1.0.dist-info/RECORD", "")
"#;

struct Stage {
    on: On,
    home: Home,
    flow: FlowId,
}

impl Stage {
    fn new(on: On) -> Self {
        let home = Home::new();
        // In the flow folder, which containers see as well.
        let wheels = home.flows().join("hello/wheels");
        fs::create_dir_all(&wheels).unwrap();
        let mut python = std::process::Command::new("python3");
        python.args(["-c", WHEEL]).arg(&wheels);
        assert!(python.status().unwrap().success());
        let flow = home.flow("hello", &TWO_NODES);
        let stage = Self { on, home, flow };
        stage.require("fdkept\n");
        stage
    }

    fn require(&self, lines: &str) {
        let text = format!("--no-index\n--find-links ./wheels\n{lines}");
        self.home.flow("hello", &[("requirements.txt", &text)]);
    }

    async fn open(&self, standby: usize) -> Compute {
        let engine = self.on.engine(&self.home, 1 << 30).await;
        Compute::open(self.home.config(standby), engine)
            .await
            .unwrap()
    }

    async fn start(&self, compute: &Compute) -> SessionView {
        let start = compute.start(&self.flow, StartSession::default());
        let result = ended(compute, &start.await.unwrap()).await;
        assert_eq!(result.status, OperationStatus::Succeeded, "{result:?}");
        compute.session(&self.flow)
    }

    async fn stop(&self, compute: &Compute) {
        let operation = compute.stop(&self.flow).await.unwrap();
        ended(compute, &operation).await;
    }

    fn entries(&self) -> Vec<PathBuf> {
        let kept = self.home.data().join("kept");
        let names = crate::support::files(&kept).into_iter();
        names.map(|name| kept.join(name)).collect()
    }
}

fn module(entry: &std::path::Path) -> PathBuf {
    let lib = entry.join("env/lib");
    let python = crate::support::files(&lib).remove(0);
    lib.join(python).join("site-packages/fdkept/__init__.py")
}

async fn what_was_installed_is_reused(on: On) {
    let stage = Stage::new(on);
    let compute = stage.open(0).await;
    let first = stage.start(&compute).await;
    assert_ne!(first.route, Some(StartRoute::Kept), "{:?}", first.failure);
    let kept = compute.options().environment_cache.unwrap();
    assert!(
        kept.environments == 1 && kept.bytes > 0 && kept.bytes < 1_000_000,
        "{kept:?}"
    );
    let operation = compute.reset(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let again = compute.session(&stage.flow);
    assert_eq!(again.route, Some(StartRoute::Kept));
    assert!(again.saved_millis.is_some());
    let took = again.available.unwrap().since(again.started.unwrap());
    println!("a reset with a kept environment: {took} ms");
    let log = compute.session_log_text(&stage.flow).unwrap();
    assert!(
        log.contains("reused one that was installed") && !log.contains("pip install"),
        "{log}"
    );
    let view = compute.packages_view(&stage.flow).await.unwrap();
    assert!(view.lock.contains("fdkept==1.0"));
    let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
    assert_eq!(
        over(&compute, &stage.flow, &run.summary.id)
            .await
            .summary
            .state,
        RunState::Completed
    );

    let operation = compute
        .renew(
            &stage.flow,
            Anew {
                environment: true,
                image: false,
            },
        )
        .await
        .unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    assert_eq!(compute.session(&stage.flow).route, Some(StartRoute::Base));
    stage.stop(&compute).await;
    compute.close().await;
    drop(compute);

    let compute = stage.open(0).await;
    assert_eq!(
        stage.start(&compute).await.route,
        Some(StartRoute::Kept),
        "after a restart of the server"
    );
    stage.stop(&compute).await;
    stage.require("fdkept==1.0\n");
    assert_eq!(
        stage.start(&compute).await.route,
        Some(StartRoute::Base),
        "other requirements"
    );
    stage.stop(&compute).await;
    assert_eq!(stage.entries().len(), 2);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_and_a_reset_reuse_what_was_installed() {
    what_was_installed_is_reused(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_s_environment_is_kept_and_reused() {
    if let Some(on) = On::docker() {
        what_was_installed_is_reused(on).await;
    }
}

/// A node that writes into an installed file in place, and puts its time back.
const POISON: &str = "import fdkept, os\nfrom promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    path = fdkept.__file__\n    was = os.stat(path)\n    with open(path, 'r+') as file:\n        file.write(\"version = '6.6'\")\n    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))\n    return 'poisoned'\n";
const VERSION: &str = "from promptflow.core import tool\nimport fdkept\n\n\n@tool\ndef loud(text: str) -> str:\n    return fdkept.version\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_writes_into_its_packages_reaches_no_other() {
    let stage = Stage::new(On::Process);
    let compute = stage.open(0).await;
    let run = async |code: &str| {
        stage.home.flow("hello", &[("loud.py", code)]);
        let run = compute.run(&stage.flow, RunRequest::default());
        let run = over(&compute, &stage.flow, &run.unwrap().summary.id).await;
        assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
        run.nodes[1].output.as_ref().unwrap().json().to_owned()
    };
    stage.start(&compute).await;
    for expected in [StartRoute::Kept, StartRoute::Kept, StartRoute::Base] {
        assert_eq!(run(POISON).await, r#""poisoned""#);
        let anew = Anew {
            environment: expected == StartRoute::Base,
            image: false,
        };
        let operation = compute.renew(&stage.flow, anew).await.unwrap();
        ended(&compute, &operation).await;
        assert_eq!(compute.session(&stage.flow).route, Some(expected));
        assert_eq!(run(VERSION).await, r#""1.0""#);
    }
    stage.stop(&compute).await;
    compute.close().await;
}

async fn what_is_damaged_is_built_anew(on: On) {
    let stage = Stage::new(on);
    let compute = stage.open(0).await;
    stage.start(&compute).await;
    stage.stop(&compute).await;
    let entry = stage.entries().remove(0);
    // In its place, not into it: uv's own cache is another link to it.
    fs::remove_file(module(&entry)).unwrap();
    fs::write(module(&entry), "version = 'another'").unwrap();
    let view = stage.start(&compute).await;
    assert_eq!(view.route, Some(StartRoute::Base));
    let log = compute.session_log_text(&stage.flow).unwrap();
    assert!(
        log.contains("The kept environment is damaged")
            && log.contains("fdkept/__init__.py has changed"),
        "{log}"
    );
    stage.stop(&compute).await;
    compute.close().await;
    drop(compute);

    fs::rename(&entry, entry.with_file_name("new-0123")).unwrap();
    let compute = stage.open(0).await;
    assert_eq!(
        stage.entries(),
        Vec::<PathBuf>::new(),
        "one that was not finished"
    );
    assert_eq!(stage.start(&compute).await.route, Some(StartRoute::Base));
    stage.stop(&compute).await;
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_unfinished_is_not_reused() {
    what_is_damaged_is_built_anew(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_or_unfinished_reaches_no_container() {
    if let Some(on) = On::docker() {
        what_is_damaged_is_built_anew(on).await;
    }
}

async fn what_stands_by_is_given_what_was_kept(on: On) {
    let stage = Stage::new(on);
    let compute = stage.open(1).await;
    let standing = || (compute.standbys().1 == 1).then_some(());
    // For nobody knows which flow yet, on an engine that must know.
    if stage.on.daemon().is_none() {
        eventually("a runtime that stands by", standing).await;
    }
    let first = stage.start(&compute).await;
    assert_ne!(first.route, Some(StartRoute::Kept), "{:?}", first.failure);
    eventually("a runtime that stands by", standing).await;
    let operation = compute.reset(&stage.flow).await.unwrap();
    assert_eq!(
        ended(&compute, &operation).await.status,
        OperationStatus::Succeeded
    );
    let view = compute.session(&stage.flow);
    assert_eq!(view.route, Some(StartRoute::Kept));
    let log = compute.session_log_text(&stage.flow).unwrap();
    assert!(
        log.contains("Used a warm runtime: requirements.txt was installed"),
        "{log}"
    );
    let took = view.available.unwrap().since(view.started.unwrap());
    println!("a reset with a kept environment and a runtime that stood by: {took} ms");
    let tool = "from promptflow.core import tool\nimport fdkept\n\n\n@tool\ndef loud(text: str) -> str:\n    return fdkept.version\n";
    stage.home.flow("hello", &[("loud.py", tool)]);
    let run = compute.run(&stage.flow, RunRequest::default()).unwrap();
    let run = over(&compute, &stage.flow, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    let view = compute.packages_view(&stage.flow).await.unwrap();
    assert!(view.lock.contains("fdkept==1.0"), "{view:?}");
    stage.stop(&compute).await;
    compute.close().await;
    assert_eq!(
        crate::support::processes_with(&stage.home.data().display().to_string()),
        Vec::<u32>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_stands_by_is_given_what_was_kept() {
    what_stands_by_is_given_what_was_kept(On::Process).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_stands_by_is_given_what_was_kept() {
    if let Some(on) = On::docker() {
        what_stands_by_is_given_what_was_kept(on).await;
    }
}
