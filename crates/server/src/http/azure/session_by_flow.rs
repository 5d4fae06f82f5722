//! `Flows/{flowId}/sessions`: sets up, shows and ends a flow's session.

use axum::{Json, extract::State, http::HeaderMap};
use flowdeck_compute::{Ask, Owner};
use flowdeck_contract::{
    azure::{FlowSessionDto, SetupFlowSessionAction, SetupFlowSessionRequest},
    error::ErrorResponse,
    session::SessionState,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    WorkspaceFlowPath,
    operations::{Accepted, ActionResult, accepted},
    session_actions::ask,
    session_dto::{self, package_lines},
};
use crate::{
    App,
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_up, end))
        .routes(routes!(status))
        .routes(routes!(packages))
}

/// Starts, installs into, resets, changes or ends the flow's session.
#[utoipa::path(
    post,
    path = "/Flows/{flowId}/sessions",
    operation_id = "Flows_SetupFlowSession",
    tag = "contract",
    params(WorkspaceFlowPath),
    request_body = SetupFlowSessionRequest,
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn set_up(
    State(app): State<App>,
    Path(path): Path<WorkspaceFlowPath>,
    headers: HeaderMap,
    extract::Json(request): extract::Json<SetupFlowSessionRequest>,
) -> ApiResult<Accepted> {
    path.require(&app).await?;
    let owner = Owner::from(&path.flow_id);
    let action = request.action.unwrap_or(SetupFlowSessionAction::Install);
    let ask = ask(&request, action, app.compute.session(&owner))?;
    let begun = app.compute.set_up(owner, ask).await?;
    accepted(&app, &headers, action, &begun)
}

/// Ends the flow's session.
#[utoipa::path(
    delete,
    path = "/Flows/{flowId}/sessions",
    operation_id = "Flows_DeleteFlowSession",
    tag = "contract",
    params(WorkspaceFlowPath),
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn end(
    State(app): State<App>,
    Path(path): Path<WorkspaceFlowPath>,
    headers: HeaderMap,
) -> ApiResult<Accepted> {
    path.require(&app).await?;
    let begun = app.compute.set_up(&path.flow_id, Ask::Stop).await?;
    accepted(&app, &headers, SetupFlowSessionAction::Delete, &begun)
}

/// The flow's session, also when there is none.
#[utoipa::path(
    get,
    path = "/Flows/{flowId}/sessions/status",
    operation_id = "Flows_GetFlowSessionStatus",
    tag = "contract",
    params(WorkspaceFlowPath),
    responses((status = OK, body = FlowSessionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn status(
    State(app): State<App>,
    Path(path): Path<WorkspaceFlowPath>,
) -> ApiResult<Json<FlowSessionDto>> {
    path.require(&app).await?;
    let session = app.compute.session(&path.flow_id);
    let packages = match session.state {
        SessionState::Available => Some(app.compute.packages(&path.flow_id).await?),
        _ => None,
    };
    Ok(Json(session_dto::of(session, packages)))
}

/// The packages of the flow's session, one `name==version` a line.
#[utoipa::path(
    get,
    path = "/Flows/{flowId}/sessions/pipPackages",
    operation_id = "Flows_ListFlowSessionPipPackages",
    tag = "contract",
    params(WorkspaceFlowPath),
    responses((status = OK, body = String), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn packages(
    State(app): State<App>,
    Path(path): Path<WorkspaceFlowPath>,
) -> ApiResult<Json<String>> {
    path.require(&app).await?;
    let packages = app.compute.packages(&path.flow_id).await?;
    Ok(Json(package_lines(&packages).join("\n")))
}
