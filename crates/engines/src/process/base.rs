//! The base environment: the locked packages every session starts with, made once per lock and Python.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use flowdeck_access::disk::remove;

use super::{environment, machine::Machine, tools::Tools};
use crate::{
    engine::{EngineError, Pace},
    environment::{
        base::{LOCK, READY, is_ready, lock},
        bytecode,
        packages::packages,
    },
    install::{failure, output, preparation},
    log::LogFile,
};

/// The folder of the base environment for a Python.
pub(super) fn folder(machine: &Machine, tools: &Tools) -> PathBuf {
    let python = &tools.python;
    let path = python.path.to_string_lossy();
    machine.folders.base([&*python.version, &*path])
}

/// Makes the base environment unless it is there; another process that makes it is waited for. Gives what was done.
pub(super) async fn prepare(
    machine: &Machine,
    tools: &Tools,
    log: &LogFile,
) -> Result<Option<String>, EngineError> {
    let folder = folder(machine, tools);
    if is_ready(&folder) {
        return Ok(None);
    }
    let _lock = lock(machine.folders.bases(), &folder).await?;
    if is_ready(&folder) {
        return Ok(None);
    }
    let began = Instant::now();
    remove(&folder)
        .map_err(|error| EngineError::io("Removing an unfinished base environment", &error))?;
    make(machine, tools, &folder, log).await?;
    fs::write(folder.join(READY), "")
        .map_err(|error| EngineError::io("Finishing the base environment", &error))?;
    let packages =
        packages(&folder).map_err(|error| EngineError::io("Reading the base packages", &error))?;
    let seconds = began.elapsed().as_secs_f32();
    Ok(Some(format!(
        "installed {} base packages in {seconds:.0} s",
        packages.len()
    )))
}

async fn make(
    machine: &Machine,
    tools: &Tools,
    folder: &Path,
    log: &LogFile,
) -> Result<(), EngineError> {
    let marked = preparation()?;
    let mut venv = environment::command(machine, &tools.uv, &marked);
    venv.args([
        "venv",
        "--no-project",
        "--no-config",
        "--color",
        "never",
        "--python",
    ])
    .arg(&tools.python.path)
    .arg(folder);
    let output = output::run(venv, "Making the base environment", Some(log)).await?;
    if !output.status.success() {
        return Err(failure::of_install(&output.lines));
    }
    let lock = folder.join("base.lock");
    fs::write(&lock, LOCK).map_err(|error| EngineError::io("Writing the base lock", &error))?;
    let mut sync = environment::command(machine, &tools.uv, &marked);
    sync.args([
        "pip",
        "sync",
        "--no-config",
        "--color",
        "never",
        "--no-progress",
        "--require-hashes",
        "--python",
    ])
    .arg(folder.join("bin/python"))
    .arg(&lock)
    .envs(&tools.variables);
    let output = output::run(sync, "Installing the base packages", Some(log)).await?;
    if !output.status.success() {
        return Err(failure::of_install(&output.lines));
    }
    let loaded = bytecode::loaded(folder, folder)
        .map_err(|error| EngineError::io("Writing the list of modules", &error))?;
    if !compile(machine, folder, loaded).await? {
        log.line("Not every module could be compiled. The runtime compiles what it loads.");
    }
    Ok(())
}

/// Compiles what no runtime loads, unless that is done.
pub(super) async fn complete(
    machine: &Machine,
    tools: &Tools,
    pace: Pace,
) -> Result<(), EngineError> {
    let folder = folder(machine, tools);
    if bytecode::is_complete(&folder) {
        return Ok(());
    }
    let _lock = lock(machine.folders.bases(), &folder).await?;
    if bytecode::is_complete(&folder) || !is_ready(&folder) {
        return Ok(());
    }
    if compile(machine, &folder, bytecode::all(&folder, pace)).await? {
        bytecode::completed(&folder)
            .map_err(|error| EngineError::io("Finishing the base environment", &error))?;
    }
    Ok(())
}

/// Whether Python has compiled what these arguments say.
async fn compile(
    machine: &Machine,
    folder: &Path,
    arguments: Vec<String>,
) -> Result<bool, EngineError> {
    let python = folder.join("bin/python");
    let mut command = environment::command(machine, &python, &preparation()?);
    command.args(arguments);
    let output = output::run(command, "Compiling the base packages", None).await?;
    Ok(output.status.success())
}
