//! What there is to choose from for a session, and compute instances.

use axum::{Json, extract::State};
use flowdeck_contract::{
    error::ErrorResponse,
    settings::{ComputeOptions, InstanceOption},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{InstancePath, ProjectPath};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(options))
        .routes(routes!(start))
}

/// VM sizes, quota, compute instances and identities, and what of them can be had now.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/compute-options",
    operation_id = "getComputeOptions",
    tag = "sessions",
    params(ProjectPath),
    responses((status = OK, body = ComputeOptions), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn options(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<ComputeOptions>> {
    app.require_project(&path.project)?;
    Ok(Json(app.compute.options()))
}

/// Starts a compute instance that is stopped; one that runs goes on.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/instances/{instance}/start",
    operation_id = "startComputeInstance",
    tag = "sessions",
    params(InstancePath),
    responses(
        (status = OK, description = "It runs", body = InstanceOption),
        (status = CONFLICT, description = "`QuotaExceeded`: there is no room for it", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn start(
    State(app): State<App>,
    Path(path): Path<InstancePath>,
) -> ApiResult<Json<InstanceOption>> {
    app.require_project(&path.project)?;
    Ok(Json(app.compute.start_instance(&path.instance)?))
}
