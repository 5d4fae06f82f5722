//! promptflow's executor service: a process group of its own that outlives the server.

use std::{
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::sync::watch;

use super::{environment, layout::Layout, proc};
use crate::{
    engine::{EngineError, EnvironmentId, Handle, Runtime},
    executor::VARIABLES,
    install::marks::SESSION_MARK,
    log::LogFile,
    paths::{private_folder, remove},
};

/// A runtime that we started ourselves tells how it ended; of others only that they did.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) runtime: Runtime,
    pub(super) ended: watch::Receiver<Option<ExitStatus>>,
}

/// Starts the executor of an environment.
pub(super) fn start(
    layout: &Layout,
    environment: &EnvironmentId,
    log: &LogFile,
) -> Result<Started, EngineError> {
    let folder = layout.runtime(&environment.session);
    let temporary = folder.join("tmp");
    let socket = layout.socket(environment);
    let prepared = private_folder(&temporary).and_then(|()| remove(&socket));
    prepared.map_err(|error| EngineError::io("Preparing the runtime's folder", &error))?;
    let output = log.open().and_then(|file| Ok((file.try_clone()?, file)));
    let (stdout, stderr) =
        output.map_err(|error| EngineError::io("Opening the session's log", &error))?;

    let python = layout.environment(environment).join("bin/python");
    let mut command = environment::command(layout, &python, &environment.session);
    command
        .args([
            "-m",
            "uvicorn",
            "promptflow.executor._service.app:app",
            "--no-access-log",
            "--log-level",
            "warning",
            "--uds",
        ])
        .arg(&socket)
        .current_dir(&folder)
        .env("TMPDIR", &temporary)
        .envs(VARIABLES)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr);
    let mut child = command
        .spawn()
        .map_err(|error| EngineError::io("Starting Python", &error))?;
    let process = child
        .id()
        .and_then(proc::find)
        .ok_or_else(|| EngineError::new("RuntimeDied", "The runtime ended at once."))?;
    let (sender, ended) = watch::channel(None);
    tokio::spawn(async move {
        // Waiting also takes the zombie away.
        match child.wait().await {
            Ok(status) => drop(sender.send(Some(status))),
            Err(error) => tracing::warn!(%error, "a runtime could not be waited for"),
        }
    });
    let runtime = Runtime {
        session: environment.session.clone(),
        handle: Handle::Process {
            process: process.pid,
            started: process.started,
        },
        socket,
    };
    Ok(Started { runtime, ended })
}

/// Whether that very runtime lives.
pub(super) fn is_alive(runtime: &Runtime) -> bool {
    let Some((process, started)) = runtime.process() else {
        return false;
    };
    proc::lives(process, started)
        && proc::variable(process, SESSION_MARK).as_deref() == Some(runtime.session.as_str())
}

/// Returns soon after the runtime has ended, also when it is not our child: the kernel tells only parents.
pub(super) async fn ended(runtime: &Runtime) {
    const LOOK: Duration = Duration::from_millis(200);
    let Some((process, started)) = runtime.process() else {
        return;
    };
    while proc::lives(process, started) {
        tokio::time::sleep(LOOK).await;
    }
}
