//! `Flows/{flowId}/sessions`: a flow's session, set up, asked after and ended.

use axum::{Json, extract::State, http::HeaderMap};
use flowdeck_compute::{StartSession, UpdateSession};
use flowdeck_contract::{
    azure::{FlowSessionDto, SetupFlowSessionAction, SetupFlowSessionRequest},
    error::ErrorResponse,
    ids::{FlowId, OperationId},
    session::SessionState,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    WorkspaceFlowPath,
    operations::{Accepted, ActionResult, accepted},
    session_dto::{self, package_lines},
};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
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
        (status = ACCEPTED, description = "Under way", body = ActionResult,
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
    refuse_what_the_engine_lacks(&request)?;
    let before = app.compute.session(&path.flow_id).session_id;
    let action = request.action.unwrap_or(SetupFlowSessionAction::Install);
    let operation = carry_out(&app, &path.flow_id, action, idle_time(&request)?).await?;
    accepted(&app, &headers, &path.flow_id, before, action, &operation)
}

async fn carry_out(
    app: &App,
    flow: &FlowId,
    action: SetupFlowSessionAction,
    max_idle_time_seconds: Option<u64>,
) -> ApiResult<OperationId> {
    let compute = &app.compute;
    Ok(match (action, compute.session(flow).state) {
        (SetupFlowSessionAction::Install, SessionState::Available) => compute.install(flow).await,
        (SetupFlowSessionAction::Install, _) => {
            compute
                .start(
                    flow,
                    StartSession {
                        max_idle_time_seconds,
                    },
                )
                .await
        }
        (SetupFlowSessionAction::Reset, _) => compute.reset(flow).await,
        (SetupFlowSessionAction::Update, _) => {
            compute
                .update(
                    flow,
                    UpdateSession {
                        max_idle_time_seconds,
                    },
                )
                .await
        }
        (SetupFlowSessionAction::Delete, _) => compute.stop(flow).await,
    }?)
}

/// What asks for a machine of a kind is refused rather than dropped: the process engine has but this one.
fn refuse_what_the_engine_lacks(request: &SetupFlowSessionRequest) -> ApiResult<()> {
    let asked = [
        ("vmSize", "VmSizeNotSupported", &request.vm_size),
        ("identity", "IdentityNotSupported", &request.identity),
        (
            "computeName",
            "ComputeInstanceNotSupported",
            &request.compute_name,
        ),
    ];
    match asked.into_iter().find(|(_, _, value)| value.is_some()) {
        None => Ok(()),
        Some((field, code, _)) => {
            let message = format!(
                "Sessions run as processes on this server's machine, so {field} cannot be chosen."
            );
            Err(ApiError::bad_request(code, message)
                .target(field)
                .remedy(format!("Leave {field} out.")))
        }
    }
}

fn idle_time(request: &SetupFlowSessionRequest) -> ApiResult<Option<u64>> {
    request
        .max_idle_time_seconds
        .map(u64::try_from)
        .transpose()
        .map_err(|_| {
            ApiError::bad_request("InvalidIdleTime", "maxIdleTimeSeconds cannot be negative.")
                .target("maxIdleTimeSeconds")
        })
}

/// Ends the flow's session.
#[utoipa::path(
    delete,
    path = "/Flows/{flowId}/sessions",
    operation_id = "Flows_DeleteFlowSession",
    tag = "contract",
    params(WorkspaceFlowPath),
    responses(
        (status = ACCEPTED, description = "Under way", body = ActionResult,
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
    let before = app.compute.session(&path.flow_id).session_id;
    let operation = app.compute.stop(&path.flow_id).await?;
    accepted(
        &app,
        &headers,
        &path.flow_id,
        before,
        SetupFlowSessionAction::Delete,
        &operation,
    )
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
