//! The HTTP API: which paths there are, who may use them, and what every answer carries.

mod azure;
mod compressed;
mod envelope;
pub mod error;
mod extract;
mod headers;
pub(crate) mod large;
mod own;
mod pages;
mod refusals;
mod schemas;
mod sign_in;
mod sign_ins;
mod spec;
pub(crate) mod streamed;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Extensions, StatusCode, Uri},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use flowdeck_compute::asked_by;
use flowdeck_contract::files::EDITABLE_LIMIT;
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::{App, http::error::ApiError, serving::Peer};

pub use spec::openapi;

/// The largest body taken, in bytes: the largest file that can be saved, and one byte more so that the files' own
/// message is given.
const BODY_LIMIT: usize = EDITABLE_LIMIT as usize + 1024;

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (routes, _) = spec::documented(&app).split_for_parts();
    let routes = routes
        .merge(schemas::routes())
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(pages::serve)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(app.clone());
    let below_base = from_fn_with_state(app.clone(), strip_base).layer(routes);
    let all = Router::new()
        .fallback_service(below_base)
        .layer(from_fn_with_state(app, check_host));
    answered(all)
}

/// What every answer gets, whatever happens on the way to it.
fn answered(router: Router) -> Router {
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::secure))
        .layer(from_fn(envelope::envelope))
        .layer(compressed::layer())
}

/// The paths of the API, with their description.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(own::routes())
        .merge(azure::routes())
        .merge(sign_ins::routes())
}

async fn strip_base(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(path) = app.base_path.strip(request.uri().path()) else {
        let message = format!(
            "Addresses on this server start with {}/.",
            app.base_path.as_str()
        );
        return ApiError::not_found("NotFound", message).into_response();
    };
    let stripped = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    match stripped.parse::<Uri>() {
        Ok(uri) => {
            *request.uri_mut() = uri;
            next.run(request).await
        }
        Err(error) => ApiError::bad_request("InvalidPath", error.to_string()).into_response(),
    }
}

async fn check_host(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.guard.check_host(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets pass who is signed in.
async fn require_sign_in(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = peer_of(request.extensions());
    let passed = match app.guard.check(request.method(), request.headers(), peer) {
        Ok(passed) => passed,
        Err(refusal) => return refusal.into_response(),
    };
    let ended = passed.sign_in.as_ref().map(|current| current.ended.clone());
    request.extensions_mut().insert(passed.sign_in);
    let response = asked_by(passed.by, next.run(request)).await;
    match ended {
        Some(ended) => sign_ins::until_ended(response, ended),
        None => response,
    }
}

/// Who sent a request.
fn peer_of(extensions: &Extensions) -> Peer {
    extensions.get().copied().unwrap_or_default()
}

async fn method_not_allowed(request: Request) -> ApiError {
    let (method, path) = (request.method(), request.uri().path());
    let message = format!("{method} isn’t supported for {path}.");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let cause = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    ApiError::internal("The server failed. Its log says why.", cause).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_as_a_failure_and_tells_nothing() {
        async fn fall() -> &'static str {
            panic!("the secret is 7")
        }
        let router = answered(Router::new().route("/", get(fall)));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["code"], "InternalError");
        assert!(!body.to_string().contains("secret"));
        assert!(body["correlation"]["RequestId"].is_string());
    }
}
