//! The description of the API: made from the handlers, served, and locked by a test.

use axum::middleware::from_fn_with_state;
use flowdeck_contract::sign_ins::KEY_HEADER;
use utoipa::{
    OpenApi,
    openapi::{
        Paths,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    http::{api, require_sign_in, sign_in},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "flowdeck",
        description = "Flows, their files, compute sessions, runs and live events. Paths below /flow/api follow the public prompt flow service contract; paths below /api are flowdeck's own.",
    ),
    security(("token" = []), ("cookie" = [], "key" = [])),
    tags(
        (name = "server", description = "The server itself, and who is signed in to it"),
        (name = "projects", description = "A project and its flows"),
        (name = "files", description = "The files of a flow"),
        (name = "sessions", description = "A flow's compute session, as the app shows it"),
        (name = "connections", description = "A project's connections, whose secrets can be written and not read"),
        (name = "runs", description = "Runs of a flow"),
        (name = "events", description = "Live events, as server-sent events"),
        (name = "contract", description = "Operations of the public prompt flow service contract"),
    ),
)]
struct Document;

/// Every documented path.
pub(crate) fn documented(app: &App) -> OpenApiRouter<App> {
    let signed_in = api()
        .routes(routes!(openapi_json))
        .route_layer(from_fn_with_state(app.clone(), require_sign_in));
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(signed_in)
        .merge(sign_in::routes())
}

/// The document that describes the API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let routes = OpenApiRouter::with_openapi(Document::openapi())
        .merge(api().routes(routes!(openapi_json)))
        .merge(sign_in::routes());
    let mut document = routes.into_openapi();
    document.paths = without_wildcards(document.paths);
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The server's token"))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(
        "flowdeck_8642",
        "Given by a sign-in; named by the server's port",
    );
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let key = ApiKeyValue::with_description(KEY_HEADER, "Given by a sign-in, for its cookie");
    components.add_security_scheme("key", SecurityScheme::ApiKey(ApiKey::Header(key)));
    document
}

/// The router writes a parameter that spans slashes as `{*path}`, `OpenAPI` knows only `{path}`.
fn without_wildcards(mut paths: Paths) -> Paths {
    paths.paths = paths
        .paths
        .into_iter()
        .map(|(path, item)| (path.replace("{*", "{"), item))
        .collect();
    paths
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "getOpenApi",
    tag = "server",
    responses((status = OK, description = "The OpenAPI document", body = serde_json::Value)),
)]
async fn openapi_json() -> axum::Json<utoipa::openapi::OpenApi> {
    axum::Json(openapi())
}
