//! What models cost.

use axum::{Json, extract::State};
use flowdeck_contract::{error::ErrorResponse, prices::Prices};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::ProjectPath;
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(prices))
}

/// What models cost, as the administrator says.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/prices",
    operation_id = "getPrices",
    tag = "runs",
    params(ProjectPath),
    responses((status = OK, body = Prices), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn prices(State(app): State<App>, Path(path): Path<ProjectPath>) -> ApiResult<Json<Prices>> {
    app.require_project(&path.project)?;
    Ok(Json(app.prices.clone()))
}
