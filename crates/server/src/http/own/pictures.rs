//! Pictures that people give to a flow's inputs.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use flowdeck_contract::{
    error::ErrorResponse,
    pictures::{KeptPicture, PICTURE_LIMIT, PictureKind},
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

use super::{FlowPath, KeptPicturePath};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{Path, body_refusal},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    let limit = usize::try_from(PICTURE_LIMIT).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(keep).layer(DefaultBodyLimit::max(limit)))
        .routes(routes!(kept))
}

/// What kind of picture these bytes are, by what they are: not by a name or a header.
pub(super) fn kind_of(bytes: &[u8]) -> Option<PictureKind> {
    let kind = PictureKind::of_media_type(infer::get(bytes)?.mime_type())?;
    // `infer` looks at the first three letters of a GIF alone.
    let is_gif = bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a");
    (kind != PictureKind::Gif || is_gif).then_some(kind)
}

/// Keeps a picture for the flow's inputs, by its content. The name that it gets stands for it in values, in the place of a
/// path: `{"data:image/png;path": NAME}`, or `{"type": "image_file", "image_file": {"path": NAME}}`.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/flows/{flow}/pictures",
    operation_id = "keepPicture",
    tag = "runs",
    params(FlowPath),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "PNG, JPEG, GIF, WebP, AVIF or BMP, at most 10 MB"),
    responses(
        (status = CREATED, description = "Kept", body = KeptPicture),
        (status = PAYLOAD_TOO_LARGE, description = "`PictureTooLarge`", body = ErrorResponse),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "`NotAPicture`", body = ErrorResponse),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn keep(
    State(app): State<App>,
    Path(path): Path<FlowPath>,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<(StatusCode, Json<KeptPicture>)> {
    app.require_flow(&path.project, &path.flow).await?;
    let bytes = body.map_err(|rejection| unread(&rejection))?;
    let kind = kind_of(&bytes).ok_or_else(|| {
        let message = "This file isn’t a picture that can be shown.";
        ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NotAPicture", message)
            .remedy("Choose a PNG, JPEG, GIF, WebP, AVIF or BMP file.")
    })?;
    let compute = app.compute.clone();
    let kept = crate::blocking(move || Ok(compute.keep_picture(&path.flow, kind, &bytes)?)).await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

fn unread(rejection: &BytesRejection) -> ApiError {
    if rejection.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return body_refusal(rejection);
    }
    let message = format!(
        "The picture is larger than {} MB.",
        PICTURE_LIMIT / 1_000_000
    );
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "PictureTooLarge", message)
        .remedy("Choose a smaller picture, or make this one smaller.")
}

/// A picture that is kept for the flow's inputs.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/flows/{flow}/pictures/{name}",
    operation_id = "getPicture",
    tag = "runs",
    params(KeptPicturePath),
    responses(
        (status = OK, description = "The picture", body = Vec<u8>, content_type = "image/*"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn kept(State(app): State<App>, Path(path): Path<KeptPicturePath>) -> ApiResult<Response> {
    app.require_flow(&path.project, &path.flow).await?;
    let compute = app.compute.clone();
    let read = move || Ok(compute.kept_picture(&path.flow, &path.name)?);
    let bytes = crate::blocking(read).await?;
    // The flow's session can write where it lies.
    let kind = kind_of(&bytes).ok_or_else(|| {
        let message = "The picture is no longer kept.";
        ApiError::not_found("PictureNotKept", message).remedy("Choose the picture again.")
    })?;
    Ok(([(CONTENT_TYPE, kind.media_type())], bytes).into_response())
}
