//! `FlowRuntimes`: the legacy runtimes that the administrator has listed. They can be looked at, not changed: compute
//! sessions take their place.

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_compute::LegacyRuntime;
use flowdeck_contract::{
    azure::{
        AvailabilityResponse, FlowRuntimeCapability, FlowRuntimeDto, RuntimeConfiguration,
        RuntimeStatus, RuntimeType,
    },
    error::{Correlation, ErrorResponse},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::WorkspacePath;
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{Path, Query},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, create, update, delete))
        .routes(routes!(need_upgrade))
        .routes(routes!(capability))
        .routes(routes!(latest_config))
        .routes(routes!(check_instance))
        .routes(routes!(check_endpoint))
}

/// Names a runtime of a workspace.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct RuntimePath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The runtime.
    runtime_name: String,
}

impl RuntimePath {
    fn workspace(&self) -> WorkspacePath {
        WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        }
    }

    fn find(&self, app: &App) -> ApiResult<LegacyRuntime> {
        self.workspace().project(app)?;
        let mut runtimes = app.compute.catalog().runtimes.iter();
        let found = runtimes.find(|runtime| runtime.name == self.runtime_name);
        found.cloned().ok_or_else(|| {
            let message = format!("Runtime ‘{}’ doesn’t exist.", self.runtime_name);
            ApiError::not_found("RuntimeNotFound", message)
        })
    }
}

/// Every legacy runtime.
#[utoipa::path(
    get,
    path = "/FlowRuntimes",
    operation_id = "FlowRuntimes_ListFlowRuntimes",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = [FlowRuntimeDto]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<Vec<FlowRuntimeDto>>> {
    path.project(&app)?;
    let runtimes = app.compute.catalog().runtimes.iter().cloned();
    Ok(Json(runtimes.map(dto).collect()))
}

/// One legacy runtime.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/{runtimeName}",
    operation_id = "FlowRuntimes_GetRuntime",
    tag = "contract",
    params(RuntimePath),
    responses((status = OK, body = FlowRuntimeDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn get(
    State(app): State<App>,
    Path(path): Path<RuntimePath>,
) -> ApiResult<Json<FlowRuntimeDto>> {
    Ok(Json(dto(path.find(&app)?)))
}

/// Whether a runtime should be replaced: every legacy runtime should, by a compute session.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/{runtimeName}/needUpgrade",
    operation_id = "FlowRuntimes_CheckRuntimeUpgrade",
    tag = "contract",
    params(RuntimePath),
    responses((status = OK, body = bool), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn need_upgrade(
    State(app): State<App>,
    Path(path): Path<RuntimePath>,
) -> ApiResult<Json<bool>> {
    path.find(&app)?;
    Ok(Json(true))
}

/// Refused: a compute session takes the place of a runtime.
#[utoipa::path(
    post,
    path = "/FlowRuntimes/{runtimeName}",
    operation_id = "FlowRuntimes_CreateRuntime",
    tag = "contract",
    params(RuntimePath),
    request_body = serde_json::Value,
    responses((status = CONFLICT, description = "`RuntimesReplaced`", body = ErrorResponse), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn create(State(app): State<App>, Path(path): Path<RuntimePath>) -> ApiResult<()> {
    path.workspace().project(&app)?;
    Err(replaced("made"))
}

/// Refused: a legacy runtime is looked at, not changed.
#[utoipa::path(
    put,
    path = "/FlowRuntimes/{runtimeName}",
    operation_id = "FlowRuntimes_UpdateRuntime",
    tag = "contract",
    params(RuntimePath),
    request_body = serde_json::Value,
    responses((status = CONFLICT, description = "`RuntimesReplaced`", body = ErrorResponse), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn update(State(app): State<App>, Path(path): Path<RuntimePath>) -> ApiResult<()> {
    path.find(&app)?;
    Err(replaced("changed"))
}

/// Refused: the list of legacy runtimes is the administrator's.
#[utoipa::path(
    delete,
    path = "/FlowRuntimes/{runtimeName}",
    operation_id = "FlowRuntimes_DeleteRuntime",
    tag = "contract",
    params(RuntimePath),
    responses((status = CONFLICT, description = "`RuntimesReplaced`", body = ErrorResponse), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn delete(State(app): State<App>, Path(path): Path<RuntimePath>) -> ApiResult<()> {
    path.find(&app)?;
    Err(replaced("deleted"))
}

/// What a legacy runtime can do: nothing that could be used.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/{runtimeName}/capability",
    operation_id = "FlowRuntimes_GetRuntimeCapability",
    tag = "contract",
    params(RuntimePath),
    responses((status = OK, body = FlowRuntimeCapability), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn capability(
    State(app): State<App>,
    Path(path): Path<RuntimePath>,
) -> ApiResult<Json<FlowRuntimeCapability>> {
    path.find(&app)?;
    Ok(Json(FlowRuntimeCapability::default()))
}

/// The image that takes the place of a runtime's: the default base image of compute sessions.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/latestConfig",
    operation_id = "FlowRuntimes_GetRuntimeLatestConfig",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = RuntimeConfiguration), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn latest_config(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<RuntimeConfiguration>> {
    path.project(&app)?;
    Ok(Json(RuntimeConfiguration::default()))
}

/// Whether a runtime could be made on a compute instance: no, a compute session can.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/checkCiAvailability",
    operation_id = "FlowRuntimes_CheckCiAvailability",
    tag = "contract",
    params(WorkspacePath, InstanceQuery),
    responses((status = OK, body = AvailabilityResponse), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn check_instance(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
    Query(_): Query<InstanceQuery>,
) -> ApiResult<Json<AvailabilityResponse>> {
    path.project(&app)?;
    Ok(Json(unavailable()))
}

/// Whether a runtime could be made on an endpoint: no.
#[utoipa::path(
    get,
    path = "/FlowRuntimes/checkMirAvailability",
    operation_id = "FlowRuntimes_CheckMirAvailability",
    tag = "contract",
    params(WorkspacePath, EndpointQuery),
    responses((status = OK, body = AvailabilityResponse), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn check_endpoint(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
    Query(_): Query<EndpointQuery>,
) -> ApiResult<Json<AvailabilityResponse>> {
    path.project(&app)?;
    Ok(Json(unavailable()))
}

/// Names a compute instance.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct InstanceQuery {
    /// The compute instance.
    #[serde(rename = "computeInstanceName")]
    _instance: String,
    /// The name that the runtime would have on it.
    #[serde(rename = "customAppName")]
    _app: String,
}

/// Names a deployment.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct EndpointQuery {
    /// The endpoint.
    #[serde(rename = "endpointName")]
    _endpoint: String,
    /// The deployment.
    #[serde(rename = "deploymentName")]
    _deployment: String,
}

const REMEDY: &str = "Start a compute session instead. Administrators list retired runtimes in the configuration file.";

fn replaced(what: &str) -> ApiError {
    let message = format!("Runtimes can’t be {what} any more. Compute sessions replace them.");
    ApiError::new(StatusCode::CONFLICT, "RuntimesReplaced", message).remedy(REMEDY)
}

fn unavailable() -> AvailabilityResponse {
    let refusal = replaced("made");
    AvailabilityResponse {
        is_available: false,
        error: Some(ErrorResponse {
            error: *refusal.error,
            correlation: Correlation::default(),
            time: None,
        }),
    }
}

fn dto(runtime: LegacyRuntime) -> FlowRuntimeDto {
    FlowRuntimeDto {
        runtime_name: runtime.name,
        runtime_description: runtime.description,
        runtime_type: RuntimeType::ComputeInstance,
        environment: runtime.environment,
        status: RuntimeStatus::Unavailable,
        status_message: "Compute sessions replace runtimes of compute instances.".to_owned(),
        compute_instance_name: runtime.instance,
        docker_image: runtime.image,
    }
}
