//! The project and its flows.

use std::sync::Arc;

use axum::{Json, extract::State};
use flowdeck_compute::Owner;
use flowdeck_contract::{
    error::ErrorResponse,
    flows::{FlowDetail, FlowList, Project},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, ProjectPath};
use crate::{
    App,
    flows::Activity,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(project))
        .routes(routes!(flows))
        .routes(routes!(flow))
}

/// What the app needs to know of the project.
#[utoipa::path(
    get,
    path = "/api/projects/{project}",
    operation_id = "getProject",
    tag = "projects",
    params(ProjectPath),
    responses((status = OK, body = Project), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn project(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<Project>> {
    app.require_project(&path.project)?;
    Ok(Json(Project {
        name: app.project.to_string(),
        flows_folder: app.flows.place().path().display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}

/// Every flow, also those that are broken.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows",
    operation_id = "listFlows",
    tag = "projects",
    params(ProjectPath),
    responses((status = OK, body = FlowList), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn flows(State(app): State<App>, Path(path): Path<ProjectPath>) -> ApiResult<Json<FlowList>> {
    app.require_project(&path.project)?;
    app.lists.list().await.map(Json)
}

/// One flow.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}",
    operation_id = "getFlow",
    tag = "projects",
    params(FlowPath),
    responses((status = OK, body = FlowDetail), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn flow(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<Json<FlowDetail>> {
    app.require_project(&path.project)?;
    let (flows, compute, hub) = (
        Arc::clone(&app.flows),
        app.compute.clone(),
        Arc::clone(&app.hub),
    );
    let detail = move || {
        flows.require(&path.flow)?;
        let as_of = Some(hub.as_of(&Owner::from(&path.flow)));
        let detail = flows.detail(&path.flow, Activity::of(&path.flow, &compute)?)?;
        Ok(FlowDetail { as_of, ..detail })
    };
    crate::blocking(detail).await.map(Json)
}
