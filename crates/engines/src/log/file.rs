//! Appending to a log.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// A log that several processes append to.
#[derive(Clone, Debug)]
pub struct LogFile {
    path: PathBuf,
}

impl LogFile {
    /// The log at `path`, which is made when the first line comes.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it for appending, as a process's output.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<File> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)
    }

    /// Appends a line, in one write so that lines of several writers do not mix. A log that cannot be written is no
    /// reason to fail what it tells of; the server's own log says so.
    pub fn line(&self, text: impl AsRef<str>) {
        let line = format!("{}\n", text.as_ref());
        if let Err(error) = self
            .open()
            .and_then(|mut file| file.write_all(line.as_bytes()))
        {
            tracing::warn!(path = %self.path.display(), %error, "a log line could not be written");
        }
    }
}
