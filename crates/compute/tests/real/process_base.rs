//! How far the base of sessions is compiled, and when.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::support::{Home, TWO_NODES, eventually, in_state, over, share};
use flowdeck_compute::{
    Compute, StartSession,
    process::{ProcessEngine, ProcessOptions},
};
use flowdeck_contract::{
    ids::FlowId,
    runs::{RunRequest, RunState},
    session::{SessionState, StartRoute},
};

/// The bytecode in a folder, and whether it is another folder's as well.
fn bytecode(folder: &Path) -> Vec<(PathBuf, bool)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, metadata) = (entry.path(), entry.metadata().unwrap());
        if metadata.is_dir() {
            found.extend(bytecode(&path));
        } else if path.extension().is_some_and(|ending| ending == "pyc") {
            found.push((path, metadata.nlink() > 1));
        }
    }
    found
}

/// Compute whose base is below `home`.
async fn open(home: &Home) -> Compute {
    share(&home.data(), "tools", "tools");
    let options = ProcessOptions {
        base: Some(home.root().join("base")),
        ..ProcessOptions::default()
    };
    let engine = ProcessEngine::new(&home.data(), options).await.unwrap();
    Compute::open(home.config(0), Arc::new(engine))
        .await
        .unwrap()
}

fn base(home: &Home) -> PathBuf {
    let mut entries = fs::read_dir(home.root().join("base")).unwrap();
    let is_folder = |path: &PathBuf| path.is_dir();
    entries
        .find_map(|entry| Some(entry.unwrap().path()).filter(is_folder))
        .unwrap()
}

async fn start(compute: &Compute, flow: &FlowId) -> (StartRoute, PathBuf) {
    compute.start(flow, StartSession::default()).await.unwrap();
    let view = in_state(compute, flow, SessionState::Available).await;
    let session = view.session_id.unwrap();
    let environment = format!("sessions/{}/env-0", session.as_str());
    (view.route.unwrap(), environment.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_compiles_nothing_and_what_it_does_not_load_follows() {
    let home = Home::new();
    let (flow, other) = (home.flow("one", &TWO_NODES), home.flow("two", &TWO_NODES));
    let compute = open(&home).await;
    let (route, environment) = start(&compute, &flow).await;
    assert_eq!(route, StartRoute::Fresh);
    let environment = home.data().join(environment);
    let own: Vec<_> = bytecode(&environment)
        .into_iter()
        .filter(|(_, is_linked)| !is_linked)
        .collect();
    assert!(
        own.is_empty(),
        "crates/engines/base/README.md says how to list the modules that a runtime loads: {own:?}"
    );

    // The server ends while the rest is compiled. The next one goes on.
    compute.close().await;
    drop(compute);
    let compute = open(&home).await;
    let (route, _) = start(&compute, &other).await;
    assert_eq!(route, StartRoute::Base);
    let compiled = base(&home).join(".compiled");
    eventually("the rest of the base", || compiled.exists().then_some(())).await;
    let all = bytecode(&base(&home)).len();
    assert!(all > 5_000, "{all}");
    let second = home
        .data()
        .join("sessions")
        .join(compute.session(&other).session_id.unwrap().as_str())
        .join("env-0");
    eventually("the rest in the session's environment", || {
        (bytecode(&second).len() == all).then_some(())
    })
    .await;
    let run = compute.run(&other, RunRequest::default()).unwrap();
    let run = over(&compute, &other, &run.summary.id).await;
    assert_eq!(run.summary.state, RunState::Completed, "{run:?}");
    compute.close().await;
}
