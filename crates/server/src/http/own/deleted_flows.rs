//! Deleted flows: listing them, restoring them, and deleting them for good.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_contract::{
    error::ErrorResponse,
    managing::{DeletedFlows, MadeFlow},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{DeletedPath, ProjectPath};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, empty))
        .routes(routes!(purge))
        .routes(routes!(restore))
}

/// The flows that were deleted and can be restored.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/deleted-flows",
    operation_id = "listDeletedFlows",
    tag = "projects",
    params(ProjectPath),
    responses((status = OK, body = DeletedFlows), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<DeletedFlows>> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    crate::blocking(move || Ok(flows.deleted()?))
        .await
        .map(Json)
}

/// Deletes all of them for good, with their runs and conversations.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/deleted-flows",
    operation_id = "emptyDeletedFlows",
    tag = "projects",
    params(ProjectPath),
    responses((status = NO_CONTENT, description = "Deleted"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn empty(State(app): State<App>, Path(path): Path<ProjectPath>) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    crate::blocking(move || {
        for flow in app.flows.deleted()?.flows {
            app.purge_flow(&flow.id)?;
        }
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Deletes one for good, with its runs and conversations.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/deleted-flows/{deleted}",
    operation_id = "purgeDeletedFlow",
    tag = "projects",
    params(DeletedPath),
    responses((status = NO_CONTENT, description = "Deleted"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn purge(State(app): State<App>, Path(path): Path<DeletedPath>) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    crate::blocking(move || app.purge_flow(&path.deleted)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a deleted flow back where it was, with its runs and conversations.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/deleted-flows/{deleted}/restore",
    operation_id = "restoreDeletedFlow",
    tag = "projects",
    params(DeletedPath),
    responses(
        (status = OK, body = MadeFlow),
        (status = CONFLICT, description = "`FlowExists`: there is something of its name by now", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn restore(
    State(app): State<App>,
    Path(path): Path<DeletedPath>,
) -> ApiResult<Json<MadeFlow>> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let id = crate::blocking(move || Ok(flows.restore(&path.deleted)?)).await?;
    app.lists.touch();
    Ok(Json(MadeFlow { id }))
}
