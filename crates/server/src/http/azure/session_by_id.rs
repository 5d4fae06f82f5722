//! `FlowSessions/{sessionId}`: a session by its own id.

use axum::{Json, extract::State, http::HeaderMap};
use flowdeck_contract::{
    azure::{GetTrainingSessionDto, SessionProperties, SetupFlowSessionAction},
    error::ErrorResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    WorkspaceSessionPath,
    operations::{Accepted, ActionResult, accepted},
    session_dto::package_lines,
};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get, end))
        .routes(routes!(packages))
}

/// One session.
#[utoipa::path(
    get,
    path = "/FlowSessions/{sessionId}",
    operation_id = "FlowSessions_GetFlowSession",
    tag = "contract",
    params(WorkspaceSessionPath),
    responses((status = OK, body = GetTrainingSessionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn get(
    State(app): State<App>,
    Path(path): Path<WorkspaceSessionPath>,
) -> ApiResult<Json<GetTrainingSessionDto>> {
    let session = app.compute.session(&path.flow(&app)?);
    Ok(Json(GetTrainingSessionDto {
        properties: SessionProperties {
            session_id: path.session_id.to_string(),
            subscription_id: path.subscription_id,
            resource_group_name: path.resource_group_name,
            workspace_name: path.workspace_name,
            max_idle_time_seconds: session
                .max_idle_time_seconds
                .and_then(|seconds| i64::try_from(seconds).ok()),
        },
    }))
}

/// Ends a session.
#[utoipa::path(
    delete,
    path = "/FlowSessions/{sessionId}",
    operation_id = "FlowSessions_DeleteFlowSession",
    tag = "contract",
    params(WorkspaceSessionPath),
    responses(
        (status = ACCEPTED, description = "Under way", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn end(
    State(app): State<App>,
    Path(path): Path<WorkspaceSessionPath>,
    headers: HeaderMap,
) -> ApiResult<Accepted> {
    let flow = path.flow(&app)?;
    let operation = app.compute.stop(&flow).await?;
    accepted(
        &app,
        &headers,
        &flow,
        Some(path.session_id),
        SetupFlowSessionAction::Delete,
        &operation,
    )
}

/// The packages of a session, one `name==version` a line.
#[utoipa::path(
    get,
    path = "/FlowSessions/{sessionId}/pipPackages",
    operation_id = "FlowSessions_ListFlowSessionPipPackages",
    tag = "contract",
    params(WorkspaceSessionPath),
    responses((status = OK, body = String), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn packages(
    State(app): State<App>,
    Path(path): Path<WorkspaceSessionPath>,
) -> ApiResult<Json<String>> {
    let packages = app.compute.packages(&path.flow(&app)?).await?;
    Ok(Json(package_lines(&packages).join("\n")))
}
