//! The history of compute sessions, also of those that have ended.

use axum::{Json, extract::State};
use flowdeck_contract::{error::ErrorResponse, timeline::Timeline};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, SessionPath};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(of_flow))
        .routes(routes!(of_session))
}

/// The last lives of a flow's session, the newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session/timeline",
    operation_id = "getSessionTimeline",
    tag = "sessions",
    params(FlowPath),
    responses((status = OK, body = Timeline), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn of_flow(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<Json<Timeline>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(Json(compute.timeline(&path.flow)?))).await
}

/// The histories of the session of this id, of whichever owner, the newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/sessions/{session}/timeline",
    operation_id = "getTimelineOfSession",
    tag = "sessions",
    params(SessionPath),
    responses((status = OK, body = Timeline), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn of_session(
    State(app): State<App>,
    Path(path): Path<SessionPath>,
) -> ApiResult<Json<Timeline>> {
    app.require_project(&path.project)?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(Json(compute.timeline_of(&path.session)?))).await
}
