//! Bringing flows along in an archive.

use std::{fs::File, io::Write as _};

use axum::{Json, body::Body, extract::State, http::StatusCode};
use flowdeck_contract::{
    error::ErrorResponse,
    importing::{ARCHIVE_LIMIT, FoundFlows, ImportFlow},
    managing::MadeFlow,
};
use futures_util::StreamExt as _;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ArchivePath, ProjectPath};
use crate::{
    App,
    flows::import::{Archive, ImportError},
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path, Query},
        large::Client,
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(look))
        .routes(routes!(forget))
        .routes(routes!(import))
}

/// What an archive is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Named {
    /// The archive's name, by which a flow is called whose files are at its top.
    #[serde(default)]
    name: String,
}

/// Looks into an archive of flows: a zip, or a tar. Nothing is imported; the server keeps the archive for an hour.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flow-imports",
    operation_id = "lookIntoFlowArchive",
    tag = "projects",
    params(ProjectPath, Named),
    request_body(content = String, description = "The archive’s bytes, at most 512 MiB", content_type = "application/octet-stream"),
    responses(
        (status = CREATED, body = FoundFlows),
        (status = BAD_REQUEST, description = "`ArchiveUnreadable`, `ArchiveNameRefused`, `ArchiveFileRefused` or `ArchiveWithoutFlow`: what is wrong with it", body = ErrorResponse),
        (status = PAYLOAD_TOO_LARGE, description = "`ArchiveTooLarge`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn look(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
    Query(named): Query<Named>,
    body: Body,
) -> ApiResult<(StatusCode, Json<FoundFlows>)> {
    app.require_project(&path.project)?;
    let file = received(body).await?;
    let found = crate::blocking(move || {
        let mut archive = Archive::open(file)?;
        let name = match named.name.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => &named.name,
        };
        let mut found = archive.look(name, &app.flows)?;
        for flow in &mut found.flows {
            let connections = app.compute.connections();
            let lacks = connections.check(&flow.folder, std::mem::take(&mut flow.lacks))?;
            flow.lacks = lacks
                .into_iter()
                .filter(|need| need.problem.is_some())
                .collect();
        }
        Ok(FoundFlows {
            id: app.archives.keep(archive),
            flows: found.flows,
            left_out: found.left_out,
        })
    });
    Ok((StatusCode::CREATED, Json(found.await?)))
}

/// Takes a flow out of an archive. It ends when the client leaves, and leaves nothing then.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flow-imports/{archive}/flows",
    operation_id = "importFlow",
    tag = "projects",
    params(ArchivePath),
    request_body = ImportFlow,
    responses(
        (status = CREATED, body = MadeFlow),
        (status = NOT_FOUND, description = "`ArchiveNotFound` or `FlowNotFound`", body = ErrorResponse),
        (status = CONFLICT, description = "`FlowExists` or `FlowNameDeleted`: the name is taken. `FlowsFixed`: the server serves one flow", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn import(
    State(app): State<App>,
    Path(path): Path<ArchivePath>,
    extract::Json(asked): extract::Json<ImportFlow>,
) -> ApiResult<(StatusCode, Json<MadeFlow>)> {
    app.require_project(&path.project)?;
    let archive = app.archives.get(&path.archive)?;
    let (client, _leaving) = Client::watched();
    let work = app.clone();
    let id = crate::blocking(move || {
        let mut archive = archive.lock();
        work.flows
            .import::<ApiError>(&mut archive, &asked, || client.is_there())
    });
    let id = id.await?;
    app.lists.touch();
    Ok((StatusCode::CREATED, Json(MadeFlow { id })))
}

/// Forgets an archive.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flow-imports/{archive}",
    operation_id = "forgetFlowArchive",
    tag = "projects",
    params(ArchivePath),
    responses((status = NO_CONTENT, description = "It’s forgotten"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn forget(State(app): State<App>, Path(path): Path<ArchivePath>) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    app.archives.drop(&path.archive);
    Ok(StatusCode::NO_CONTENT)
}

/// The body as a file without a name, so that its size doesn't count for memory.
async fn received(body: Body) -> ApiResult<File> {
    let mut file = tempfile::tempfile().map_err(ImportError::Io)?;
    let mut pieces = body.into_data_stream();
    let mut length = 0u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            let message = "The archive didn’t arrive whole.";
            ApiError::bad_request("InvalidBody", message)
                .remedy("Check the connection to the server, then try again.")
                .because(error)
        })?;
        length = length.saturating_add(piece.len() as u64);
        if length > ARCHIVE_LIMIT {
            return Err(ImportError::TooLarge("it has more than 512 MiB").into());
        }
        file = crate::blocking(move || {
            file.write_all(&piece).map_err(ImportError::Io)?;
            Ok(file)
        })
        .await?;
    }
    crate::blocking(move || {
        std::io::Seek::rewind(&mut file).map_err(ImportError::Io)?;
        Ok(file)
    })
    .await
}
