//! The package indexes, called feeds, that a requirements file names: whether an install could use them.

use axum::{Json, extract::State};
use flowdeck_contract::{
    error::ErrorResponse,
    feeds::{FeedTest, FeedTestRequest, KnownPackages, PackageAnswer, PackageQuestion},
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
    OpenApiRouter::new()
        .routes(routes!(test))
        .routes(routes!(known))
        .routes(routes!(look_up))
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

/// The packages whose names are known without asking an index: those of the base, of the flow's session, of this
/// project's requirements files, and widely used ones.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/packages",
    operation_id = "listKnownPackages",
    tag = "sessions",
    params(FlowPath),
    responses(
        (status = OK, body = KnownPackages),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn known(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
) -> ApiResult<Json<KnownPackages>> {
    app.require_flow(&path.project, &path.flow).await?;
    let mut known = app.compute.known_packages(&path.flow).await;
    let flows = app.flows.clone();
    known
        .names
        .extend(crate::blocking(move || Ok(flows.required_packages()?)).await?);
    known.names.sort_unstable();
    known.names.dedup();
    Ok(Json(known))
}

/// Asks the indexes that an install would use for one package, by its whole name. An index that can't be read is in the
/// answer.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/packages/look-up",
    operation_id = "lookUpPackage",
    tag = "sessions",
    params(FlowPath),
    request_body = PackageQuestion,
    responses(
        (status = OK, body = PackageAnswer),
        (status = BAD_REQUEST, description = "`PackageNameInvalid`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn look_up(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    extract::Json(question): extract::Json<PackageQuestion>,
) -> ApiResult<Json<PackageAnswer>> {
    app.require_flow(&path.project, &path.flow).await?;
    let PackageQuestion { name, text } = question;
    let answer = app.compute.look_up_package(&path.flow, &name, text);
    Ok(Json(answer.await?))
}
