//! Folders and files of the server's own.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use tokio::task::JoinError;

use crate::error::EngineError;

/// What is in a folder; nothing when it is none.
pub fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// Does what holds up a thread, such as reading folders, where it keeps nothing else waiting.
///
/// # Errors
/// Those of `work`; also when it has panicked.
pub async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<JoinError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await?
}

/// Removes a file or folder; fine when there is none.
pub fn remove(path: &Path) -> io::Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Removes files and folders; those that are not there are fine.
pub async fn remove_all(paths: Vec<PathBuf>, what: &'static str) -> Result<(), EngineError> {
    let removed = blocking(move || paths.iter().try_for_each(|path| remove(path))).await;
    removed.map_err(|error: io::Error| EngineError::io(what, &error))
}

/// A folder that only this user can enter, removed when it is dropped.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes it in the place of what was there.
    pub fn make(path: PathBuf) -> io::Result<Self> {
        remove(&path)?;
        private_folder(&path)?;
        Ok(Self(path))
    }

    /// One for the downloads of an install that has a folder for them.
    pub fn for_downloads(path: Option<PathBuf>) -> Result<Option<Self>, EngineError> {
        let made = path.map(Self::make).transpose();
        made.map_err(|error| EngineError::io("Making a folder for downloads", &error))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a passing folder could not be removed");
        }
    }
}

/// Makes a folder that only this user can enter.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}
