//! Diagnostics of compute sessions, to be downloaded.

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderName, HeaderValue,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
};
use flowdeck_compute::Owner;
use flowdeck_contract::error::ErrorResponse;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, SessionPath};
use crate::{
    App,
    diagnostics::{Subject, diagnostics, packages},
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_flow))
        .routes(routes!(of_session))
}

/// A file to keep.
type Download = ([(HeaderName, HeaderValue); 2], Body);

async fn download(app: &App, subject: Subject) -> ApiResult<Download> {
    let packages = packages(app, &subject).await;
    let of = app.clone();
    let archive = app
        .large
        .make(move |client| diagnostics(&of, &subject, &packages, client))
        .await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/gzip")),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"flowdeck-diagnostics.tar.gz\""),
        ),
    ];
    Ok((headers, archive))
}

/// Everything that helps to find out what went wrong with the flow's session, secrets removed.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session/diagnostics",
    operation_id = "getSessionDiagnostics",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, description = "A gzip-compressed tar of text files", body = Vec<u8>, content_type = "application/gzip"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn of_flow(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<Download> {
    app.require_flow(&path.project, &path.flow).await?;
    let subject = Subject::Owner(Owner::Flow(path.flow));
    download(&app, subject).await
}

/// The same for the session of this id, of whichever owner.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/{session}/diagnostics",
    operation_id = "getDiagnosticsOfSession",
    tag = "sessions",
    params(SessionPath),
    responses(
        (status = OK, description = "A gzip-compressed tar of text files", body = Vec<u8>, content_type = "application/gzip"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn of_session(State(app): State<App>, Path(path): Path<SessionPath>) -> ApiResult<Download> {
    app.require_project(&path.project)?;
    let owner = app.find_session(&path.session);
    let subject = owner.map_or(Subject::Ended(path.session), Subject::Owner);
    download(&app, subject).await
}
