//! Makes folders, and gives files and folders other paths: all of them or none, and never over anything.

use std::{
    io,
    path::{Path, PathBuf},
};

use cap_std::fs::Dir;
use flowdeck_contract::{files::FileEntry, ids::FilePath, moving_files::FileMove};

use super::{FileError, FlowFolder, folder::refuse_hidden, free_name::rename_to_free};

impl FlowFolder {
    /// Makes a folder, with those that it's in.
    ///
    /// # Errors
    /// [`FileError`], also when there is something of that name.
    pub fn make_folder(&self, path: &FilePath) -> Result<FileEntry, FileError> {
        refuse_hidden(path)?;
        self.make_parents(path)?;
        match self.dir.create_dir(path.as_str()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(self.is_taken(path));
            }
            made => made.map_err(|error| FileError::of(path, error))?,
        }
        self.entry_of(path)
    }

    /// Moves files and folders, one after the other. A link is moved itself.
    ///
    /// # Errors
    /// [`FileError`]; what had moved is back where it was then.
    pub fn move_all(&self, moves: &[FileMove]) -> Result<Vec<FileEntry>, FileError> {
        for FileMove { from, to } in moves {
            refuse_hidden(from)?;
            refuse_hidden(to)?;
            if is_below(to, from) {
                return Err(FileError::InItself(from.to_string()));
            }
        }
        for (at, FileMove { from, to }) in moves.iter().enumerate() {
            let moved = self.make_parents(to).and_then(|()| self.rename(from, to));
            if let Err(error) = moved {
                self.move_back(&moves[..at]);
                return Err(error);
            }
        }
        let entries = moves.iter().map(|FileMove { to, .. }| self.entry_of(to));
        entries.collect()
    }

    /// Undoes moves, the last one first.
    pub(crate) fn move_back(&self, moves: &[FileMove]) {
        for FileMove { from, to } in moves.iter().rev() {
            if let Err(error) = self.rename(to, from) {
                tracing::error!(%from, %to, %error, "a moved file could not be moved back");
            }
        }
    }

    fn rename(&self, from: &FilePath, to: &FilePath) -> Result<(), FileError> {
        let (from_folder, name) = self.parent_of(from)?;
        let (to_folder, new) = self.parent_of(to)?;
        match rename_to_free(&from_folder, name, &to_folder, new) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(self.is_taken(to)),
            renamed => renamed.map_err(|error| FileError::of(from, error)),
        }
    }

    /// The folder that a file is in, and the file's name there.
    pub(super) fn parent_of<'p>(&self, path: &'p FilePath) -> Result<(Dir, &'p Path), FileError> {
        let folder = match path.parent() {
            Some(parent) => self.dir.open_dir(parent),
            None => self.dir.try_clone(),
        };
        let folder = folder.map_err(|error| FileError::of(path, error))?;
        Ok((folder, Path::new(path.file_name())))
    }

    /// What is there now, which somebody has just put there.
    pub(super) fn entry_of(&self, path: &FilePath) -> Result<FileEntry, FileError> {
        let entry = self.entry(path)?;
        entry.ok_or_else(|| FileError::NotFound(path.to_string()))
    }

    pub(super) fn is_taken(&self, path: &FilePath) -> FileError {
        FileError::Exists {
            path: path.to_string(),
            now: None,
        }
    }
}

fn is_below(path: &FilePath, folder: &FilePath) -> bool {
    PathBuf::from(path.as_str()).starts_with(folder.as_str())
}
