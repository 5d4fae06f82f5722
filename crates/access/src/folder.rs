//! The one way in which files that a flow names are read: beneath a folder, regular files alone, up to a size, and
//! without waiting for what never answers.

mod beneath;
mod writing;

use std::{
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, File, OpenOptions, OpenOptionsExt as _},
};
use flowdeck_contract::files::{EDITABLE_LIMIT, TooLarge};
use thiserror::Error;

pub use self::{beneath::FileBeneath, writing::Kept};

/// The largest file that is read whole, in bytes, unless said otherwise: what can be edited can be read.
pub const LIMIT: u64 = EDITABLE_LIMIT;

/// Opening a pipe must not wait for its other end (Linux's `O_NONBLOCK`).
const NON_BLOCKING: i32 = 0o4000;
/// What Linux says of links in a circle (`ELOOP`).
const LINK_LOOP: i32 = 40;

/// A folder of a user's; what is beyond it, also by links, can't be reached through this.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
    path: PathBuf,
}

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It isn't there.
    #[error("the file doesn't exist")]
    Missing,
    /// It is beyond the folder.
    #[error("it leads outside the folder")]
    Outside,
    /// It is a folder, a pipe, a socket or a device.
    #[error("it isn't a regular file")]
    Special,
    /// It is larger than what is read.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// The operating system refused.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput => Self::Missing,
            // cap-std's own refusal has no error number; the operating system's has.
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Self::Outside,
            io::ErrorKind::IsADirectory => Self::Special,
            _ if error.raw_os_error() == Some(LINK_LOOP) => Self::Outside,
            // Sockets cannot be opened.
            _ if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                Self::Special
            }
            _ => Self::Io(error),
        }
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing => io::ErrorKind::NotFound.into(),
            ReadError::Io(error) => error,
            error => Self::other(error),
        }
    }
}

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let path = path.canonicalize()?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority())?;
        Ok(Self { dir, path })
    }

    /// Where it is, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file at `name`, a relative path, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(&self, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, ReadError> {
        read_in(&self.dir, name, limit)
    }

    /// Reads the text at `name`, of at most [`LIMIT`] bytes.
    ///
    /// # Errors
    /// [`ReadError`], also when it isn't UTF-8.
    pub fn read_text(&self, name: impl AsRef<Path>) -> Result<String, ReadError> {
        let bytes = self.read(name, LIMIT)?;
        String::from_utf8(bytes).map_err(|_| {
            ReadError::Io(io::Error::new(
                io::ErrorKind::InvalidData,
                "it isn't UTF-8 text",
            ))
        })
    }

    /// Copies the file at `name`, of at most `limit` bytes; gives how many there were.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn copy_to(
        &self,
        name: impl AsRef<Path>,
        limit: u64,
        to: &mut impl Write,
    ) -> Result<u64, ReadError> {
        let name = name.as_ref();
        copy(self.open_file(name)?.into_std(), name, limit, to)
    }

    /// Whether a regular file is at `name`.
    ///
    /// # Errors
    /// [`ReadError`], also for what isn't a regular file or leads outside; a missing file isn't an error.
    pub fn has_file(&self, name: impl AsRef<Path>) -> Result<bool, ReadError> {
        match self.open_file(name.as_ref()) {
            Ok(_) => Ok(true),
            Err(ReadError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The relative path of `name` without links and `..`.
    ///
    /// # Errors
    /// [`ReadError`], also when it leads outside.
    pub fn resolve(&self, name: impl AsRef<Path>) -> Result<PathBuf, ReadError> {
        Ok(self.dir.canonicalize(name)?)
    }

    /// The folder at `name` in this one.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn folder(&self, name: impl AsRef<Path>) -> Result<Self, ReadError> {
        let name = name.as_ref();
        Ok(Self {
            dir: self.dir.open_dir(name)?,
            path: self.path.join(name),
        })
    }

    /// The names of what is in it with whether each is a folder or a file, by name. Links and what else there is are
    /// left out.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn entries(&self) -> Result<Vec<(std::ffi::OsString, EntryKind)>, ReadError> {
        let mut entries = Vec::new();
        for entry in self.dir.entries()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                entries.push((entry.file_name(), EntryKind::Folder));
            } else if kind.is_file() {
                entries.push((entry.file_name(), EntryKind::File));
            }
        }
        entries.sort();
        Ok(entries)
    }

    /// Opens the file at `name` to read it.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn open_to_read(&self, name: impl AsRef<Path>) -> Result<std::fs::File, ReadError> {
        Ok(self.open_file(name.as_ref())?.into_std())
    }

    fn open_file(&self, name: &Path) -> Result<File, ReadError> {
        open_in(&self.dir, name)
    }
}

/// Reads the file at `name`, a path relative to `dir`, of at most `limit` bytes: what [`Folder::read`] does, for
/// callers that hold the folder open already.
///
/// # Errors
/// [`ReadError`].
pub fn read_in(dir: &Dir, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, ReadError> {
    let (mut bytes, name) = (Vec::new(), name.as_ref());
    let file = open_in(dir, name)?.into_std();
    copy(file, name, limit, &mut bytes)?;
    Ok(bytes)
}

/// Opens the file at `name`, a path relative to `dir`, to read it: what [`Folder::open_to_read`] does, for callers that hold
/// the folder open already.
///
/// # Errors
/// [`ReadError`].
pub fn open_to_read_in(dir: &Dir, name: impl AsRef<Path>) -> Result<std::fs::File, ReadError> {
    Ok(open_in(dir, name.as_ref())?.into_std())
}

fn open_in(dir: &Dir, name: &Path) -> Result<File, ReadError> {
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(NON_BLOCKING);
    let file = dir.open_with(name, &options)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(ReadError::Special)
    }
}

fn within(file: &std::fs::File, name: &Path, limit: u64) -> Result<(), ReadError> {
    if file.metadata()?.len() > limit {
        return Err(too_large(name, limit));
    }
    Ok(())
}

fn copy(
    file: std::fs::File,
    name: &Path,
    limit: u64,
    to: &mut impl Write,
) -> Result<u64, ReadError> {
    within(&file, name, limit)?;
    // It may grow while it is read.
    let copied = io::copy(&mut file.take(limit.saturating_add(1)), to)?;
    if copied > limit {
        return Err(too_large(name, limit));
    }
    Ok(copied)
}

fn too_large(name: &Path, limit: u64) -> ReadError {
    let name = name.display().to_string();
    ReadError::TooLarge(TooLarge { name, limit })
}

/// What is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    #[test]
    fn regular_files_beneath_the_folder_are_read_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("f");
        fs::create_dir_all(path.join("sub")).unwrap();
        fs::write(root.path().join("secret"), "x").unwrap();
        fs::write(path.join("a"), "text").unwrap();
        symlink("../secret", path.join("out")).unwrap();
        symlink("/etc/hostname", path.join("far")).unwrap();
        symlink("../a", path.join("sub/in")).unwrap();
        symlink("circle", path.join("circle")).unwrap();
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(
            rustix::fs::CWD,
            path.join("pipe"),
            rustix::fs::FileType::Fifo,
            mode,
            0,
        )
        .unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).unwrap();
        let sparse = fs::File::create(path.join("sparse")).unwrap();
        sparse.set_len(10 << 30).unwrap();
        let folder = Folder::open(&path).unwrap();
        assert_eq!(folder.read_text("a").unwrap(), "text");
        assert_eq!(folder.read_text("sub/in").unwrap(), "text");
        for (name, why) in [
            ("none", "doesn't exist"),
            ("a/b", "doesn't exist"),
            ("out", "outside"),
            ("far", "outside"),
            ("circle", "outside"),
            ("../secret", "outside"),
            ("/etc/hostname", "outside"),
            ("sub", "regular"),
            ("pipe", "regular"),
            ("socket", "regular"),
            ("sparse", "too large. The limit is 2 MiB."),
        ] {
            let error = folder.read(name, LIMIT).unwrap_err().to_string();
            assert!(error.contains(why), "{name}: {error}");
        }
    }
}
