//! promptflow's executor service: a process group of its own that outlives the server.

use std::process::Stdio;

use flowdeck_access::disk::{private_folder, remove};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{environment, held::Held, machine::Machine, proc};
use crate::{
    engine::{Address, EngineError, EnvironmentId, Handle, Runtime},
    executor::{SERVICE, VARIABLES},
    log::LogFile,
};

/// What a runtime is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Leader {
    /// The process that leads it.
    process: u32,
    /// When it started, in the kernel's ticks: tells it from a later one of the same number.
    started: u64,
}

/// The process that leads a runtime, and when that started; `None` when it is another engine's.
pub(super) fn leader(runtime: &Runtime) -> Option<(u32, u64)> {
    let leader: Leader = runtime.handle.read()?;
    Some((leader.process, leader.started))
}

/// A runtime that we started ourselves, which tells how it ends.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) runtime: Runtime,
    pub(super) held: Held,
}

/// Starts the executor of an environment.
pub(super) fn start(
    machine: &Machine,
    environment: &EnvironmentId,
    log: &LogFile,
) -> Result<Started, EngineError> {
    let folder = machine.folders.runtime(&environment.session);
    let temporary = folder.join("tmp");
    let socket = machine.folders.socket(environment);
    let prepared = private_folder(&temporary).and_then(|()| remove(&socket));
    prepared.map_err(|error| EngineError::io("Preparing the runtime's folder", &error))?;
    let output = log.open().and_then(|file| Ok((file.try_clone()?, file)));
    let (stdout, stderr) =
        output.map_err(|error| EngineError::io("Opening the session's log", &error))?;

    let python = machine.folders.environment(environment).join("bin/python");
    let mut command = environment::flow_command(machine, &python, &environment.session);
    command
        .args(["-c", SERVICE])
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
    let ended_at_once = || EngineError::new("RuntimeDied", "The runtime ended at once.");
    let pid = child.id().ok_or_else(ended_at_once)?;
    let process = proc::find(pid)
        .map_err(|error| EngineError::io("Looking at the runtime", &error))?
        .ok_or_else(ended_at_once)?;
    let held = Held::take(process.pid, process.started)
        .map_err(|error| EngineError::io("Looking at the runtime", &error))?
        .ok_or_else(ended_at_once)?;
    let (sender, status) = watch::channel(None);
    tokio::spawn(async move {
        // Waiting also takes the zombie away.
        match child.wait().await {
            Ok(status) => drop(sender.send(Some(status))),
            Err(error) => tracing::warn!(%error, "a runtime could not be waited for"),
        }
    });
    let runtime = Runtime {
        session: environment.session.clone(),
        handle: Handle::of(&Leader {
            process: process.pid,
            started: process.started,
        })?,
        address: Address::Unix(socket),
    };
    Ok(Started {
        runtime,
        held: held.with_status(status),
    })
}
