//! A flow's compute session as the app shows it. Starting and stopping go by the public contract.

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_contract::{error::ErrorResponse, session::SessionView};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, TextFile, text_file};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(session))
        .routes(routes!(log))
        .routes(routes!(activity))
}

/// The session, whole; also when there is none.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session",
    operation_id = "getSession",
    tag = "sessions",
    params(FlowPath),
    responses((status = OK, body = SessionView), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn session(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<SessionView>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(app.compute.session(&path.flow)))
}

/// The whole log of the session.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session/log",
    operation_id = "getSessionLog",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, description = "The log", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn log(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<TextFile> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || text_file(compute.session_log_file(&path.flow)?)).await
}

/// Says that a person is at work in the flow, so that its session is not idle.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/session/activity",
    operation_id = "noteActivity",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = NO_CONTENT, description = "Noted"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn activity(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<StatusCode> {
    app.require_flow(&path.project, &path.flow).await?;
    app.compute.touch(&path.flow);
    Ok(StatusCode::NO_CONTENT)
}
