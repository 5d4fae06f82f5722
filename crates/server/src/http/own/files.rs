//! The files of a flow.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ETAG, IF_MATCH, IF_NONE_MATCH},
    },
    response::{IntoResponse, Response},
};
use flowdeck_compute::Owner;
use flowdeck_contract::{
    error::ErrorResponse,
    files::{FileEntry, FileTree, TooLarge},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FilesPath, FlowPath, plain_text};
use crate::{
    App,
    files::{FileError, Precondition, Saved},
    http::{
        error::{ApiError, ApiResult},
        extract::{Path, body_refusal},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, save, remove))
}

/// Everything in the flow folder.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/files",
    operation_id = "listFiles",
    tag = "files",
    params(FlowPath),
    responses((status = OK, body = FileTree), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<Json<FileTree>> {
    app.require_project(&path.project)?;
    let (flows, hub) = (Arc::clone(&app.flows), Arc::clone(&app.hub));
    let tree = move || {
        let folder = flows.folder(&path.flow)?;
        let as_of = Some(hub.as_of(&Owner::from(&path.flow)));
        Ok(FileTree {
            as_of,
            ..folder.list()?
        })
    };
    crate::blocking(tree).await.map(Json)
}

/// The text of a file.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/files/{*path}",
    operation_id = "readFile",
    tag = "files",
    params(FilesPath, ("if-none-match" = Option<String>, Header, description = "An ETag that is known already")),
    responses(
        (status = OK, description = "The text, byte for byte", body = String, content_type = "text/plain",
            headers(("etag" = String, description = "Changes whenever the text does"))),
        (status = NOT_MODIFIED, description = "It is what is known already"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "`FileNotText`: not UTF-8, or with a NUL byte", body = ErrorResponse),
        (status = PAYLOAD_TOO_LARGE, description = "`FileTooLarge`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn read(
    State(app): State<App>,
    Path(path): Path<FilesPath>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let file = crate::blocking(move || Ok(flows.folder(&path.flow)?.read(&path.path)?)).await?;
    let known = text_of(&headers, &IF_NONE_MATCH)?.map(Precondition::if_match);
    let tag = [etag(file.etag.as_str())?];
    Ok(match known {
        Some(known) if known.holds(Some(&file.etag)) => {
            (StatusCode::NOT_MODIFIED, tag).into_response()
        }
        _ => (tag, plain_text(file.text)).into_response(),
    })
}

/// Saves a file, if it still is what the client has seen.
#[utoipa::path(
    put,
    path = "/api/projects/{project}/flows/{flow}/files/{*path}",
    operation_id = "saveFile",
    tag = "files",
    params(
        FilesPath,
        ("if-match" = Option<String>, Header, description = "The ETag of the text that was changed"),
        ("if-none-match" = Option<String>, Header, description = "`*` for a new file"),
    ),
    request_body(content = String, content_type = "text/plain", description = "The text in UTF-8, at most 2 MiB, written byte for byte"),
    responses(
        (status = OK, description = "Saved", body = FileEntry, headers(("etag" = String, description = "Of the saved text"))),
        (status = CREATED, description = "The file is new", body = FileEntry, headers(("etag" = String, description = "Of the saved text"))),
        (status = PRECONDITION_FAILED, description = "`FileChanged` or `FileExists`: it is something else now", body = ErrorResponse),
        (status = PRECONDITION_REQUIRED, description = "`PreconditionRequired`: neither header was sent", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn save(
    State(app): State<App>,
    Path(path): Path<FilesPath>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<(StatusCode, [(HeaderName, HeaderValue); 1], Json<FileEntry>)> {
    app.require_project(&path.project)?;
    let precondition = precondition(&headers)?.ok_or_else(precondition_required)?;
    let body = body.map_err(|rejection| unread_body(&path, &rejection))?;
    let work = app.clone();
    let Saved { entry, created } = crate::blocking(move || {
        work.flows.require(&path.flow)?;
        let saved = work
            .flows
            .save(&path.flow, &path.path, &precondition, &body)?;
        work.changes.touched(&work.flows, &path.flow, &path.path);
        work.compute.touch(&path.flow);
        Ok(saved)
    })
    .await?;
    let status = if created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, [etag(&entry.etag)?], Json(entry)))
}

/// Removes a file; with `if-match`, only if it still is what the client has seen.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flows/{flow}/files/{*path}",
    operation_id = "removeFile",
    tag = "files",
    params(FilesPath, ("if-match" = Option<String>, Header, description = "The ETag of the text that may be removed")),
    responses(
        (status = NO_CONTENT, description = "Removed"),
        (status = PRECONDITION_FAILED, description = "`FileChanged`: it is something else now", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn remove(
    State(app): State<App>,
    Path(path): Path<FilesPath>,
    headers: HeaderMap,
) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    let precondition = precondition(&headers)?;
    let work = app.clone();
    crate::blocking(move || {
        work.flows
            .remove(&path.flow, &path.path, precondition.as_ref())?;
        work.changes.touched(&work.flows, &path.flow, &path.path);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unread_body(path: &FilesPath, rejection: &BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return FileError::TooLarge(TooLarge::to_edit(path.path.as_str())).into();
    }
    body_refusal(rejection)
}

fn precondition(headers: &HeaderMap) -> ApiResult<Option<Precondition>> {
    if let Some(tags) = text_of(headers, &IF_MATCH)? {
        return Ok(Some(Precondition::if_match(tags)));
    }
    match text_of(headers, &IF_NONE_MATCH)?.map(str::trim) {
        None => Ok(None),
        Some("*") => Ok(Some(Precondition::Absent)),
        Some(_) => Err(ApiError::bad_request(
            "InvalidHeader",
            "If-None-Match must be * to create a file.",
        )
        .target("if-none-match")),
    }
}

fn precondition_required() -> ApiError {
    let message = "A save must say what it replaces, so that nothing is overwritten unseen.";
    ApiError::new(StatusCode::PRECONDITION_REQUIRED, "PreconditionRequired", message)
        .remedy("Send If-Match with the ETag of the file as it was opened, or If-None-Match: * for a new file.")
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> ApiResult<Option<&'a str>> {
    let text = headers.get(name).map(HeaderValue::to_str).transpose();
    text.map_err(|error| {
        ApiError::bad_request("InvalidHeader", error.to_string()).target(name.as_str())
    })
}

fn etag(tag: &str) -> ApiResult<(HeaderName, HeaderValue)> {
    match HeaderValue::from_str(tag) {
        Ok(value) => Ok((ETAG, value)),
        Err(error) => Err(ApiError::internal("Couldn’t send the file’s ETag.", error)),
    }
}
