//! A session's settings: checked before they apply, applied, and kept as presets.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use flowdeck_contract::{
    azure::SetupFlowSessionAction,
    error::ErrorResponse,
    settings::{Preflight, Preset, SessionSettings, SettingsIntent},
};
use serde::Deserialize;

use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, PresetPath};
use crate::{
    App,
    flows::presets,
    http::{
        azure::{Accepted, ActionResult, accepted},
        error::{ApiError, ApiResult},
        extract::{self, Path, Query},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(preflight))
        .routes(routes!(apply))
        .routes(routes!(list))
        .routes(routes!(put, remove))
}

/// What would happen if a session were started so. Nothing is allocated.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/session/preflight",
    operation_id = "preflightSession",
    tag = "sessions",
    params(FlowPath),
    request_body = SessionSettings,
    responses((status = OK, body = Preflight), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn preflight(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(settings): extract::Json<SessionSettings>,
) -> ApiResult<Json<Preflight>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(app.compute.preflight(&path.flow, &settings).await?))
}

/// Which of its two meanings a request has.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct IntentQuery {
    /// Whether a session is to be started or the one that runs to be changed; without it the session's state decides.
    #[param(inline)]
    intent: Option<SettingsIntent>,
}

/// Starts a session with these settings, or changes the one that runs to them.
///
/// Another idle shutdown leaves the session as it is; another compute or base image resets it. The base image must be
/// what `environment.image` of `flow.dag.yaml` says.
#[utoipa::path(
    put,
    path = "/api/projects/{project}/flows/{flow}/session/settings",
    operation_id = "putSessionSettings",
    tag = "sessions",
    params(FlowPath, IntentQuery),
    request_body = SessionSettings,
    responses(
        (status = ACCEPTED, description = "In progress", body = ActionResult,
            headers(("azure-asyncoperation" = String, description = "The absolute URL to poll"))),
        (status = CONFLICT, description = "`QuotaExceeded`, `ComputeInstanceStopped`, `BaseImageDiffers` or \
            `SessionStateConflict`: not possible in the current state", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn apply(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    Query(query): Query<IntentQuery>,
    headers: HeaderMap,
    extract::Json(settings): extract::Json<SessionSettings>,
) -> ApiResult<Accepted> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = &app.compute;
    let begun = compute.apply(&path.flow, settings, query.intent).await?;
    accepted(&app, &headers, SetupFlowSessionAction::Update, &begun)
}

/// The presets of the flow.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/presets",
    operation_id = "listPresets",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, body = [Preset]),
        (status = CONFLICT, description = "`PresetsUnreadable`: the file was edited and holds something else", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn list(State(app): State<App>, Path(path): Path<FlowPath>) -> ApiResult<Json<Vec<Preset>>> {
    app.require_flow(&path.project, &path.flow).await?;
    let flows = app.flows.clone();
    crate::blocking(move || Ok(presets::list(&flows, &path.flow)?))
        .await
        .map(Json)
}

/// Keeps settings under a name, in the place of what it had.
#[utoipa::path(
    put,
    path = "/api/projects/{project}/flows/{flow}/presets/{name}",
    operation_id = "putPreset",
    tag = "sessions",
    params(PresetPath),
    request_body = Preset,
    responses(
        (status = NO_CONTENT, description = "Kept"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn put(
    State(app): State<App>,
    Path(path): Path<PresetPath>,
    extract::Json(preset): extract::Json<Preset>,
) -> ApiResult<StatusCode> {
    if preset.name != path.name {
        let message = "The preset’s name differs from the one in the address.";
        return Err(ApiError::bad_request("PresetNameDiffers", message).target("name"));
    }
    changed(&app, path, |flows, path| {
        presets::put(flows, &path.flow, preset)
    })
    .await
}

/// Forgets a preset.
#[utoipa::path(
    delete,
    path = "/api/projects/{project}/flows/{flow}/presets/{name}",
    operation_id = "removePreset",
    tag = "sessions",
    params(PresetPath),
    responses(
        (status = NO_CONTENT, description = "Forgotten"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn remove(State(app): State<App>, Path(path): Path<PresetPath>) -> ApiResult<StatusCode> {
    changed(&app, path, |flows, path| {
        presets::remove(flows, &path.flow, &path.name)
    })
    .await
}

async fn changed(
    app: &App,
    path: PresetPath,
    change: impl FnOnce(&crate::flows::Flows, &PresetPath) -> Result<(), presets::PresetError>
    + Send
    + 'static,
) -> ApiResult<StatusCode> {
    app.require_flow(&path.project, &path.flow).await?;
    let work = app.clone();
    crate::blocking(move || {
        change(&work.flows, &path)?;
        work.changes
            .touched(&work.flows, &path.flow, &presets::path()?);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
