//! The packages of a session: what is installed, what an install would change, going back. Installing goes by the
//! public contract.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use flowdeck_compute::Ask;
use flowdeck_contract::{
    azure::SetupFlowSessionAction,
    error::ErrorResponse,
    packages::{Difference, InstallPlan, PackagesView, RuntimeVersions},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::FlowPath;
use crate::{
    App,
    http::{
        azure::{Accepted, ActionResult, accepted},
        error::ApiResult,
        extract::{Path, Query},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(packages))
        .routes(routes!(differences))
        .routes(routes!(plan))
        .routes(routes!(cancel))
        .routes(routes!(restore))
}

/// Every package of the session with its origin.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session/packages",
    operation_id = "listSessionPackages",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, body = PackagesView),
        (status = CONFLICT, description = "`SessionStateConflict`: no session is running", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn packages(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<PackagesView>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(app.compute.packages_view(&path.flow).await?))
}

/// Where the session's packages are not what the requirements file as it is on disk asks for. Asks the package index.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/session/packages/differences",
    operation_id = "listPackageDifferences",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, body = Vec<Difference>),
        (status = CONFLICT, description = "What an install would fail with, with an additional info of the type \
            `InstallFault`; or `SessionStateConflict`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn differences(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<Vec<Difference>>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(app.compute.package_differences(&path.flow).await?))
}

/// What is asked of a plan.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
struct PlanQuery {
    /// Whose versions of prompt flow's runtime the plan has; without this, those that the session's settings say.
    #[param(rename = "runtimeVersions", value_type = Option<String>)]
    runtime_versions: Option<RuntimeVersions>,
}

/// What an install of the requirements file as it is on disk would do. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/session/install-plan",
    operation_id = "planInstall",
    tag = "sessions",
    params(FlowPath, PlanQuery),
    responses(
        (status = OK, body = InstallPlan),
        (status = CONFLICT, description = "What the install would fail with, with an additional info of the type \
            `InstallFault`; or `SessionStateConflict`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn plan(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    Query(query): Query<PlanQuery>,
) -> ApiResult<Json<InstallPlan>> {
    app.require_flow(&path.project, &path.flow).await?;
    let plan = app.compute.install_plan(&path.flow, query.runtime_versions);
    Ok(Json(plan.await?))
}

/// Cancels the install that is in progress, once or more often; the session is then as it was before.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flows/{flow}/session/install",
    operation_id = "cancelInstall",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = NO_CONTENT, description = "Canceled"),
        (status = CONFLICT, description = "`SessionStateConflict`: none is in progress, or it is too late", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn cancel(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<StatusCode> {
    app.require_flow(&path.project, &path.flow).await?;
    app.compute.cancel_install(&path.flow)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restores the packages that the session had before its last install, as an install that can be canceled.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/session/packages/restore",
    operation_id = "restoreSessionPackages",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = CONFLICT, description = "`SessionStateConflict`: nothing to restore, or something is in progress", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn restore(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    headers: HeaderMap,
) -> ApiResult<Accepted> {
    app.require_flow(&path.project, &path.flow).await?;
    let begun = app.compute.set_up(&path.flow, Ask::Restore).await?;
    accepted(&app, &headers, SetupFlowSessionAction::Install, &begun)
}
