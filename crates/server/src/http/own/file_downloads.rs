//! Files and folders of a flow, to be kept on somebody's disk.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderName, HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
};
use flowdeck_contract::{error::ErrorResponse, moving_files::ArchiveFiles};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FilesPath, FlowPath};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path},
        streamed::streamed,
    },
};

/// What the browser keeps, rather than shows.
type Kept = ([(HeaderName, HeaderValue); 2], Body);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(contents))
        .routes(routes!(archive))
}

/// The bytes of any file in the flow folder, whatever it is and however large.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/file-contents/{*path}",
    operation_id = "downloadFile",
    tag = "files",
    params(FilesPath),
    responses(
        (status = OK, description = "Its bytes", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn contents(State(app): State<App>, Path(path): Path<FilesPath>) -> ApiResult<Kept> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let file = crate::blocking(move || Ok(flows.folder(&path.flow)?.open(&path.path)?)).await?;
    let body =
        streamed(file).map_err(|error| ApiError::internal("The file could not be read.", error))?;
    Ok((kept("application/octet-stream", "attachment"), body))
}

/// Files and folders as a zip. Links in folders, and files of tools such as Git, are left out.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/file-archive",
    operation_id = "downloadFiles",
    tag = "files",
    params(FlowPath),
    request_body = ArchiveFiles,
    responses(
        (status = OK, description = "A zip with them by their paths; a single one has its name at the top", body = Vec<u8>, content_type = "application/zip"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn archive(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<ArchiveFiles>,
) -> ApiResult<Kept> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let body = app
        .large
        .make(move |client| flows.pack_files(&path.flow, &asked.paths, || client.is_there()))
        .await?;
    let headers = kept("application/zip", "attachment; filename=\"files.zip\"");
    Ok((headers, body))
}

fn kept(kind: &'static str, disposition: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
    ]
}
