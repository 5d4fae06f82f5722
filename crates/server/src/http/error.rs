//! The one error type of every handler, and how it is answered: the public contract's `ErrorResponse`.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use flowdeck_compute::{ComputeError, ComputeErrorKind};
use flowdeck_contract::error::RootError;

/// A request that failed: what the client gets, and what only the log gets.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) error: Box<RootError>,
    /// For the log alone: may name paths and causes that clients must not see.
    pub(crate) cause: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What a handler gives.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A failure with its status, its PascalCase code and a sentence for people.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            error: Box::new(RootError::new(code, message)),
            cause: None,
            headers: Vec::new(),
        }
    }

    /// The request itself is wrong.
    #[must_use]
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// What the request names is not there.
    #[must_use]
    pub fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// A fault of the server: the client learns what failed, the log learns why.
    #[must_use]
    pub fn internal(message: impl Into<String>, cause: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message).because(cause)
    }

    /// Adds what a person can do.
    #[must_use]
    pub fn remedy(mut self, text: impl Into<String>) -> Self {
        self.error = Box::new(self.error.with_remedy(text));
        self
    }

    /// Names the field, file or header at fault.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.error = Box::new(self.error.with_target(target));
        self
    }

    /// Adds what only the log may know.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl From<ComputeError> for ApiError {
    fn from(error: ComputeError) -> Self {
        let status = match error.kind() {
            ComputeErrorKind::NotFound => StatusCode::NOT_FOUND,
            ComputeErrorKind::Conflict => StatusCode::CONFLICT,
            ComputeErrorKind::Invalid => StatusCode::BAD_REQUEST,
            ComputeErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ComputeErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self {
            status,
            error: Box::new(error.to_root_error()),
            cause: Some(format!("{error:?}")),
            headers: Vec::new(),
        }
    }
}

/// Leaves the body to [`crate::http::envelope`], which knows the request's id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
