//! What the tests of whole sessions share: folders, a compute over the process engine, waiting for what is to happen.
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests alone, none of which uses everything"
)]

pub(crate) mod docker;
pub(crate) mod feed;
#[allow(dead_code, reason = "for the tests of connections")]
pub(crate) mod models;
pub(crate) mod on;
#[path = "../../../../tests/skipped.rs"]
pub(crate) mod skipped;
pub(crate) mod stage;
pub(crate) mod watch;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flowdeck_compute::{
    Catalog, Compute, ComputeConfig, Host, Identities, StartSession,
    process::{Bounds, ProcessEngine, ProcessOptions},
};
use flowdeck_contract::{
    azure::{OperationResult, OperationStatus},
    ids::{FlowId, OperationId, RunId},
    runs::RunDetail,
    session::{SessionState, SessionView},
    settings::{IdleShutdown, SessionSettings},
};

/// Nothing takes longer, not even on a machine that installs the base packages first.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// A host that has room for every session of a test.
pub(crate) const ROOMY: Host = Host {
    cores: 64,
    memory_mb: 256 * 1024,
};

/// Settings of a session that ends after so many seconds without activity.
pub(crate) fn idle_after(seconds: u64) -> SessionSettings {
    SessionSettings {
        idle_shutdown: IdleShutdown::After(seconds),
        ..SessionSettings::default()
    }
}

/// A start with settings.
pub(crate) fn with(settings: SessionSettings) -> StartSession {
    StartSession {
        settings,
        ..StartSession::default()
    }
}

/// Flows and data of one test, gone with it.
pub(crate) struct Home {
    root: PathBuf,
    folder: Option<tempfile::TempDir>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self {
            root: folder.path().canonicalize().unwrap(),
            folder: Some(folder),
        };
        fs::create_dir(home.flows()).unwrap();
        home
    }

    /// That of another process.
    pub(crate) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            folder: None,
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn flows(&self) -> PathBuf {
        self.root.join("flows")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// How many runtimes stand by.
    pub(crate) fn standbys(&self) -> i64 {
        let store = rusqlite::Connection::open(self.data().join("flowdeck.sqlite")).unwrap();
        store
            .query_row("SELECT count(*) FROM standbys", [], |row| row.get(0))
            .unwrap()
    }

    /// Makes a flow of these files.
    pub(crate) fn flow(&self, name: &str, files: &[(&str, &str)]) -> FlowId {
        for (path, content) in files {
            let path = self.flows().join(name).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        FlowId::try_from(name).unwrap()
    }

    pub(crate) fn config(&self, standby: usize) -> ComputeConfig {
        ComputeConfig {
            flows: self.flows().into(),
            data: self.data(),
            standby,
            max_idle: Some(Duration::from_secs(3600)),
            catalog: Catalog::of_host(ROOMY),
            identities: Identities::of_environment(),
            connections: flowdeck_compute::ConnectionOptions::default(),
            prices: flowdeck_contract::prices::Prices::default(),
        }
    }

    /// Compute over real processes; base packages and uv are shared by all tests, also of later days.
    pub(crate) async fn compute(&self, standby: usize) -> Compute {
        let engine = self.engine().await;
        Compute::open(self.config(standby), engine).await.unwrap()
    }

    pub(crate) async fn engine(&self) -> Arc<ProcessEngine> {
        self.engine_in(&self.data()).await
    }

    pub(crate) async fn engine_in(&self, data: &Path) -> Arc<ProcessEngine> {
        self.engine_bounded(data, Bounds::default()).await
    }

    pub(crate) async fn engine_bounded(&self, data: &Path, bounds: Bounds) -> Arc<ProcessEngine> {
        let options = ProcessOptions {
            bounds,
            ..ProcessOptions::default()
        };
        self.engine_with(data, options).await
    }

    /// One that keeps environments of so many bytes.
    pub(crate) async fn engine_keeping(&self, kept_bytes: u64) -> Arc<ProcessEngine> {
        let options = ProcessOptions {
            kept_bytes,
            ..ProcessOptions::default()
        };
        self.engine_with(&self.data(), options).await
    }

    /// One whose sessions may have so many processes.
    pub(crate) async fn engine_of_processes(&self, processes: u32) -> Arc<ProcessEngine> {
        let options = ProcessOptions {
            processes: Some(processes),
            ..ProcessOptions::default()
        };
        self.engine_with(&self.data(), options).await
    }

    async fn engine_with(&self, data: &Path, options: ProcessOptions) -> Arc<ProcessEngine> {
        share(data, "tools", "tools");
        let options = ProcessOptions {
            base: Some(shared("base")),
            ..options
        };
        Arc::new(ProcessEngine::new(data, options).await.unwrap())
    }
}

/// Makes a folder of a data folder one that all tests share.
pub(crate) fn share(data: &Path, name: &str, what: &str) {
    let link = data.join(name);
    if !link.exists() {
        fs::create_dir_all(data).unwrap();
        fs::create_dir_all(shared(what)).unwrap();
        std::os::unix::fs::symlink(shared(what), link).unwrap();
    }
}

pub(crate) fn shared(what: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache =
        cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("flowdeck/test-data").join(what)
}

/// A test that fails leaves no process either.
impl Drop for Home {
    fn drop(&mut self) {
        let Some(folder) = &self.folder else { return };
        let pids = processes_with(&format!("FLOWDECK_DATA={}", folder.path().display()));
        let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
        if !pids.is_empty() {
            drop(
                std::process::Command::new("kill")
                    .arg("-9")
                    .args(&pids)
                    .status(),
            );
        }
    }
}

/// Waits until `condition` gives something; says what it waited for when it never does.
pub(crate) async fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(value) = condition() {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited
        .await
        .unwrap_or_else(|_| panic!("never came: {what}"))
}

pub(crate) async fn ended(compute: &Compute, operation: &OperationId) -> OperationResult {
    eventually("the end of an operation", || {
        compute
            .operation(operation)
            .filter(|result| result.status != OperationStatus::InProgress)
    })
    .await
}

pub(crate) async fn in_state(compute: &Compute, flow: &FlowId, state: SessionState) -> SessionView {
    eventually(&format!("{state:?}"), || {
        Some(compute.session(flow)).filter(|view| view.state == state)
    })
    .await
}

pub(crate) async fn over(compute: &Compute, flow: &FlowId, run: &RunId) -> RunDetail {
    eventually("the end of a run", || {
        compute
            .run_detail(flow, run)
            .ok()
            .filter(|detail| detail.summary.state.is_over())
    })
    .await
}

/// The processes that carry a text in their command line or environment.
pub(crate) fn processes_with(text: &str) -> Vec<u32> {
    let pids = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let me = std::process::id();
    pids.filter(|pid| *pid != me)
        .filter(|pid| {
            let read = |file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let all = [read("environ"), read("cmdline")].concat();
            String::from_utf8_lossy(&all).contains(text)
        })
        .collect()
}

/// Whether a process is a `sleep` that lives; one that has ended and waits for its parent to notice does not.
pub(crate) fn is_sleeping(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| stat.contains("(sleep)") && !stat.contains("(sleep) Z"))
}

/// Everything in a folder, as relative paths.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Folders below a folder, at any depth, whose name holds a text.
pub(crate) fn folders_named(top: &Path, text: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(top) else {
        return Vec::new();
    };
    let folders = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders
        .flat_map(|folder| {
            let name = folder.file_name().to_string_lossy().into_owned();
            let mut found = folders_named(&folder.path(), text);
            found.extend(name.contains(text).then_some(name));
            found
        })
        .collect()
}

/// A prompt whose text a Python node turns into capitals.
pub(crate) const TWO_NODES: [(&str, &str); 3] = [
    (
        "flow.dag.yaml",
        "inputs:\n  name: {type: string, default: world}\noutputs:\n  loud: {type: string, reference: '${loud.output}'}\n\
         nodes:\n- name: greet\n  type: prompt\n  source: {type: code, path: greet.jinja2}\n  inputs: {name: '${inputs.name}'}\n\
         - name: loud\n  type: python\n  source: {type: code, path: loud.py}\n  inputs: {text: '${greet.output}'}\n",
    ),
    ("greet.jinja2", "Hello {{name}}"),
    (
        "loud.py",
        "from promptflow.core import tool\n\n\n@tool\ndef loud(text: str) -> str:\n    print('shouting')\n    if 'boom' in text:\n        return fail(text)\n    return text.upper()\n\n\ndef fail(text):\n    raise ValueError('no ' + text)\n",
    ),
];

/// A clock that goes when it is told to.
#[derive(Debug)]
pub(crate) struct ManualClock {
    now: tokio::sync::watch::Sender<i64>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self {
            now: tokio::sync::watch::Sender::new(0),
        }
    }
}

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.now
            .send_modify(|now| *now += i64::try_from(by.as_millis()).unwrap());
    }
}

#[async_trait::async_trait]
impl flowdeck_compute::Clock for ManualClock {
    fn now(&self) -> flowdeck_contract::Millis {
        flowdeck_contract::Millis(*self.now.borrow())
    }

    async fn sleep_until(&self, time: flowdeck_contract::Millis) {
        self.now
            .subscribe()
            .wait_for(|now| *now >= time.0)
            .await
            .unwrap();
    }
}
