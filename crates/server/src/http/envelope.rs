//! Gives every request an id, and every failure its body: written to the log once and answered, both with that id.

use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use flowdeck_contract::error::{Correlation, ErrorResponse};

use crate::http::error::ApiError;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request; also in its answer's header `x-request-id`.
#[derive(Clone, Debug)]
struct RequestId(HeaderValue);

impl RequestId {
    /// The client's own when it is a short plain word, else a new one.
    fn of(request: &Request) -> Self {
        let given = request.headers().get(REQUEST_ID).filter(|value| {
            let bytes = value.as_bytes();
            (1..=64).contains(&bytes.len())
                && bytes
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
        });
        match given {
            Some(value) => Self(value.clone()),
            None => Self(crate::random::header_value()),
        }
    }

    fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

/// Middleware around everything else.
pub(crate) async fn envelope(request: Request, next: Next) -> Response {
    let id = RequestId::of(&request);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let mut response = with_error_body(response, &id, &method, &path);
    response.headers_mut().insert(REQUEST_ID, id.0);
    response
}

fn with_error_body(
    mut response: Response,
    id: &RequestId,
    method: &Method,
    path: &str,
) -> Response {
    let Some(failure) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    log(&failure, id, method, path);
    let body = ErrorResponse {
        error: *failure.error,
        correlation: Correlation {
            request_id: Some(id.as_str().to_owned()),
        },
        time: Some(crate::time::now_rfc3339()),
    };
    let mut answer = (failure.status, Json(body)).into_response();
    for (name, value) in response.headers() {
        if !answer.headers().contains_key(name) && name != "content-length" {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

fn log(failure: &ApiError, id: &RequestId, method: &Method, path: &str) {
    let (status, code, reason) = (
        failure.status.as_u16(),
        &failure.error.code,
        &failure.error.message,
    );
    let cause = failure.cause.as_deref().unwrap_or_default();
    let request_id = id.as_str();
    if failure.status.is_server_error() {
        tracing::error!(request_id, %method, path, status, code, reason, cause, "request failed");
    } else {
        tracing::info!(request_id, %method, path, status, code, reason, cause, "request refused");
    }
}
