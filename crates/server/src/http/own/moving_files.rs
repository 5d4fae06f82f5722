//! Files and folders of a flow that are made, moved, deleted and restored.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_compute::asker;
use flowdeck_contract::{
    error::ErrorResponse,
    files::FileEntry,
    ids::FilePath,
    moving_files::{AllDeletedFiles, DeleteFiles, DeletedFiles, MoveFiles, MovedFiles, NewFolder},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{DeletedFilesPath, FlowPath};
use crate::{
    App,
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make_folder))
        .routes(routes!(move_files))
        .routes(routes!(deleted, delete))
        .routes(routes!(restore))
}

/// Makes a folder in the flow folder.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/file-folders",
    operation_id = "createFolder",
    tag = "files",
    params(FlowPath),
    request_body = NewFolder,
    responses(
        (status = CREATED, body = FileEntry),
        (status = PRECONDITION_FAILED, description = "`FileExists`: there is something of that name", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn make_folder(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<NewFolder>,
) -> ApiResult<(StatusCode, Json<FileEntry>)> {
    app.require_project(&path.project)?;
    let entry = crate::blocking(move || {
        app.flows.require(&path.flow)?;
        let entry = app.flows.make_folder(&path.flow, &asked.path)?;
        app.changes.touched(&app.flows, &path.flow, &asked.path);
        Ok(entry)
    });
    Ok((StatusCode::CREATED, Json(entry.await?)))
}

/// Gives files and folders other paths: all of them or none. Nothing is overwritten. What defines a flow stays.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/file-moves",
    operation_id = "moveFiles",
    tag = "files",
    params(FlowPath),
    request_body = MoveFiles,
    responses(
        (status = OK, body = MovedFiles),
        (status = PRECONDITION_FAILED, description = "`FileExists`: there is something of the new name", body = ErrorResponse),
        (status = CONFLICT, description = "`FileIsDefinition`, `FileOfOtherFlow`: it defines a flow. `FolderInItself`. `DefinitionPathsNotUpdated`: the definition can’t name the new paths", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn move_files(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<MoveFiles>,
) -> ApiResult<Json<MovedFiles>> {
    app.require_project(&path.project)?;
    let moved = crate::blocking(move || {
        let moved = app.flows.move_files(&path.flow, &asked)?;
        for file in &asked.moves {
            touch(&app, &path, [&file.from, &file.to]);
        }
        touch(
            &app,
            &path,
            moved.definition.iter().map(|entry| &entry.path),
        );
        app.compute.touch(&path.flow);
        Ok(moved)
    });
    moved.await.map(Json)
}

/// The files and folders that were deleted and can be restored, the last ones first: at most 500 deletions.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/deleted-files",
    operation_id = "listDeletedFiles",
    tag = "files",
    params(FlowPath),
    responses((status = OK, body = AllDeletedFiles), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn deleted(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<AllDeletedFiles>> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    crate::blocking(move || Ok(flows.deleted_files(&path.flow)?))
        .await
        .map(Json)
}

/// Deletes files and folders: all of them or none. They can be restored for 30 days.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/deleted-files",
    operation_id = "deleteFiles",
    tag = "files",
    params(FlowPath),
    request_body = DeleteFiles,
    responses(
        (status = OK, body = DeletedFiles),
        (status = PRECONDITION_FAILED, description = "`FileChanged`: one is something else now", body = ErrorResponse),
        (status = CONFLICT, description = "`FileIsDefinition`, `FileOfOtherFlow`: it defines a flow", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn delete(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<DeleteFiles>,
) -> ApiResult<Json<DeletedFiles>> {
    app.require_project(&path.project)?;
    let by = asker();
    let deleted = crate::blocking(move || {
        let deleted = app
            .flows
            .delete_files(&path.flow, &asked, by, time::now())?;
        touch(&app, &path, &deleted.paths);
        Ok(deleted)
    });
    deleted.await.map(Json)
}

/// Puts deleted files and folders back where they were: all of them or none.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/deleted-files/{deleted}/restore",
    operation_id = "restoreFiles",
    tag = "files",
    params(DeletedFilesPath),
    responses(
        (status = NO_CONTENT, description = "They are back"),
        (status = PRECONDITION_FAILED, description = "`FileExists`: there is something of its name by now", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn restore(
    State(app): State<App>,
    Path(path): Path<DeletedFilesPath>,
) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    let DeletedFilesPath {
        project,
        flow,
        deleted,
    } = path;
    crate::blocking(move || {
        let restored = app.flows.restore_files(&flow, &deleted)?;
        touch(&app, &FlowPath { project, flow }, &restored);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has the pages told of what changed.
fn touch<'f>(app: &App, path: &FlowPath, files: impl IntoIterator<Item = &'f FilePath>) {
    for file in files {
        app.changes.touched(&app.flows, &path.flow, file);
    }
}
