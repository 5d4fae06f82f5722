//! The package indexes, called feeds, that a requirements file names: whether an install could use them.

use axum::{Json, extract::State};
use flowdeck_contract::{
    error::ErrorResponse,
    feeds::{FeedTest, FeedTestRequest},
};
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
    OpenApiRouter::new().routes(routes!(test))
}

/// Asks each feed that the flow's requirements file names, as an install would, with the token of the session's identity
/// where a line says `{private}`. What is wrong with a feed is in the answer.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/session/feeds/test",
    operation_id = "testFeeds",
    tag = "sessions",
    params(FlowPath),
    request_body = FeedTestRequest,
    responses(
        (status = OK, body = FeedTest),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn test(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(request): extract::Json<FeedTestRequest>,
) -> ApiResult<Json<FeedTest>> {
    app.require_flow(&path.project, &path.flow).await?;
    Ok(Json(
        app.compute.test_feeds(&path.flow, request.text).await?,
    ))
}
