//! Which status the failures of flows and files have.

use axum::http::{HeaderValue, StatusCode, header::ETAG};
use flowdeck_compute::ComputeError;
use flowdeck_connections::{ConnectionError, ErrorKind};
use flowdeck_contract::files::TooLarge;

use crate::{
    files::{ETag, FileError},
    flows::{FlowError, ManageError, import::ImportError, presets::PresetError},
    http::error::ApiError,
};

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        let status = match error {
            FlowError::File(error) => return error.into(),
            FlowError::NotFound(_) => StatusCode::NOT_FOUND,
            FlowError::Outside(_) => StatusCode::FORBIDDEN,
            FlowError::Name(_) | FlowError::NoFolder(_) | FlowError::Unreadable { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<ManageError> for ApiError {
    fn from(error: ManageError) -> Self {
        let status = match error {
            ManageError::Flow(error) => return error.into(),
            ManageError::Exists(_)
            | ManageError::InBin(_)
            | ManageError::AtWork(..)
            | ManageError::Fixed(_) => StatusCode::CONFLICT,
            ManageError::NoParent(_)
            | ManageError::Name { .. }
            | ManageError::NoTemplate(_)
            | ManageError::DisplayName(_) => StatusCode::BAD_REQUEST,
            ManageError::NotDeleted => StatusCode::NOT_FOUND,
            ManageError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            ManageError::NoSpace(_) => StatusCode::INSUFFICIENT_STORAGE,
            ManageError::Denied(_) => StatusCode::FORBIDDEN,
            ManageError::Io { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let answer = Self::new(status, error.code(), error.to_string());
        match error.remedy() {
            Some(remedy) => answer.remedy(remedy),
            None => answer,
        }
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        let status = match error {
            ImportError::Manage(error) => return error.into(),
            ImportError::Unreadable(_)
            | ImportError::Name { .. }
            | ImportError::File { .. }
            | ImportError::NoFlow => StatusCode::BAD_REQUEST,
            ImportError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            ImportError::NotHeld | ImportError::NotFound(_) => StatusCode::NOT_FOUND,
            ImportError::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let answer = Self::new(status, error.code(), error.to_string());
        match error.remedy() {
            Some(remedy) => answer.remedy(remedy),
            None => answer,
        }
    }
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        let answer = Self::new(status(&error), error.code(), error.to_string());
        match error {
            FileError::Changed { path, now } => with_tag(answer, now.as_ref())
                .target(path)
                .remedy("Compare both versions, then overwrite the file or use the one on disk."),
            FileError::Exists { path, now } => with_tag(answer, now.as_ref())
                .target(path)
                .remedy("Choose another name, or open the existing file."),
            FileError::Definition(path) => answer
                .target(path)
                .remedy("To rename, copy or delete the whole flow, use the Prompt flow page."),
            FileError::OtherFlow { path, .. } => answer
                .target(path)
                .remedy("Change that flow on the Prompt flow page."),
            FileError::DefinitionPaths(path) => answer.target(path).remedy(
                "Move without updating the references, then change the paths in raw file mode.",
            ),
            FileError::TooMany => answer.remedy("Choose a folder, or fewer files."),
            FileError::NotDeleted => answer,
            FileError::NoSpace(path) => answer
                .target(path)
                .remedy("Free space on the disk, then save again."),
            FileError::Denied(path) => answer
                .target(path)
                .remedy("Give the user that runs the server access to the flow folder."),
            FileError::NotFound(path)
            | FileError::Outside(path)
            | FileError::Hidden(path)
            | FileError::Folder(path)
            | FileError::NotAFolder(path)
            | FileError::InItself(path)
            | FileError::Special(path)
            | FileError::NotText(path)
            | FileError::TooLarge(TooLarge { name: path, .. })
            | FileError::Io { path, .. } => answer.target(path),
        }
    }
}

impl From<ConnectionError> for ApiError {
    fn from(error: ConnectionError) -> Self {
        match error.kind() {
            ErrorKind::Precondition => {
                let mut answer = Self::from(ComputeError::from(error));
                answer.status = StatusCode::PRECONDITION_FAILED;
                answer
            }
            _ => ComputeError::from(error).into(),
        }
    }
}

impl From<PresetError> for ApiError {
    fn from(error: PresetError) -> Self {
        let message = error.to_string();
        match error {
            PresetError::Flow(error) => error.into(),
            PresetError::Name => Self::bad_request("PresetNameInvalid", message).target("name"),
            PresetError::NotFound(_) => Self::not_found("PresetNotFound", message),
            PresetError::Broken(_) => Self::new(StatusCode::CONFLICT, "PresetsUnreadable", message)
                .remedy("Fix or delete the file in the flow folder."),
            PresetError::Internal(_) => Self::internal(message, "an internal path"),
        }
    }
}

fn status(error: &FileError) -> StatusCode {
    match error {
        FileError::NotFound(_) | FileError::Hidden(_) | FileError::NotDeleted => {
            StatusCode::NOT_FOUND
        }
        FileError::Outside(_) | FileError::Denied(_) => StatusCode::FORBIDDEN,
        FileError::Folder(_)
        | FileError::NotAFolder(_)
        | FileError::InItself(_)
        | FileError::Definition(_)
        | FileError::OtherFlow { .. }
        | FileError::DefinitionPaths(_) => StatusCode::CONFLICT,
        FileError::TooMany => StatusCode::BAD_REQUEST,
        FileError::Special(_) | FileError::NotText(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FileError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        FileError::Changed { .. } | FileError::Exists { .. } => StatusCode::PRECONDITION_FAILED,
        FileError::NoSpace(_) => StatusCode::INSUFFICIENT_STORAGE,
        FileError::Io { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Tells what the file is now, so that a client can compare without asking again.
fn with_tag(answer: ApiError, now: Option<&ETag>) -> ApiError {
    match now.and_then(|tag| HeaderValue::from_str(tag.as_str()).ok()) {
        Some(tag) => answer.header(ETAG, tag),
        None => answer,
    }
}
