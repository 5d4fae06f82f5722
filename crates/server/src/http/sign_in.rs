//! What a client may request without being signed in: the health of the server, and signing in.

use axum::extract::FromRequest;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header::SET_COOKIE},
};
use flowdeck_contract::{error::ErrorResponse, sign_ins::SignedIn};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::{NewSignIn, WayIn},
    http::{error::ApiResult, extract::Json, peer_of},
};

/// The paths that are open to everybody.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(sign_in))
}

/// That the server is there.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// Says that the server is there.
#[utoipa::path(
    get,
    path = "/api/health",
    operation_id = "getHealth",
    tag = "server",
    security(()),
    responses((status = OK, body = Health)),
)]
async fn health() -> axum::Json<Health> {
    axum::Json(Health { status: "ok" })
}

/// Body of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The server's token.
    token: String,
}

/// Takes the token and signs the browser in: the cookie counts together with the key alone, which the page keeps.
#[utoipa::path(
    post,
    path = "/api/sign-in",
    operation_id = "signIn",
    tag = "server",
    security(()),
    request_body = SignIn,
    responses(
        (status = OK, description = "Signed in", body = SignedIn, headers(("set-cookie" = String, description = "The cookie of the sign-in"))),
        (status = UNAUTHORIZED, description = "Not the token", body = ErrorResponse),
        (status = TOO_MANY_REQUESTS, description = "Too many wrong tokens lately", body = ErrorResponse),
        (status = "default", description = "Any other failure", body = ErrorResponse),
    ),
)]
async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    request: Request,
) -> ApiResult<([(HeaderName, HeaderValue); 1], axum::Json<SignedIn>)> {
    app.guard.check_origin(&headers)?;
    let peer = peer_of(request.extensions());
    let Json(SignIn { token }) = Json::from_request(request, &app).await?;
    let NewSignIn { cookie, key } = app
        .guard
        .sign_in(token.trim(), &headers, peer, WayIn::Form)?;
    Ok(([(SET_COOKIE, cookie)], axum::Json(SignedIn { key })))
}
