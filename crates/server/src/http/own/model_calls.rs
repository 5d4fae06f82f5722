//! One call of a model that a person tries.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use flowdeck_contract::{
    error::ErrorResponse,
    playground::{ModelCallEvent, ModelCallRequest},
};
use futures_util::{StreamExt as _, stream};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::FlowPath;
use crate::{
    App,
    http::{
        error::ApiResult,
        extract::{self, Path},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(call_model))
}

/// Calls a model once, in the flow's session, by a connection that the flow may use. Nothing of it is kept. The answer is a line
/// of JSON for each event, and the call is ended when the client leaves.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/model-calls",
    operation_id = "callModel",
    tag = "runs",
    params(FlowPath),
    request_body = ModelCallRequest,
    responses(
        (status = OK, description = "Each line is a ModelCallEvent", body = ModelCallEvent, content_type = "application/jsonl"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn call_model(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(request): extract::Json<ModelCallRequest>,
) -> ApiResult<Response> {
    app.require_flow(&path.project, &path.flow).await?;
    let told = app.compute.call_model(&path.flow, request)?;
    let events = stream::unfold(told, |mut told| async {
        let line = line(&told.recv().await?);
        Some((Ok::<_, Infallible>(line), told))
    });
    let lines = Body::from_stream(events.take_until(app.closing.clone().cancelled_owned()));
    Ok(([(CONTENT_TYPE, "application/jsonl")], lines).into_response())
}

fn line(event: &ModelCallEvent) -> Vec<u8> {
    let mut line = serde_json::to_vec(event).unwrap_or_else(|error| {
        tracing::error!(%error, "an event of a model's call can't be written");
        Vec::new()
    });
    line.push(b'\n');
    line
}
