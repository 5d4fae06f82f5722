//! Files and folders of a flow that are made, moved, deleted and restored.

use flowdeck_contract::{
    files::FileEntry,
    ids::{FilePath, FlowId},
    moving_files::{AllDeletedFiles, DeleteFiles, DeletedFiles, MoveFiles, MovedFiles, NewFolder},
    paths,
};
use serde_json::json;

use super::{Api, ApiError};

impl Api {
    /// Makes a folder.
    pub async fn make_folder(&self, flow: &FlowId, path: FilePath) -> Result<FileEntry, ApiError> {
        let at = paths::file_folders(&self.project(), flow);
        self.post(&at, &NewFolder { path }).await
    }

    /// Gives files and folders other paths: all of them or none.
    pub async fn move_files(
        &self,
        flow: &FlowId,
        asked: &MoveFiles,
    ) -> Result<MovedFiles, ApiError> {
        self.post(&paths::file_moves(&self.project(), flow), asked)
            .await
    }

    /// Deletes files and folders: all of them or none. They can be restored for a while.
    pub async fn delete_files(
        &self,
        flow: &FlowId,
        asked: &DeleteFiles,
    ) -> Result<DeletedFiles, ApiError> {
        self.post(&paths::deleted_files(&self.project(), flow), asked)
            .await
    }

    /// What can be restored.
    pub async fn deleted_files(&self, flow: &FlowId) -> Result<AllDeletedFiles, ApiError> {
        self.get(&paths::deleted_files(&self.project(), flow)).await
    }

    /// Puts back what was deleted together.
    pub async fn restore_files(&self, flow: &FlowId, deleted: &str) -> Result<(), ApiError> {
        let at = paths::deleted_files_restore(&self.project(), flow, deleted);
        self.post_only(&at, &json!({})).await
    }
}
