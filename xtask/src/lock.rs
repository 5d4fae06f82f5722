//! File locks between processes; the system releases them when their holder ends, however it ends.

use anyhow::{Context, Result};
use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

/// Held until dropped.
#[must_use]
pub(crate) struct Lock {
    _file: File,
}

/// Waits for the lock at `path` and says so when another process holds it.
pub(crate) fn acquire(path: &Path, purpose: &str) -> Result<Lock> {
    let context = || format!("cannot lock {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(context)?;
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(context)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another `cargo xtask` to finish {purpose}");
            file.lock().with_context(context)?;
        }
        Err(TryLockError::Error(error)) => return Err(error).with_context(context),
    }
    Ok(Lock { _file: file })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    #[test]
    fn a_lock_excludes_others_until_it_is_dropped() {
        let folder = temporary_folder("lock");
        let path = folder.path().join("deep/lock");
        let held = acquire(&path, "a test").unwrap();
        let other = File::options().write(true).open(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        assert!(other.try_lock().is_ok());
    }
}
