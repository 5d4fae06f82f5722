//! `FlowRuntimes`: the runtimes of old that the administrator has listed. They can be looked at, not changed: compute
//! sessions take their place.

use axum::{Json, extract::State};
use flowdeck_compute::OldRuntime;
use flowdeck_contract::{
    azure::{FlowRuntimeDto, RuntimeStatus, RuntimeType},
    error::ErrorResponse,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::WorkspacePath;
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::Path,
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(need_upgrade))
}

/// Names a runtime of a workspace.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct RuntimePath {
    /// `local` on one's own machine.
    subscription_id: String,
    /// `local` on one's own machine.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The runtime.
    runtime_name: String,
}

impl RuntimePath {
    fn find(&self, app: &App) -> ApiResult<OldRuntime> {
        let workspace = WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        };
        workspace.project(app)?;
        let mut runtimes = app.compute.catalog().runtimes.iter();
        let found = runtimes.find(|runtime| runtime.name == self.runtime_name);
        found.cloned().ok_or_else(|| {
            let message = format!("There is no runtime ‘{}’.", self.runtime_name);
            ApiError::not_found("RuntimeNotFound", message)
        })
    }
}

/// Every runtime of old.
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

/// One runtime of old.
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

/// Whether a runtime should be replaced: every runtime of old should, by a compute session.
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

fn dto(runtime: OldRuntime) -> FlowRuntimeDto {
    FlowRuntimeDto {
        runtime_name: runtime.name,
        runtime_description: runtime.description,
        runtime_type: RuntimeType::ComputeInstance,
        environment: runtime.environment,
        status: RuntimeStatus::Unavailable,
        status_message: "Runtimes of compute instances are replaced by compute sessions."
            .to_owned(),
        compute_instance_name: runtime.instance,
        docker_image: runtime.image,
    }
}
