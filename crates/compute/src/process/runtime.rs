//! promptflow's executor service: a process group of its own that outlives the server.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::sync::watch;

use super::{environment, layout::Layout, proc};
use crate::{
    engine::{EngineError, EnvironmentId, Handle, Runtime},
    log::LogFile,
};

/// A runtime that we started ourselves tells how it ended; of others only that they did.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) runtime: Runtime,
    pub(crate) ended: watch::Receiver<Option<ExitStatus>>,
}

/// Starts the executor of an environment.
pub(crate) fn start(
    layout: &Layout,
    environment: &EnvironmentId,
    log: &LogFile,
) -> Result<Started, EngineError> {
    let folder = layout.runtime(&environment.session);
    let temporary = folder.join("tmp");
    let socket = layout.socket(environment);
    let prepared = private_folder(&temporary).and_then(|()| remove_file(&socket));
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
        .env("PF_DISABLE_TRACING", "true")
        .env("PF_TRACING_SKIP_EXPORTER_SETUP_FROM_ENVIRON", "true")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PF_LOGGING_LEVEL", "INFO")
        .env("TELEMETRY_ENABLED", "false")
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

/// Makes a folder that only this user can enter.
pub(crate) fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Whether that very runtime lives.
pub(crate) fn is_alive(runtime: &Runtime) -> bool {
    let Some((process, started)) = runtime.process() else {
        return false;
    };
    proc::lives(process, started)
        && proc::variable(process, environment::SESSION_MARK).as_deref()
            == Some(runtime.session.as_str())
}

/// Returns soon after the runtime has ended, also when it is not our child: the kernel tells only parents.
pub(crate) async fn ended(runtime: &Runtime) {
    const LOOK: Duration = Duration::from_millis(200);
    let Some((process, started)) = runtime.process() else {
        return;
    };
    while proc::lives(process, started) {
        tokio::time::sleep(LOOK).await;
    }
}

/// Why a runtime ended, as far as that can be known. `memory_kills` is the kernel's count from when it started.
pub(crate) fn reason(status: Option<ExitStatus>, memory_kills: u64) -> EngineError {
    let out_of_memory = proc::memory_kills() > memory_kills;
    let start_again = "Start the session again.";
    let (how, remedy) = match status {
        Some(status) if status.signal() == Some(9) && out_of_memory => (
            "because the machine ran out of memory".to_owned(),
            "Give the machine more memory, or make the flow use less; then start the session again.",
        ),
        Some(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => (
                format!("because it was sent the signal {}", name(signal)),
                start_again,
            ),
            (None, Some(code)) => (
                format!("with exit code {code}"),
                "The log shows what it said last.",
            ),
            (None, None) => ("for a reason that is not known".to_owned(), start_again),
        },
        None if out_of_memory => (
            "probably because the machine ran out of memory".to_owned(),
            start_again,
        ),
        None => ("for a reason that is not known".to_owned(), start_again),
    };
    EngineError::new("RuntimeDied", format!("The runtime ended {how}.")).with_remedy(remedy)
}

fn name(signal: i32) -> String {
    let known = [
        (1, "SIGHUP"),
        (2, "SIGINT"),
        (4, "SIGILL"),
        (6, "SIGABRT"),
        (7, "SIGBUS"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
        (15, "SIGTERM"),
    ];
    known
        .iter()
        .find(|(number, _)| *number == signal)
        .map_or_else(|| signal.to_string(), |(_, name)| (*name).to_owned())
}
