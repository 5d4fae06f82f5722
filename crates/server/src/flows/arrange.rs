//! Moves, deletes and restores files of a flow, one request at a time. What defines a flow stays where it is.

use flowdeck_contract::{
    Millis,
    files::FileEntry,
    ids::{FilePath, FlowId},
    moving_files::{
        AllDeletedFiles, DeleteFiles, DeletedFiles, FileMove, MOST_AT_ONCE, MoveFiles, MovedFiles,
    },
    timeline::By,
};
use flowdeck_flow::rename_paths;

use super::{FlowError, Flows};
use crate::files::{FileError, FlowFolder, Precondition};

impl Flows {
    /// [`FlowFolder::make_folder`].
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn make_folder(&self, flow: &FlowId, path: &FilePath) -> Result<FileEntry, FlowError> {
        let folder = self.folder(flow)?;
        let _one = self.saving.lock();
        Ok(folder.make_folder(path)?)
    }

    /// [`FlowFolder::move_all`], and with it the paths in the definition where that is asked for.
    ///
    /// # Errors
    /// [`FlowError`]; nothing has changed then.
    pub fn move_files(&self, flow: &FlowId, asked: &MoveFiles) -> Result<MovedFiles, FlowError> {
        let folder = self.folder(flow)?;
        let moves = &asked.moves;
        bounded(moves.len())?;
        self.require_no_definition(flow, &folder, moves.iter().map(|file| &file.from))?;
        let _one = self.saving.lock();
        let edit = match asked.update_definition {
            true => Some(self.with_paths(flow, &folder, moves)?),
            false => None,
        };
        let entries = folder.move_all(moves)?;
        let definition = match edit.flatten() {
            None => None,
            Some((path, seen, text)) => {
                let saved = folder.save(&path, &seen, text.as_bytes());
                let saved = saved.inspect_err(|_| folder.move_back(moves))?;
                Some(saved.entry)
            }
        };
        Ok(MovedFiles {
            entries,
            definition,
        })
    }

    /// [`FlowFolder::delete_all`].
    ///
    /// # Errors
    /// [`FlowError`]; nothing has changed then.
    pub fn delete_files(
        &self,
        flow: &FlowId,
        asked: &DeleteFiles,
        by: By,
        now: Millis,
    ) -> Result<DeletedFiles, FlowError> {
        let folder = self.folder(flow)?;
        bounded(asked.files.len())?;
        self.require_no_definition(flow, &folder, asked.files.iter().map(|file| &file.path))?;
        let _one = self.saving.lock();
        Ok(folder.delete_all(&asked.files, by, now)?)
    }

    /// [`FlowFolder::deleted`].
    ///
    /// # Errors
    /// [`FlowError`].
    pub fn deleted_files(&self, flow: &FlowId) -> Result<AllDeletedFiles, FlowError> {
        Ok(self.folder(flow)?.deleted()?)
    }

    /// [`FlowFolder::restore`].
    ///
    /// # Errors
    /// [`FlowError`]; nothing has changed then.
    pub fn restore_files(&self, flow: &FlowId, id: &str) -> Result<Vec<FilePath>, FlowError> {
        let folder = self.folder(flow)?;
        let _one = self.saving.lock();
        Ok(folder.restore(id)?)
    }

    /// Deletes for good what was deleted from the folders of flows long enough ago.
    ///
    /// # Errors
    /// [`FlowError::Unreadable`] when the flows folder itself can't be read.
    pub fn purge_deleted_files(&self, now: Millis) -> Result<(), FlowError> {
        for flow in self.search()?.folders {
            let _one = self.saving.lock();
            // One folder that can't be read keeps no other from being looked at.
            let purged = self.folder(&flow).map(|folder| folder.purge_deleted(now));
            if let Ok(Err(error)) = purged {
                tracing::warn!(%flow, %error, "files deleted long ago could not be deleted for good");
            }
        }
        Ok(())
    }

    /// The definition with the new paths, and what it must still be; none where it names nothing that moves.
    fn with_paths(
        &self,
        flow: &FlowId,
        folder: &FlowFolder,
        moves: &[FileMove],
    ) -> Result<Option<(FilePath, Precondition, String)>, FlowError> {
        let (path, _) = self.definition(flow, folder)?;
        let file = folder.read(&path)?;
        let moves: Vec<(&str, &str)> = moves
            .iter()
            .map(|FileMove { from, to }| (from.as_str(), to.as_str()))
            .collect();
        let edited = rename_paths(&file.text, &moves)
            .map_err(|_| FileError::DefinitionPaths(path.to_string()))?;
        let seen = Precondition::Is(vec![file.etag]);
        Ok((edited != file.text).then_some((path, seen, edited)))
    }

    /// Refuses what defines this flow, and what another flow is in.
    fn require_no_definition<'f>(
        &self,
        flow: &FlowId,
        folder: &FlowFolder,
        paths: impl Iterator<Item = &'f FilePath>,
    ) -> Result<(), FlowError> {
        let own = match self.definition(flow, folder) {
            Ok((definition, _)) => Some(definition),
            Err(FlowError::NotFound(_)) => None,
            Err(error) => return Err(error),
        };
        let others = self.search()?.folders;
        for path in paths {
            if own.as_ref() == Some(path) {
                return Err(FileError::Definition(path.to_string()).into());
            }
            let Ok(place) = FlowId::try_from(format!("{}/{}", flow.folder(), path.as_str())) else {
                continue;
            };
            let is_there = |other: &&FlowId| {
                *other != flow && other.is_within(&place) && self.require(other).is_ok()
            };
            if let Some(other) = others.iter().find(is_there) {
                let (path, flow) = (path.to_string(), other.clone());
                return Err(FileError::OtherFlow { path, flow }.into());
            }
        }
        Ok(())
    }
}

fn bounded(count: usize) -> Result<(), FileError> {
    match count {
        1..=MOST_AT_ONCE => Ok(()),
        _ => Err(FileError::TooMany),
    }
}
