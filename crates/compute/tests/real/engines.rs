//! What every engine has in common, tried on each: the same story over the fake and over real processes.

use std::{fs, path::Path, sync::Arc, time::Duration};

use crate::support::{Home, PATIENCE};
use flowdeck_compute::{
    LogFile,
    engine::{
        Address, BaseState, Engine, EnvironmentId, Environments as _, ExecutorRequest,
        Requirements, WantedBase, WorkFolders,
    },
    fake::FakeEngine,
    process::{ProcessEngine, ProcessOptions},
};
use flowdeck_contract::ids::SessionId;

fn environment(session: &str, generation: u32) -> EnvironmentId {
    EnvironmentId {
        session: SessionId::try_from(session).unwrap(),
        generation,
    }
}

/// Makes two sessions, swaps the environment of one, lets the other die, and removes both.
async fn story(engine: Arc<dyn Engine>, folder: &Path) {
    let flow = folder.join("flow");
    fs::create_dir_all(&flow).unwrap();
    let place = WorkFolders {
        flow: Some(flow.clone()),
        others: Vec::new(),
    };
    let log = LogFile::at(folder.join("log"));
    let (one, two) = (environment("one", 0), environment("two", 0));
    for environment in [&one, &two] {
        let session = &environment.session;
        engine.allocate(session, &place).await.unwrap();
        engine
            .prepare_base(session, &WantedBase::default(), &log)
            .await
            .unwrap();
        engine.create_environment(environment).await.unwrap();
    }
    let again = engine
        .prepare_base(&one.session, &WantedBase::default(), &log)
        .await
        .unwrap();
    assert_eq!(again.state, BaseState::Ready, "made once");
    let mut found = engine.sessions().await.unwrap();
    found.sort();
    assert_eq!(found, [one.session.clone(), two.session.clone()]);

    fs::write(flow.join("r.txt"), "# nothing\n").unwrap();
    let requirements = Requirements::read(&flow, "r.txt").unwrap();
    let command = engine.install_command(&one, &requirements).await.unwrap();
    assert!(command.contains("-r r.txt"), "{command}");
    engine
        .install(&one, &requirements, &log, &|_| {})
        .await
        .unwrap();
    assert!(!engine.packages(&one).await.unwrap().is_empty());

    let first = engine.start_runtime(&one, &log).await.unwrap();
    let other = engine.start_runtime(&two, &log).await.unwrap();
    let info = engine.check(&first, &log).await.unwrap();
    assert!(!info.version.is_empty());
    engine.check(&other, &log).await.unwrap();
    let cancel = ExecutorRequest {
        path: "/execution/cancel",
        body: Some(r#"{"run_id": "none"}"#.to_owned()),
    };
    assert_eq!(engine.request(&first, cancel).await.unwrap().status, 200);

    let next = environment("one", 1);
    engine.create_environment(&next).await.unwrap();
    let second = engine.start_runtime(&next, &log).await.unwrap();
    engine.check(&second, &log).await.unwrap();
    engine.tidy(&second, &[next.generation]).await.unwrap();
    assert!(engine.is_alive(&second).await.unwrap());
    assert!(!engine.is_alive(&first).await.unwrap());
    assert!(engine.packages(&next).await.is_ok());

    engine.end_runtime(&other).await.unwrap();
    let death = tokio::time::timeout(PATIENCE, engine.died(&other))
        .await
        .unwrap();
    assert_eq!(death.failure.code, "RuntimeDied");
    engine.remove_environment(&two).await.unwrap();
    for session in [&one.session, &two.session] {
        engine.remove(session).await.unwrap();
        engine.remove(session).await.unwrap();
    }
    assert!(!engine.is_alive(&second).await.unwrap());
    assert_eq!(engine.sessions().await.unwrap(), Vec::<SessionId>::new());
}

#[tokio::test]
async fn the_fake_engine_keeps_the_story() {
    let home = Home::new();
    story(Arc::new(FakeEngine::default()), home.root()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_engine_keeps_the_story() {
    let home = Home::new();
    story(home.engine().await, home.root()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docker_engine_keeps_the_story() {
    let Some(daemon) = crate::support::docker::daemon() else {
        return;
    };
    let home = Home::new();
    story(
        daemon.engine(&home, crate::support::docker::PLAIN).await,
        home.root(),
    )
    .await;
    assert_eq!(daemon.containers(&home), Vec::<String>::new());
    assert!(!daemon.has_network(&home));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_with_a_long_path_has_short_sockets() {
    let home = Home::new();
    let data = home.root().join("d".repeat(100));
    let engine = home.engine_in(&data).await;
    let environment = environment("long", 0);
    let log = LogFile::at(home.root().join("log"));
    engine
        .allocate(&environment.session, &WorkFolders::default())
        .await
        .unwrap();
    engine
        .prepare_base(&environment.session, &WantedBase::default(), &log)
        .await
        .unwrap();
    engine.create_environment(&environment).await.unwrap();
    let runtime = engine.start_runtime(&environment, &log).await.unwrap();
    engine.check(&runtime, &log).await.unwrap();
    let Address::Unix(socket) = &runtime.address;
    assert!(socket.as_os_str().len() < 108 && !socket.starts_with(&data));
    engine.remove(&environment.session).await.unwrap();
    let short = socket.parent().unwrap().parent().unwrap();
    assert!(!short.exists(), "nothing is left of {}", short.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_half_made_is_removed() {
    let home = Home::new();
    let base = home.root().join("base");
    fs::create_dir_all(base.join("half/bin")).unwrap();
    fs::create_dir_all(base.join("whole")).unwrap();
    fs::write(base.join("whole/.ready"), "").unwrap();
    let options = ProcessOptions {
        base: Some(base.clone()),
        ..ProcessOptions::default()
    };
    ProcessEngine::new(&home.data(), options).await.unwrap();
    assert!(!base.join("half").exists() && base.join("whole").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_flow_left_running_is_found_by_its_mark() {
    let home = Home::new();
    let engine = home.engine().await;
    let session = SessionId::try_from("marked").unwrap();
    let spawn = |data: &Path| {
        let mut command = std::process::Command::new("setsid");
        command
            .args(["sleep", "600"])
            .env("FLOWDECK_SESSION", "marked")
            .env("FLOWDECK_DATA", data);
        command.spawn().unwrap()
    };
    let (mut ours, mut others) = (spawn(&home.data()), spawn(home.root()));
    crate::support::eventually("the mark", || {
        crate::support::is_sleeping(ours.id()).then_some(())
    })
    .await;
    crate::support::eventually("the mark", || {
        crate::support::is_sleeping(others.id()).then_some(())
    })
    .await;
    assert_eq!(
        engine.sessions().await.unwrap(),
        std::slice::from_ref(&session)
    );
    engine.remove(&session).await.unwrap();
    tokio::time::timeout(
        Duration::from_secs(60),
        tokio::task::spawn_blocking(move || ours.wait().unwrap()),
    )
    .await
    .unwrap()
    .unwrap();
    assert!(
        others.try_wait().unwrap().is_none(),
        "that of another data folder lives"
    );
    others.kill().unwrap();
    others.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_ends_early_says_why() {
    let home = Home::new();
    let engine = home.engine().await;
    let environment = environment("early", 0);
    let log = LogFile::at(home.root().join("log"));
    engine
        .allocate(&environment.session, &WorkFolders::default())
        .await
        .unwrap();
    engine
        .prepare_base(&environment.session, &WantedBase::default(), &log)
        .await
        .unwrap();
    engine.create_environment(&environment).await.unwrap();
    let lib = home.data().join("sessions/early/env-0/lib");
    let python = fs::read_dir(&lib).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(python.join("site-packages/uvicorn")).unwrap();
    let runtime = engine.start_runtime(&environment, &log).await.unwrap();
    let error = engine.check(&runtime, &log).await.unwrap_err();
    assert_eq!(error.failure.code, "RuntimeDied");
    assert!(
        error.failure.message.contains("No module named 'uvicorn'"),
        "{error}"
    );
    engine.remove(&environment.session).await.unwrap();
}

#[test]
fn the_lock_names_no_place_to_fetch_from() {
    let lock = include_str!("../../../engines/base/base.lock");
    assert!(lock.contains("promptflow-core==") && lock.contains("--hash=sha256:"));
    assert!(!lock.contains("://") && !lock.contains("--index-url"));
}
