//! Long operations: how they are answered, and how they are polled.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
};
use flowdeck_compute::Begun;
use flowdeck_contract::{
    azure::{OperationResult, SetupFlowSessionAction},
    error::ErrorResponse,
    ids::{OperationId, SessionId},
    paths::{self, LOCAL},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{WorkspacePath, own_address};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{Path, Query},
    },
};

/// Where to poll, as the contract's clients expect it.
const ASYNC_OPERATION: HeaderName = HeaderName::from_static("azure-asyncoperation");

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(poll))
}

/// The contract's `IActionResult`: says nothing; the header says where to poll.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct ActionResult {}

/// 202, with the address to poll.
pub(in crate::http) type Accepted = (
    StatusCode,
    [(HeaderName, HeaderValue); 1],
    Json<ActionResult>,
);

/// Answers an operation that goes on.
pub(in crate::http) fn accepted(
    app: &App,
    headers: &HeaderMap,
    action: SetupFlowSessionAction,
    begun: &Begun,
) -> ApiResult<Accepted> {
    let url = format!(
        "{}/{}/FlowSessions/{}/{}/locations/{LOCAL}/operations/{}",
        own_address(app, headers),
        paths::workspace(&app.project),
        begun.session,
        action.as_str(),
        begun.operation
    );
    let url = HeaderValue::from_str(&url)
        .map_err(|error| ApiError::internal("Couldn’t create the address to poll.", error))?;
    Ok((
        StatusCode::ACCEPTED,
        [(ASYNC_OPERATION, url)],
        Json(ActionResult {}),
    ))
}

/// Names an operation. The contract's clients take the address from the header and need not know its parts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct OperationPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The session.
    #[param(value_type = String)]
    #[expect(
        dead_code,
        reason = "an operation outlives its session and is found by its own id"
    )]
    session_id: SessionId,
    /// What it does.
    #[expect(dead_code, reason = "checked by reading it")]
    action_type: SetupFlowSessionAction,
    /// `local` on a self-hosted server.
    location: String,
    /// The operation.
    #[param(value_type = String)]
    operation_id: OperationId,
}

/// Accepted, as the contract has it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "there is one version and one type")]
struct PollQuery {
    /// Any.
    #[serde(rename = "api-version")]
    api_version: Option<String>,
    /// Any.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Where a long operation stands.
#[utoipa::path(
    get,
    path = "/FlowSessions/{sessionId}/{actionType}/locations/{location}/operations/{operationId}",
    operation_id = "FlowSessions_PollOperationStatus",
    tag = "contract",
    params(OperationPath, PollQuery),
    responses((status = OK, body = OperationResult), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn poll(
    State(app): State<App>,
    Path(path): Path<OperationPath>,
    Query(_): Query<PollQuery>,
) -> ApiResult<Json<OperationResult>> {
    let workspace = WorkspacePath {
        subscription_id: path.subscription_id,
        resource_group_name: path.resource_group_name,
        workspace_name: path.workspace_name,
    };
    workspace.project(&app)?;
    if path.location != LOCAL {
        let message = format!(
            "Location ‘{}’ doesn’t exist here. Use ‘{LOCAL}’.",
            path.location
        );
        return Err(ApiError::not_found("LocationNotFound", message));
    }
    let id = path.operation_id;
    let compute = app.compute.clone();
    let (result, id) = crate::blocking(move || Ok((compute.operation(&id), id))).await?;
    result.map(Json).ok_or_else(|| {
        ApiError::not_found(
            "OperationNotFound",
            format!("Operation ‘{id}’ doesn’t exist."),
        )
    })
}
