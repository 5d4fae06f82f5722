//! The connections of a project: listed, made, changed, renamed, deleted and restored.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::ETAG},
    response::{IntoResponse as _, Response},
};
use flowdeck_contract::{
    connections::{
        ConnectionInput, ConnectionList, ConnectionNeed, ConnectionView, ModelServers,
        NeedsRequest, RenameRequest, TestResult,
    },
    error::ErrorResponse,
    ids::FlowId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ConnectionPath, FlowPath, ProjectPath};
use crate::{
    App,
    connections::{condition, required, users},
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, put, remove))
        .routes(routes!(rename))
        .routes(routes!(restore))
        .routes(routes!(test))
        .routes(routes!(needs, needs_of_runs))
        .routes(routes!(model_servers))
}

/// Every connection of the project, without its secrets, with the nodes that ask for it.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/connections",
    operation_id = "listConnections",
    tag = "connections",
    params(ProjectPath),
    responses((status = OK, body = ConnectionList), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<ConnectionList>> {
    app.require_project(&path.project)?;
    let list = crate::blocking(move || {
        let connections = app.compute.connections();
        let users = users(&app)?;
        let listed = connections.list()?;
        Ok(ConnectionList {
            connections: listed
                .iter()
                .map(|stored| stored.view(users.of(stored.name())))
                .collect(),
            deleted: connections.deleted(time::now())?,
            key_problem: connections.key_problem().map(|problem| {
                let remedy = problem.remedy().unwrap_or_default();
                format!("{problem} {remedy}").trim_end().to_owned()
            }),
        })
    });
    Ok(Json(list.await?))
}

/// One connection, without its secrets.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/connections/{name}",
    operation_id = "getConnection",
    tag = "connections",
    params(ConnectionPath),
    responses(
        (status = OK, body = ConnectionView, headers(("etag" = String, description = "Changes with the connection"))),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn get(State(app): State<App>, Path(path): Path<ConnectionPath>) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let view = crate::blocking(move || {
        let stored = app.compute.connections().get(&path.name)?;
        Ok(stored.view(users(&app)?.of(&path.name)))
    });
    Ok(tagged(StatusCode::OK, view.await?))
}

/// Makes a connection (`if-none-match: *`) or changes one (`if-match`). Secrets that aren't named stay as they are.
#[utoipa::path(
    put,
    path = "/api/projects/{project}/connections/{name}",
    operation_id = "putConnection",
    tag = "connections",
    params(
        ConnectionPath,
        ("if-match" = Option<String>, Header, description = "The ETag of the connection that is changed"),
        ("if-none-match" = Option<String>, Header, description = "`*` to make a new one"),
    ),
    request_body = ConnectionInput,
    responses(
        (status = OK, description = "Stored", body = ConnectionView),
        (status = CONFLICT, description = "`ConnectionExists`", body = ErrorResponse),
        (status = PRECONDITION_FAILED, description = "`ConnectionChanged`: it was changed since", body = ErrorResponse),
        (status = PRECONDITION_REQUIRED, description = "`PreconditionRequired`: neither header was sent", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn put(
    State(app): State<App>,
    Path(path): Path<ConnectionPath>,
    headers: HeaderMap,
    extract::SecretJson(input): extract::SecretJson<ConnectionInput>,
) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let condition = required(condition(&headers)?)?;
    let view = crate::blocking(move || {
        let connections = app.compute.connections();
        let stored = connections.save(&path.name, input, &condition, time::now())?;
        app.connections_changed();
        Ok(stored.view(users(&app)?.of(&path.name)))
    });
    Ok(tagged(StatusCode::OK, view.await?))
}

/// Deletes a connection. It can be restored for 24 hours. Says which nodes asked for it.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/connections/{name}",
    operation_id = "removeConnection",
    tag = "connections",
    params(ConnectionPath, ("if-match" = Option<String>, Header, description = "The ETag of the connection that may be deleted")),
    responses(
        (status = OK, description = "Deleted; as it was", body = ConnectionView),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn remove(
    State(app): State<App>,
    Path(path): Path<ConnectionPath>,
    headers: HeaderMap,
) -> ApiResult<Json<ConnectionView>> {
    app.require_project(&path.project)?;
    let condition = condition(&headers)?;
    let view = crate::blocking(move || {
        let connections = app.compute.connections();
        let stored = connections.delete(&path.name, &condition, time::now())?;
        app.connections_changed();
        Ok(stored.view(users(&app)?.of(&path.name)))
    });
    Ok(Json(view.await?))
}

/// Gives a connection another name. `usedBy` of the answer names what asks for the old one.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/connections/{name}/rename",
    operation_id = "renameConnection",
    tag = "connections",
    params(ConnectionPath, ("if-match" = Option<String>, Header, description = "The ETag of the connection")),
    request_body = RenameRequest,
    responses(
        (status = OK, description = "Renamed", body = ConnectionView),
        (status = CONFLICT, description = "`ConnectionExists`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn rename(
    State(app): State<App>,
    Path(path): Path<ConnectionPath>,
    headers: HeaderMap,
    extract::Json(request): extract::Json<RenameRequest>,
) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let condition = condition(&headers)?;
    let view = crate::blocking(move || {
        let connections = app.compute.connections();
        let stored = connections.rename(&path.name, &request.to, &condition, time::now())?;
        app.connections_changed();
        Ok(stored.view(users(&app)?.of(&path.name)))
    });
    Ok(tagged(StatusCode::OK, view.await?))
}

/// Restores a connection that was deleted less than 24 hours ago, with its secrets.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/connections/{name}/restore",
    operation_id = "restoreConnection",
    tag = "connections",
    params(ConnectionPath),
    responses(
        (status = OK, description = "Restored", body = ConnectionView),
        (status = CONFLICT, description = "`ConnectionExists`: another one has that name", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn restore(State(app): State<App>, Path(path): Path<ConnectionPath>) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let view = crate::blocking(move || {
        let stored = app.compute.connections().restore(&path.name, time::now())?;
        app.connections_changed();
        Ok(stored.view(users(&app)?.of(&path.name)))
    });
    Ok(tagged(StatusCode::OK, view.await?))
}

/// Calls the connection's service once, with what is stored, and says how it answered.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/connections/{name}/test",
    operation_id = "testConnection",
    tag = "connections",
    params(ConnectionPath),
    responses(
        (status = OK, description = "What the test found, also when it failed", body = TestResult),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn test(
    State(app): State<App>,
    Path(path): Path<ConnectionPath>,
) -> ApiResult<Json<TestResult>> {
    app.require_project(&path.project)?;
    Ok(Json(app.compute.test_connection(&path.name).await?))
}

/// The connections that the flow's nodes and variables ask for, and what is wrong with each.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/connections",
    operation_id = "listFlowConnections",
    tag = "connections",
    params(FlowPath),
    responses((status = OK, body = [ConnectionNeed]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn needs(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<Vec<ConnectionNeed>>> {
    app.require_flow(&path.project, &path.flow).await?;
    needs_with(app, path.flow, NeedsRequest::default()).await
}

/// The same for runs that have other environment variables than the flow's file says.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/connections",
    operation_id = "checkFlowConnections",
    tag = "connections",
    params(FlowPath),
    request_body = NeedsRequest,
    responses((status = OK, body = [ConnectionNeed]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn needs_of_runs(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(asked): extract::Json<NeedsRequest>,
) -> ApiResult<Json<Vec<ConnectionNeed>>> {
    app.require_flow(&path.project, &path.flow).await?;
    needs_with(app, path.flow, asked).await
}

async fn needs_with(
    app: App,
    flow: FlowId,
    asked: NeedsRequest,
) -> ApiResult<Json<Vec<ConnectionNeed>>> {
    let needs = move || Ok(app.compute.connection_needs(&flow, &asked.variables)?);
    Ok(Json(crate::blocking(needs).await?))
}

/// Looks for model servers at their usual ports of the server's machine, where the administrator allows it.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/model-servers",
    operation_id = "findModelServers",
    tag = "connections",
    params(ProjectPath),
    responses((status = OK, body = ModelServers), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn model_servers(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
) -> ApiResult<Json<ModelServers>> {
    app.require_project(&path.project)?;
    Ok(Json(app.compute.model_servers().await))
}

fn tagged(status: StatusCode, view: ConnectionView) -> Response {
    let tag = HeaderValue::from_str(&view.etag).ok();
    let mut response = (status, Json(view)).into_response();
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
