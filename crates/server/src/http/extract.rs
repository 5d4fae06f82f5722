//! Extractors whose refusals are [`ApiError`]s.

use std::error::Error as _;

use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, JsonRejection},
    },
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

use crate::{http::error::ApiError, serving::BodyError};

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(json_refusal(&rejection)),
        }
    }
}

/// A JSON body that holds secrets: a refusal repeats nothing of it, neither to the client nor to the log.
pub(crate) struct SecretJson<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for SecretJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::JsonDataError(_)) => Err(ApiError::bad_request(
                "InvalidBody",
                "The body isn’t what this operation takes.",
            )
            .remedy("Compare it with the description in /api/openapi.json.")),
            Err(JsonRejection::JsonSyntaxError(_)) => {
                Err(ApiError::bad_request("InvalidBody", "The body isn’t JSON."))
            }
            Err(rejection) => Err(json_refusal(&rejection)),
        }
    }
}

fn json_refusal(rejection: &JsonRejection) -> ApiError {
    let text = rejection.body_text();
    match rejection {
        JsonRejection::MissingJsonContentType(_) => ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            text,
        )
        .remedy("Send the header content-type: application/json."),
        JsonRejection::BytesRejection(rejection) => body_refusal(rejection),
        _ => ApiError::bad_request("InvalidBody", text),
    }
}

/// A body that could not be read, did not arrive in time, or is larger than it may be.
pub(crate) fn body_refusal(rejection: &BytesRejection) -> ApiError {
    let (status, text) = (rejection.status(), rejection.body_text());
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(status, "BodyTooLarge", text);
    }
    if is_paused(rejection) {
        let message = "The rest of the request didn't arrive in time.";
        return ApiError::new(StatusCode::REQUEST_TIMEOUT, "RequestTimeout", message)
            .remedy("Check the connection to the server, then try again.");
    }
    ApiError::bad_request("InvalidBody", text)
}

fn is_paused(rejection: &BytesRejection) -> bool {
    let mut cause = rejection.source();
    while let Some(error) = cause {
        if let Some(BodyError::Paused) = error.downcast_ref() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The parameters in the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::bad_request("InvalidPath", rejection.body_text())),
        }
    }
}

/// The parameters in the query.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(ApiError::bad_request("InvalidQuery", rejection.body_text())),
        }
    }
}
