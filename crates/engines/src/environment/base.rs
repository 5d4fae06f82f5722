//! Base environments: what sessions start with, made once and shared. How they are made is the engines' business.

use std::{fs, io, path::Path};

use flowdeck_access::disk::remove;

use crate::engine::EngineError;

/// Every base package, for every Python supported, with hashes.
pub(crate) const LOCK: &str = include_str!("../../base/base.lock");
/// Written last: an environment without it was not finished.
pub(crate) const READY: &str = ".ready";

/// Whether a base environment is whole.
pub(crate) fn is_ready(folder: &Path) -> bool {
    folder.join(READY).exists()
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
