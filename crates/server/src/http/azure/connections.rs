//! `Connections`, `Connections/specs` and `Connections/{connectionName}`. Secrets can be written here and never read.

mod dto;

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    connections::{
        AzureOpenAiDeploymentDto, ConnectionDto, ConnectionName, ConnectionType,
        CreateOrUpdateConnectionRequestDto, WorkspaceConnectionSpec,
    },
    error::ErrorResponse,
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::WorkspacePath;
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(specs))
        .routes(routes!(get, create, update, remove))
        .routes(routes!(list_secrets))
        .routes(routes!(deployments))
}

/// Names a connection of a workspace.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct WorkspaceConnectionPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The connection.
    #[param(value_type = String)]
    connection_name: ConnectionName,
}

impl WorkspaceConnectionPath {
    fn require(&self, app: &App) -> ApiResult<()> {
        let workspace = WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        };
        workspace.project(app).map(drop)
    }
}

/// Every connection of the workspace.
#[utoipa::path(
    get,
    path = "/Connections",
    operation_id = "Connections_ListConnections",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = [ConnectionDto]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<Vec<ConnectionDto>>> {
    path.project(&app)?;
    let list = crate::blocking(move || {
        let listed = app.compute.connections().list()?;
        Ok(listed.iter().map(dto::of).collect())
    });
    Ok(Json(list.await?))
}

/// The types of connections and their fields.
#[utoipa::path(
    get,
    path = "/Connections/specs",
    operation_id = "Connections_ListConnectionSpecs",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = [WorkspaceConnectionSpec]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn specs(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<Vec<WorkspaceConnectionSpec>>> {
    path.project(&app)?;
    Ok(Json(
        ConnectionType::ALL.into_iter().map(dto::spec).collect(),
    ))
}

/// One connection.
#[utoipa::path(
    get,
    path = "/Connections/{connectionName}",
    operation_id = "Connections_GetConnection",
    tag = "contract",
    params(WorkspaceConnectionPath),
    responses((status = OK, body = ConnectionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn get(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
) -> ApiResult<Json<ConnectionDto>> {
    path.require(&app)?;
    let found = crate::blocking(move || {
        let stored = app.compute.connections().get(&path.connection_name)?;
        Ok(dto::of(&stored))
    });
    Ok(Json(found.await?))
}

/// Makes a connection.
#[utoipa::path(
    post,
    path = "/Connections/{connectionName}",
    operation_id = "Connections_CreateConnection",
    tag = "contract",
    params(WorkspaceConnectionPath),
    request_body = CreateOrUpdateConnectionRequestDto,
    responses((status = OK, body = ConnectionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn create(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
    extract::SecretJson(request): extract::SecretJson<CreateOrUpdateConnectionRequestDto>,
) -> ApiResult<Json<ConnectionDto>> {
    path.require(&app)?;
    let stored = crate::blocking(move || {
        let input = dto::input(request, None)?;
        let connections = app.compute.connections();
        let name = &path.connection_name;
        let stored = connections.save(name, input, &Condition::Absent, time::now())?;
        app.connections_changed();
        Ok(dto::of(&stored))
    });
    Ok(Json(stored.await?))
}

/// Changes a connection. Secrets that aren't sent stay as they are.
#[utoipa::path(
    put,
    path = "/Connections/{connectionName}",
    operation_id = "Connections_UpdateConnection",
    tag = "contract",
    params(WorkspaceConnectionPath),
    request_body = CreateOrUpdateConnectionRequestDto,
    responses((status = OK, body = ConnectionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn update(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
    extract::SecretJson(request): extract::SecretJson<CreateOrUpdateConnectionRequestDto>,
) -> ApiResult<Json<ConnectionDto>> {
    path.require(&app)?;
    let stored = crate::blocking(move || {
        let connections = app.compute.connections();
        let name = &path.connection_name;
        let known = connections.get(name)?;
        let input = dto::input(request, Some(&known))?;
        let stored = connections.save(name, input, &Condition::Is(known.etag()), time::now())?;
        app.connections_changed();
        Ok(dto::of(&stored))
    });
    Ok(Json(stored.await?))
}

/// Deletes a connection; gives it as it was.
#[utoipa::path(
    delete,
    path = "/Connections/{connectionName}",
    operation_id = "Connections_DeleteConnection",
    tag = "contract",
    params(WorkspaceConnectionPath),
    responses((status = OK, body = ConnectionDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn remove(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
) -> ApiResult<Json<ConnectionDto>> {
    path.require(&app)?;
    let removed = crate::blocking(move || {
        let connections = app.compute.connections();
        let name = &path.connection_name;
        let stored = connections.delete(name, &Condition::None, time::now())?;
        app.connections_changed();
        Ok(dto::of(&stored))
    });
    Ok(Json(removed.await?))
}

/// Refused: secrets can be replaced, not read.
#[utoipa::path(
    get,
    path = "/Connections/{connectionName}/listsecrets",
    operation_id = "Connections_GetConnectionWithSecrets",
    tag = "contract",
    params(WorkspaceConnectionPath),
    responses(
        (status = FORBIDDEN, description = "`SecretsWriteOnly`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn list_secrets(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
) -> ApiResult<Json<ConnectionDto>> {
    path.require(&app)?;
    let message = "Stored secrets can be replaced, not read.";
    let refusal = ApiError::new(StatusCode::FORBIDDEN, "SecretsWriteOnly", message);
    Err(refusal.remedy("Enter the secret again where you need it."))
}

/// The deployments of an Azure `OpenAI` connection, as the service lists them.
#[utoipa::path(
    get,
    path = "/Connections/{connectionName}/AzureOpenAIDeployments",
    operation_id = "Connections_ListAzureOpenAIDeployments",
    tag = "contract",
    params(WorkspaceConnectionPath),
    responses((status = OK, body = [AzureOpenAiDeploymentDto]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn deployments(
    State(app): State<App>,
    Path(path): Path<WorkspaceConnectionPath>,
) -> ApiResult<Json<Vec<AzureOpenAiDeploymentDto>>> {
    path.require(&app)?;
    let name = path.connection_name.clone();
    let kind = crate::blocking(move || Ok(app.compute.connections().get(&name)?.kind()));
    if kind.await? != ConnectionType::AzureOpenAI {
        let message = format!(
            "‘{}’ isn’t an Azure OpenAI connection.",
            path.connection_name
        );
        return Err(ApiError::bad_request("ConnectionTypeUnsupported", message));
    }
    // A key of the resource doesn’t open Azure’s management API, which alone lists deployments.
    let message = "Azure lists deployments only to an identity, and none is configured here.";
    Err(
        ApiError::new(StatusCode::CONFLICT, "DeploymentsUnknown", message)
            .remedy("Enter the deployment’s name as it is in Azure."),
    )
}
