//! `FlowSessions/{sessionId}`: a session by its own id. One that is created here belongs to no flow.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use flowdeck_compute::{Ask, Begun, OwnEnvironment, Owner};
use flowdeck_contract::{
    azure::{
        CreateFlowSessionRequest, GetTrainingSessionDto, SessionProperties, SetupFlowSessionAction,
        StandbyPoolProperties, StandbyPoolResourceStatus,
    },
    error::ErrorResponse,
    ids::{FlowId, SessionId},
    paths::LOCAL,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    WorkspacePath, WorkspaceSessionPath,
    operations::{Accepted, ActionResult, accepted},
    session_actions::{ask, start},
    session_dto::package_lines,
};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path},
    },
    time::rfc3339,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get, create, end))
        .routes(routes!(standby_pools))
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
    let session = app.compute.session(&path.require(&app)?);
    Ok(Json(GetTrainingSessionDto {
        properties: SessionProperties {
            session_id: path.session_id.to_string(),
            subscription_id: path.subscription_id,
            resource_group_name: path.resource_group_name,
            workspace_name: path.workspace_name,
            max_idle_time_seconds: session
                .max_idle_time_seconds
                .and_then(|seconds| i64::try_from(seconds).ok()),
            last_alive_time: session.last_activity.and_then(rfc3339),
        },
    }))
}

/// Makes a session without a flow, or installs into, resets, changes or ends the one of this id.
#[utoipa::path(
    post,
    path = "/FlowSessions/{sessionId}",
    operation_id = "FlowSessions_CreateFlowSession",
    tag = "contract",
    params(WorkspaceSessionPath),
    request_body = CreateFlowSessionRequest,
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn create(
    State(app): State<App>,
    Path(path): Path<WorkspaceSessionPath>,
    headers: HeaderMap,
    extract::Json(request): extract::Json<CreateFlowSessionRequest>,
) -> ApiResult<Accepted> {
    let found = path.find(&app)?;
    let action = request.action.unwrap_or(SetupFlowSessionAction::Install);
    let begun = match (found, action) {
        (Some(Owner::Flow(flow)), SetupFlowSessionAction::Install) if request.has_environment() => {
            return Err(belongs_to(&flow));
        }
        (None | Some(Owner::Nobody(_)), SetupFlowSessionAction::Install) => {
            make(&app, path.session_id, request).await?
        }
        (_, _) => {
            let owner = path.require(&app)?;
            let ask = ask(&request.setup(), action, app.compute.session(&owner))?;
            app.compute.set_up(owner, ask).await?
        }
    };
    accepted(&app, &headers, action, &begun)
}

/// Ends a session.
#[utoipa::path(
    delete,
    path = "/FlowSessions/{sessionId}",
    operation_id = "FlowSessions_DeleteFlowSession",
    tag = "contract",
    params(WorkspaceSessionPath),
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn end(
    State(app): State<App>,
    Path(path): Path<WorkspaceSessionPath>,
    headers: HeaderMap,
) -> ApiResult<Accepted> {
    let owner = path.require(&app)?;
    let begun = app.compute.set_up(owner, Ask::Stop).await?;
    accepted(&app, &headers, SetupFlowSessionAction::Delete, &begun)
}

async fn make(
    app: &App,
    session: SessionId,
    request: CreateFlowSessionRequest,
) -> ApiResult<Begun> {
    let start = start(&request.setup())?;
    let environment = OwnEnvironment {
        image: request.base_image.or(request.runtime_image),
        requirements: request.python_pip_requirements,
    };
    Ok(app.compute.create(session, environment, start).await?)
}

fn belongs_to(flow: &FlowId) -> ApiError {
    let message = format!(
        "This session belongs to the flow ‘{flow}’, whose requirements file says what is installed."
    );
    ApiError::new(StatusCode::CONFLICT, "SessionOfFlow", message)
        .remedy("Change the flow’s requirements file, or use another session id.")
}

/// How many standby runtimes there are, so that a start only has to take one.
#[utoipa::path(
    get,
    path = "/FlowSessions/standbypools",
    operation_id = "FlowSessions_GetStandbyPools",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = [StandbyPoolProperties]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn standby_pools(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<Vec<StandbyPoolProperties>>> {
    path.project(&app)?;
    let (wanted, ready) = app.compute.standbys();
    let available = StandbyPoolResourceStatus {
        status: "Available".to_owned(),
    };
    Ok(Json(vec![StandbyPoolProperties {
        name: LOCAL.to_owned(),
        count: i32::try_from(wanted).unwrap_or(i32::MAX),
        standby_available_instances: vec![available; ready],
    }]))
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
    let packages = app.compute.packages(&path.require(&app)?).await?;
    Ok(Json(package_lines(&packages).join("\n")))
}
