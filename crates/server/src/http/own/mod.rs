//! flowdeck's own operations, below `/api/projects/{project}`.

mod compute;
mod connection_files;
mod connections;
mod conversations;
mod deleted_flows;
mod diagnostics;
mod events;
mod feeds;
mod file_downloads;
mod files;
mod flows;
mod importing;
mod managing;
mod model_calls;
mod moving_files;
mod packages;
mod pictures;
mod prices;
mod runs;
mod session;
mod sessions;
mod settings;
mod timeline;

use std::fs::File;

use axum::{body::Body, http::header::CONTENT_TYPE};
use flowdeck_contract::connections::ConnectionName;
use flowdeck_contract::ids::{ConversationId, FilePath, FlowId, ProjectName, RunId, SessionId};
use flowdeck_contract::pictures::PictureName;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        streamed::streamed,
    },
};

/// Every path of this module.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(flows::routes())
        .merge(managing::routes())
        .merge(importing::routes())
        .merge(deleted_flows::routes())
        .merge(files::routes())
        .merge(moving_files::routes())
        .merge(file_downloads::routes())
        .merge(session::routes())
        .merge(sessions::routes())
        .merge(settings::routes())
        .merge(timeline::routes())
        .merge(diagnostics::routes())
        .merge(packages::routes())
        .merge(feeds::routes())
        .merge(compute::routes())
        .merge(prices::routes())
        .merge(runs::routes())
        .merge(model_calls::routes())
        .merge(pictures::routes())
        .merge(conversations::routes())
        .merge(connections::routes())
        .merge(connection_files::routes())
        .merge(events::routes())
}

/// Names a project.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ProjectPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
}

/// Names a compute instance.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct InstancePath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The compute instance.
    instance: String,
}

/// Names a flow.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct FlowPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
}

/// Names an archive of flows.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ArchivePath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The archive.
    archive: String,
}

/// Names a deleted flow.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct DeletedPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The deleted flow.
    deleted: String,
}

/// Names files that were deleted together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct DeletedFilesPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The deleted files.
    deleted: String,
}

/// Names a compute session.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct SessionPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The session's id.
    #[param(value_type = String)]
    session: SessionId,
}

/// Names a preset.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct PresetPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The preset.
    name: String,
}

/// Names a connection.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ConnectionPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The connection.
    #[param(value_type = String)]
    name: ConnectionName,
}

/// Names a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct FilesPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The file, relative to the flow folder, with `/` between its parts.
    #[param(value_type = String)]
    path: FilePath,
}

/// Names a run.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct RunPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The run.
    #[param(value_type = String)]
    run: RunId,
}

/// Names a picture that a run made.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct PicturePath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The run.
    #[param(value_type = String)]
    run: RunId,
    /// The name of the picture's file.
    file: String,
}

/// Names a picture that is kept for a flow's inputs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct KeptPicturePath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The picture.
    #[param(value_type = String)]
    name: PictureName,
}

/// Names a node of a flow.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct NodePath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The node's name.
    node: String,
}

/// Names a conversation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct ConversationPath {
    /// The project; `default` on a self-hosted server.
    #[param(value_type = String)]
    project: ProjectName,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow: FlowId,
    /// The conversation.
    #[param(value_type = String)]
    conversation: ConversationId,
}

/// A body that is shown, never run: it is plain text, whatever it holds.
type PlainText = ([(axum::http::HeaderName, &'static str); 1], String);

/// As [`PlainText`], of a file that may be large.
type TextFile = ([(axum::http::HeaderName, &'static str); 1], Body);

/// A file as text; empty where there is none.
fn text_file(file: Option<File>) -> ApiResult<TextFile> {
    let failed = |error| ApiError::internal("The file could not be read.", error);
    let body = match file {
        Some(file) => streamed(file).map_err(failed)?,
        None => Body::empty(),
    };
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], body))
}

fn plain_text(text: String) -> PlainText {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}
