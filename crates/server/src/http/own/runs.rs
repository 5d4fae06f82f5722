//! Runs of a flow, or of one of its nodes.

use axum::{
    Json,
    extract::State,
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use flowdeck_contract::{
    error::ErrorResponse,
    runs::{RunDetail, RunFiles, RunRequest, RunSummary, UpstreamOutput},
    shown::shown,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{FlowPath, NodePath, PicturePath, RunPath, TextFile, pictures::kind_of, text_file};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(runs, run_flow))
        .routes(routes!(run))
        .routes(routes!(cancel))
        .routes(routes!(log))
        .routes(routes!(result))
        .routes(routes!(files))
        .routes(routes!(picture))
        .routes(routes!(upstream))
}

/// The run history, newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs",
    operation_id = "listRuns",
    tag = "runs",
    params(FlowPath),
    responses((status = OK, body = [RunSummary]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn runs(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<Vec<RunSummary>>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(compute.runs(&path.flow)?))
        .await
        .map(Json)
}

/// Runs the flow, or one node, in its session. Answers at once; the flow's events tell how it goes.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/runs",
    operation_id = "startRun",
    tag = "runs",
    params(FlowPath),
    request_body = RunRequest,
    responses(
        (status = CREATED, description = "In progress", body = RunDetail),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn run_flow(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(request): extract::Json<RunRequest>,
) -> ApiResult<(StatusCode, Json<RunDetail>)> {
    app.require_flow(&path.project, &path.flow).await?;
    let run = app.compute.run(&path.flow, request)?;
    Ok((StatusCode::CREATED, Json(run)))
}

/// One run, whole.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}",
    operation_id = "getRun",
    tag = "runs",
    params(RunPath),
    responses((status = OK, body = RunDetail), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn run(State(app): State<App>, Path(path): Path<RunPath>) -> ApiResult<Json<RunDetail>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(compute.run_detail(&path.flow, &path.run)?))
        .await
        .map(Json)
}

/// Cancels a run; one that is over stays as it is.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}/cancel",
    operation_id = "cancelRun",
    tag = "runs",
    params(RunPath),
    responses((status = OK, body = RunDetail), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn cancel(State(app): State<App>, Path(path): Path<RunPath>) -> ApiResult<Json<RunDetail>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(app.compute.cancel_run(&path.flow, &path.run)?))
}

/// The whole log of a run.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}/log",
    operation_id = "getRunLog",
    tag = "runs",
    params(RunPath),
    responses(
        (status = OK, description = "The log", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn log(State(app): State<App>, Path(path): Path<RunPath>) -> ApiResult<TextFile> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || text_file(compute.run_log_file(&path.flow, &path.run)?)).await
}

/// The whole result of a run, as the runtime gave it, when it is too large to be shown in the run itself: Python's JSON,
/// which can hold `NaN` and `Infinity`.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}/result",
    operation_id = "getRunResult",
    tag = "runs",
    params(RunPath),
    responses(
        (status = OK, description = "The result", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn result(State(app): State<App>, Path(path): Path<RunPath>) -> ApiResult<Response> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let file = move || text_file(Some(compute.run_result_file(&path.flow, &path.run)?));
    let file = crate::blocking(file).await?;
    let name = [(CONTENT_DISPOSITION, "attachment; filename=\"result.json\"")];
    Ok((name, file).into_response())
}

/// What was in the flow's files when the run began, within bounds; runs of earlier versions don't say.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}/files",
    operation_id = "getRunFiles",
    tag = "runs",
    params(RunPath),
    responses((status = OK, body = RunFiles), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn files(State(app): State<App>, Path(path): Path<RunPath>) -> ApiResult<Json<RunFiles>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(compute.run_files(&path.flow, &path.run)?))
        .await
        .map(Json)
}

/// A picture that a run made, when browsers show it without running anything of it.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/runs/{run}/pictures/{file}",
    operation_id = "getRunPicture",
    tag = "runs",
    params(PicturePath),
    responses(
        (status = OK, description = "The picture", body = Vec<u8>, content_type = "image/*"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn picture(State(app): State<App>, Path(path): Path<PicturePath>) -> ApiResult<Response> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let name = shown(&path.file).into_owned();
    let read = move || Ok(compute.run_output_file(&path.flow, &path.run, &path.file)?);
    let bytes = crate::blocking(read).await?;
    // By what it is, not by what it's called: the flow chose the name.
    let kind = kind_of(&bytes).ok_or_else(|| {
        ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "NotAPicture",
            format!("The run’s file ‘{name}’ isn’t a picture that this page can show."),
        )
    })?;
    Ok(([(CONTENT_TYPE, kind.media_type())], bytes).into_response())
}

/// What a run of a node alone would be given of the nodes that it refers to: each one's output of the newest run that has it.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/nodes/{node}/upstream",
    operation_id = "getUpstreamOutputs",
    tag = "runs",
    params(NodePath),
    responses((status = OK, body = [UpstreamOutput]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn upstream(
    State(app): State<App>,
    Path(path): Path<NodePath>,
) -> ApiResult<Json<Vec<UpstreamOutput>>> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    crate::blocking(move || Ok(compute.upstream(&path.flow, &path.node)?))
        .await
        .map(Json)
}
