//! A folder for one test of xtask itself.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

/// Removed when dropped.
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // A folder that is gone already is what was wanted.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An empty folder; `name` tells tests of one process apart.
pub(crate) fn temporary_folder(name: &str) -> TemporaryFolder {
    let path = env::temp_dir().join(format!("flowdeck-xtask-{name}-{}", process::id()));
    fs::create_dir_all(&path).unwrap();
    TemporaryFolder(path)
}
