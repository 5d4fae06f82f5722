//! The base environment: the locked packages every session starts with, made once per lock and Python.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use sha2::{Digest as _, Sha256};

use super::{
    environment, failure, install,
    layout::{Layout, hex},
    output,
    tools::Tools,
    uv,
};
use crate::{engine::EngineError, log::LogFile};

/// Every base package, for every Python supported, with hashes.
pub(crate) const LOCK: &str = include_str!("../../base/base.lock");
/// Written last: an environment without it was not finished.
pub(crate) const READY: &str = ".ready";

/// The folder of the base environment for a Python.
pub(crate) fn folder(layout: &Layout, tools: &Tools) -> PathBuf {
    let mut hash = Sha256::new();
    for part in [
        LOCK,
        &tools.python.version,
        &tools.python.path.to_string_lossy(),
    ] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    layout.bases().join(&hex(&hash.finalize())[..16])
}

/// Whether a base environment is whole.
pub(crate) fn is_ready(folder: &Path) -> bool {
    folder.join(READY).exists()
}

/// Makes the base environment unless it is there; another process that makes it is waited for. Gives what was done.
pub(crate) async fn prepare(
    layout: &Layout,
    tools: &Tools,
    log: &LogFile,
) -> Result<Option<String>, EngineError> {
    let folder = folder(layout, tools);
    if is_ready(&folder) {
        return Ok(None);
    }
    let _lock = lock(layout.bases(), &folder).await?;
    if is_ready(&folder) {
        return Ok(None);
    }
    let began = Instant::now();
    remove(&folder)
        .map_err(|error| EngineError::io("Removing an unfinished base environment", &error))?;
    make(layout, tools, &folder, log).await?;
    fs::write(folder.join(READY), "")
        .map_err(|error| EngineError::io("Finishing the base environment", &error))?;
    let packages = install::packages(&folder)
        .map_err(|error| EngineError::io("Reading the base packages", &error))?;
    let seconds = began.elapsed().as_secs_f32();
    Ok(Some(format!(
        "installed {} base packages in {seconds:.0} s",
        packages.len()
    )))
}

/// An exclusive lock beside the folder, which the kernel takes back when its holder dies.
pub(crate) async fn lock(bases: &Path, folder: &Path) -> Result<fs::File, EngineError> {
    let path = folder.with_extension("lock");
    fs::create_dir_all(bases)
        .map_err(|error| EngineError::io("Making the folder of base environments", &error))?;
    let locked = tokio::task::spawn_blocking(move || {
        let file = fs::File::create(path)?;
        file.lock()?;
        Ok(file)
    });
    let locked = locked
        .await
        .map_err(io::Error::other)
        .and_then(|result| result);
    locked.map_err(|error: io::Error| EngineError::io("Locking the base environment", &error))
}

async fn make(
    layout: &Layout,
    tools: &Tools,
    folder: &Path,
    log: &LogFile,
) -> Result<(), EngineError> {
    let marked = uv::preparation()?;
    let mut venv = environment::command(layout, &tools.uv, &marked);
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
    let mut sync = environment::command(layout, &tools.uv, &marked);
    sync.args([
        "pip",
        "sync",
        "--no-config",
        "--color",
        "never",
        "--no-progress",
        "--require-hashes",
        "--compile-bytecode",
        "--python",
    ])
    .arg(folder.join("bin/python"))
    .arg(&lock)
    .envs(&tools.variables);
    let output = output::run(sync, "Installing the base packages", Some(log)).await?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failure::of_install(&output.lines))
    }
}

/// Removes base environments that were not finished when their maker died.
pub(crate) fn remove_unfinished(bases: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(bases) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let folder = entry?.path();
        if !folder.is_dir() || is_ready(&folder) {
            continue;
        }
        // Who holds the lock is at work.
        let lock = fs::File::create(folder.with_extension("lock"))?;
        if lock.try_lock().is_ok() && !is_ready(&folder) {
            remove(&folder)?;
        }
    }
    Ok(())
}

/// Removes a folder with all that is in it; fine when there is none.
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
