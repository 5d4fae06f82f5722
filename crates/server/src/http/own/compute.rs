//! What there is to choose from for a session, and compute instances.

use axum::{Json, extract::State};
use flowdeck_compute::Owner;
use flowdeck_contract::{
    error::ErrorResponse,
    ids::FlowId,
    settings::{ComputeOptions, InstanceOption},
};
use serde::Deserialize;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::{InstancePath, ProjectPath};
use crate::{
    App,
    http::{
        error::ApiResult,
        extract::{Path, Query},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(options))
        .routes(routes!(start))
}

/// Whose session the options are for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OptionsQuery {
    /// The flow: what its session has now counts as available, as a change of size resets it. Without it, the options of
    /// another session.
    #[param(value_type = Option<String>)]
    flow: Option<FlowId>,
}

/// VM sizes, quota, compute instances and identities, and what of them is available now.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/compute-options",
    operation_id = "getComputeOptions",
    tag = "sessions",
    params(ProjectPath, OptionsQuery),
    responses((status = OK, body = ComputeOptions), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn options(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
    Query(query): Query<OptionsQuery>,
) -> ApiResult<Json<ComputeOptions>> {
    app.require_project(&path.project)?;
    Ok(Json(match query.flow {
        Some(flow) => app.compute.options_for(&Owner::from(&flow)),
        None => app.compute.options(),
    }))
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
