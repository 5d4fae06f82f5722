//! Saves and removes files: whole or not at all.

use std::{
    io::{self, Write},
    os::unix::fs::fchown,
    path::{Path, PathBuf},
};

use cap_std::fs::{Dir, File, Metadata, MetadataExt, OpenOptions};
use flowdeck_contract::{
    files::{EDITABLE_LIMIT, FileEntry, TooLarge},
    ids::FilePath,
};

use crate::files::{
    ETag, FileError, FlowFolder, Precondition, folder::refuse_hidden, names::temporary,
};

/// What a save did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The file as it is now.
    pub entry: FileEntry,
    /// Whether it is new.
    pub created: bool,
}

impl FlowFolder {
    /// Writes a text file atomically if `precondition` holds: to a temporary file beside it, which then takes its place
    /// and its mode. A link to a file inside the flow folder stays a link.
    ///
    /// The caller lets in one save at a time; another program can still come between the last look and the rename.
    ///
    /// # Errors
    /// [`FileError`]; the file is as it was then.
    pub fn save(
        &self,
        path: &FilePath,
        precondition: &Precondition,
        content: &[u8],
    ) -> Result<Saved, FileError> {
        refuse_hidden(path)?;
        check_text(path, content)?;
        let now = self.check(path, precondition)?;
        if now.is_none() {
            self.make_parents(path)?;
        }
        let place = self.place(path)?;
        let of = |error| FileError::of(path, error);
        let temporary =
            Temporary::write(&place.parent, content, place.replaced.as_ref()).map_err(of)?;
        self.check(path, precondition)?;
        let created = now.is_none();
        match temporary.put(&place.name, created) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(self.exists(path)),
            put => put.map_err(of),
        }?;
        let entry = self.entry(path)?;
        Ok(Saved {
            entry: entry.ok_or_else(|| FileError::NotFound(path.to_string()))?,
            created,
        })
    }

    /// Removes a file (a link, not what it points to) if `precondition` holds.
    ///
    /// # Errors
    /// [`FileError`]; folders are not removed.
    pub fn remove(
        &self,
        path: &FilePath,
        precondition: Option<&Precondition>,
    ) -> Result<(), FileError> {
        refuse_hidden(path)?;
        if let Some(precondition) = precondition {
            self.check(path, precondition)?;
        }
        self.dir
            .remove_file(path.as_str())
            .map_err(|error| FileError::of(path, error))
    }

    /// The file's tag now, if `precondition` holds for it.
    fn check(
        &self,
        path: &FilePath,
        precondition: &Precondition,
    ) -> Result<Option<ETag>, FileError> {
        let now = match self.read_bytes(path) {
            Ok(bytes) => Some(ETag::of(&bytes)),
            Err(FileError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        if precondition.holds(now.as_ref()) {
            return Ok(now);
        }
        let path = path.to_string();
        Err(match precondition {
            Precondition::Absent => FileError::Exists { path, now },
            Precondition::Is(_) | Precondition::Exists => FileError::Changed { path, now },
        })
    }

    fn exists(&self, path: &FilePath) -> FileError {
        let now = self.read_bytes(path).ok().map(|bytes| ETag::of(&bytes));
        FileError::Exists {
            path: path.to_string(),
            now,
        }
    }

    pub(super) fn make_parents(&self, path: &FilePath) -> Result<(), FileError> {
        match path.parent() {
            Some(parent) => self
                .dir
                .create_dir_all(parent)
                .map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => FileError::NotAFolder(parent.to_owned()),
                    _ => FileError::of(parent, error),
                }),
            None => Ok(()),
        }
    }

    /// Where the bytes of `path` stand, links followed.
    fn place(&self, path: &FilePath) -> Result<SaveTarget, FileError> {
        let of = |error| FileError::of(path, error);
        let real = match self.dir.canonicalize(path.as_str()) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => PathBuf::from(path.as_str()),
            Err(error) => return Err(of(error)),
        };
        let parent = match real.parent() {
            Some(parent) if parent != Path::new("") => self.dir.open_dir(parent),
            _ => self.dir.try_clone(),
        };
        let parent = parent.map_err(of)?;
        let name = PathBuf::from(real.file_name().unwrap_or(real.as_os_str()));
        let replaced = parent
            .symlink_metadata(&name)
            .ok()
            .filter(Metadata::is_file);
        Ok(SaveTarget {
            parent,
            name,
            replaced,
        })
    }
}

fn check_text(path: &FilePath, content: &[u8]) -> Result<(), FileError> {
    if content.len() as u64 > EDITABLE_LIMIT {
        return Err(FileError::TooLarge(TooLarge::to_edit(path.as_str())));
    }
    if content.contains(&0) || std::str::from_utf8(content).is_err() {
        return Err(FileError::NotText(path.to_string()));
    }
    Ok(())
}

struct SaveTarget {
    parent: Dir,
    name: PathBuf,
    /// The file that will be replaced.
    replaced: Option<Metadata>,
}

/// A file on its way; gone when dropped before it is put in its place.
struct Temporary<'a> {
    parent: &'a Dir,
    name: String,
}

impl<'a> Temporary<'a> {
    fn write(parent: &'a Dir, content: &[u8], like: Option<&Metadata>) -> io::Result<Self> {
        let name = temporary();
        let mut file = parent.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
        let temporary = Self { parent, name };
        file.write_all(content)?;
        if let Some(like) = like {
            take_after(&file, like)?;
        }
        file.sync_all()?;
        Ok(temporary)
    }

    /// Moves it to `name`; where the file is to be new, never over one that came meanwhile.
    fn put(self, name: &Path, new: bool) -> io::Result<()> {
        if new {
            match self.parent.hard_link(&self.name, self.parent, name) {
                // File systems without hard links: a look, then a rename.
                Err(error) if lacks_links(&error) && !self.parent.try_exists(name)? => {
                    self.parent.rename(&self.name, self.parent, name)?;
                }
                linked => linked?,
            }
        } else {
            self.parent.rename(&self.name, self.parent, name)?;
        }
        // The name is as safe as the content only when the folder has reached the disk, which not every file system
        // lets one ask for; the file is in its place either way.
        if let Err(error) = self.parent.open(".").and_then(|folder| folder.sync_all()) {
            tracing::debug!(%error, "the folder of a saved file could not be flushed");
        }
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        match self.parent.remove_file(&self.name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(name = self.name, %error, "a temporary file could not be removed");
            }
            _ => {}
        }
    }
}

fn lacks_links(error: &io::Error) -> bool {
    error.raw_os_error().is_some()
        && matches!(
            error.kind(),
            io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
        )
}

/// Gives `file` the mode and, where the server may, the owner of the file that it replaces.
fn take_after(file: &File, like: &Metadata) -> io::Result<()> {
    let owner = file.metadata()?;
    if (owner.uid(), owner.gid()) != (like.uid(), like.gid()) {
        // Only root may give files away; everybody else keeps what they write.
        let _ = fchown(file, Some(like.uid()), Some(like.gid()));
    }
    file.set_permissions(like.permissions())
}
