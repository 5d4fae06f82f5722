//! Flows that come and go: new ones, copies, downloads, and deleting.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
};
use flowdeck_compute::asker;
use flowdeck_contract::{
    error::ErrorResponse,
    managing::{CloneFlow, DeletedFlow, FlowTemplate, MadeFlow, NewFlow, RenameFlow},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, ProjectPath};
use crate::{
    App,
    flows::{ManageError, manage},
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(templates))
        .routes(routes!(make))
        .routes(routes!(clone))
        .routes(routes!(rename))
        .routes(routes!(archive))
        .routes(routes!(delete))
}

/// What a new flow can begin as.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flow-templates",
    operation_id = "listFlowTemplates",
    tag = "projects",
    params(ProjectPath),
    responses((status = OK, body = Vec<FlowTemplate>), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn templates(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<Vec<FlowTemplate>>> {
    app.require_project(&path.project)?;
    Ok(Json(manage::templates()))
}

/// Makes a flow from a template.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows",
    operation_id = "createFlow",
    tag = "projects",
    params(ProjectPath),
    request_body = NewFlow,
    responses(
        (status = CREATED, body = MadeFlow),
        (status = CONFLICT, description = "`FlowExists` or `FlowNameDeleted`: the name is taken. `FlowsFixed`: the server serves one flow", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn make(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
    extract::Json(asked): extract::Json<NewFlow>,
) -> ApiResult<(StatusCode, Json<MadeFlow>)> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let id = crate::blocking(move || Ok(flows.make(&asked)?)).await?;
    app.lists.touch();
    Ok((StatusCode::CREATED, Json(MadeFlow { id })))
}

/// Makes a copy of a flow, without its runs and its session.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/clone",
    operation_id = "cloneFlow",
    tag = "projects",
    params(FlowPath),
    request_body = CloneFlow,
    responses(
        (status = CREATED, body = MadeFlow),
        (status = CONFLICT, description = "`FlowExists` or `FlowNameDeleted`: the name is taken. `FlowsFixed`: the server serves one flow", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn clone(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<CloneFlow>,
) -> ApiResult<(StatusCode, Json<MadeFlow>)> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let id = crate::blocking(move || Ok(flows.copy(&path.flow, &asked)?)).await?;
    app.lists.touch();
    Ok((StatusCode::CREATED, Json(MadeFlow { id })))
}

/// Gives a flow another display name. Its folder stays, and with it its address, runs and session.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/rename",
    operation_id = "renameFlow",
    tag = "projects",
    params(FlowPath),
    request_body = RenameFlow,
    responses(
        (status = NO_CONTENT, description = "It has the name"),
        (status = BAD_REQUEST, description = "`FlowNameNotSet`: its definition can’t be changed", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn rename(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<RenameFlow>,
) -> ApiResult<StatusCode> {
    app.require_project(&path.project)?;
    let work = app.clone();
    let renamed = crate::blocking(move || {
        let file = work.flows.rename(&path.flow, &asked.name)?;
        work.changes.touched(&work.flows, &path.flow, &file);
        Ok(())
    });
    renamed.await?;
    app.lists.touch();
    Ok(StatusCode::NO_CONTENT)
}

/// The files of the flow's folder as a zip. Links, and files of tools such as Git, are left out.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/archive",
    operation_id = "downloadFlow",
    tag = "projects",
    params(FlowPath),
    responses(
        (status = OK, description = "A zip with the flow’s files at the top", body = Vec<u8>, content_type = "application/zip"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn archive(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<([(HeaderName, HeaderValue); 2], Body)> {
    app.require_project(&path.project)?;
    let flows = Arc::clone(&app.flows);
    let body = app
        .large
        .make(move |client| flows.pack(&path.flow, || client.is_there()))
        .await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"flow.zip\""),
        ),
    ];
    Ok((headers, body))
}

/// Deletes a flow with all that is in its folder. It can be restored for 30 days.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flows/{flow}",
    operation_id = "deleteFlow",
    tag = "projects",
    params(FlowPath),
    responses(
        (status = OK, body = DeletedFlow),
        (status = CONFLICT, description = "`FlowAtWork`: a compute session uses the folder. `FlowsFixed`: the server serves one flow", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn delete(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<DeletedFlow>> {
    app.require_project(&path.project)?;
    let (work, by) = (app.clone(), asker());
    let deleted = crate::blocking(move || {
        if let Some((flow, state)) = work.compute.at_work_in(&path.flow) {
            return Err(ManageError::AtWork(flow, state).into());
        }
        Ok(work.flows.delete(&path.flow, by, time::now())?)
    });
    let deleted = deleted.await?;
    app.lists.touch();
    Ok(Json(deleted))
}
