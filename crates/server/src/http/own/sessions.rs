//! Every compute session of a project, also those that were made without a flow.

use axum::{Json, extract::State};
use flowdeck_compute::Owner;
use flowdeck_contract::{
    error::ErrorResponse,
    sessions::{EndedSessions, SessionList},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ProjectPath, SessionPath, TextFile, text_file};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(ended))
        .routes(routes!(log))
}

/// Every session there is, the newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions",
    operation_id = "listSessions",
    tag = "sessions",
    params(ProjectPath),
    responses((status = OK, body = SessionList), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<SessionList>> {
    app.require_project(&path.project)?;
    Ok(Json(app.compute.session_list()))
}

/// The sessions that ended last, the newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/ended",
    operation_id = "listEndedSessions",
    tag = "sessions",
    params(ProjectPath),
    responses((status = OK, body = EndedSessions), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn ended(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<EndedSessions>> {
    app.require_project(&path.project)?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(Json(compute.ended_sessions()?))).await
}

/// The whole log of a session.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/{session}/log",
    operation_id = "getLogOfSession",
    tag = "sessions",
    params(SessionPath),
    responses(
        (status = OK, description = "The log", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn log(State(app): State<App>, Path(path): Path<SessionPath>) -> ApiResult<TextFile> {
    let owner: Owner = app.session_owner(&path.project, &path.session)?;
    let compute = app.compute.clone();
    crate::blocking(move || text_file(compute.session_log_file(&owner)?)).await
}
