//! The list of sign-ins, and ending them.

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_TYPE, SET_COOKIE},
    },
    response::Response,
};
use flowdeck_contract::{error::ErrorResponse, sign_ins::SignIns};
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    App,
    auth::Current,
    http::{
        error::{ApiError, ApiResult},
        extract::Path,
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, end_all))
        .routes(routes!(end_current))
        .routes(routes!(end))
}

/// The sign-in that a request came with; none where it came with the token.
type MaybeCurrent = Extension<Option<Current>>;

/// Takes the cookie from the browser.
type SignedOut = (StatusCode, Option<[(HeaderName, HeaderValue); 1]>, ());

/// Names a sign-in.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
struct SignInPath {
    /// The sign-in's id.
    id: String,
}

/// Lets live events end with the sign-in that requested them.
pub(super) fn until_ended(response: Response, ended: CancellationToken) -> Response {
    let kind = response.headers().get(CONTENT_TYPE);
    if kind.is_none_or(|kind| kind != "text/event-stream") {
        return response;
    }
    response.map(|body| {
        let events = body.into_data_stream();
        Body::from_stream(events.take_until(ended.cancelled_owned()))
    })
}

/// Every browser that is signed in, the one used last first.
#[utoipa::path(
    get,
    path = "/api/sign-ins",
    operation_id = "listSignIns",
    tag = "server",
    responses((status = OK, body = SignIns), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(State(app): State<App>, Extension(current): MaybeCurrent) -> Json<SignIns> {
    let sign_ins = app.guard.sign_ins();
    Json(SignIns {
        sign_ins: sign_ins.list(current.as_ref(), crate::time::now()),
    })
}

/// Signs out every browser.
#[utoipa::path(
    delete,
    path = "/api/sign-ins",
    operation_id = "signOutEverywhere",
    tag = "server",
    responses((status = NO_CONTENT, description = "Nobody is signed in"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn end_all(State(app): State<App>, Extension(current): MaybeCurrent) -> ApiResult<SignedOut> {
    let ended = app.clone();
    crate::blocking(move || Ok(ended.guard.sign_ins().end_all()?)).await?;
    Ok(signed_out(&app, current.is_some()))
}

/// Signs out the browser that asks.
#[utoipa::path(
    delete,
    path = "/api/sign-ins/current",
    operation_id = "signOut",
    tag = "server",
    responses((status = NO_CONTENT, description = "Signed out"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn end_current(
    State(app): State<App>,
    Extension(current): MaybeCurrent,
) -> ApiResult<SignedOut> {
    let Some(current) = current else {
        let message = "The request comes with the token, not with a sign-in.";
        return Err(ApiError::not_found("SignInNotFound", message));
    };
    end_one(&app, current.id).await?;
    Ok(signed_out(&app, true))
}

/// Signs out one browser.
#[utoipa::path(
    delete,
    path = "/api/sign-ins/{id}",
    operation_id = "endSignIn",
    tag = "server",
    params(SignInPath),
    responses((status = NO_CONTENT, description = "Signed out"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn end(
    State(app): State<App>,
    Extension(current): MaybeCurrent,
    Path(SignInPath { id }): Path<SignInPath>,
) -> ApiResult<SignedOut> {
    let is_own = current.is_some_and(|current| current.id == id);
    end_one(&app, id).await?;
    Ok(signed_out(&app, is_own))
}

async fn end_one(app: &App, id: String) -> ApiResult<()> {
    let app = app.clone();
    let was_there = crate::blocking(move || Ok(app.guard.sign_ins().end(&id)?)).await?;
    if was_there {
        return Ok(());
    }
    let message = "This sign-in has ended already.";
    Err(ApiError::not_found("SignInNotFound", message))
}

fn signed_out(app: &App, is_own: bool) -> SignedOut {
    let cookie = is_own.then(|| [(SET_COOKIE, app.guard.signed_out())]);
    (StatusCode::NO_CONTENT, cookie, ())
}
