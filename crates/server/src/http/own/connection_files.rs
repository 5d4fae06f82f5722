//! Connections from and to text: promptflow's YAML, `.env` files, Azure's workspace connections.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::header::CONTENT_DISPOSITION,
    response::{IntoResponse as _, Response},
};
use flowdeck_connections::{Condition, Connections, Found, read_import, read_local_store, to_yaml};
use flowdeck_contract::{
    connections::{
        ConnectionName, ExistingConnections, ImportRequest, ImportResult, ImportedConnection,
    },
    error::ErrorResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ConnectionPath, PlainText, ProjectPath, plain_text};
use crate::{
    App,
    http::{
        error::{ApiError, ApiResult},
        extract::{self, Path},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import))
        .merge(local_store_routes())
        .routes(routes!(export))
}

/// promptflow's store has its runs as well.
const LOCAL_STORE_LIMIT: usize = 16 * 1024 * 1024;

fn local_store_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read_store))
        .layer(DefaultBodyLimit::max(LOCAL_STORE_LIMIT))
}

/// Reads connections from promptflow's YAML, a `.env` file or Azure's JSON, and stores those that can be. What stands
/// for a value, such as `<user-input>`, is left out and asked for in `asks`; `values`
/// gives it.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/connection-import",
    operation_id = "importConnections",
    tag = "connections",
    params(ProjectPath),
    request_body = ImportRequest,
    responses((status = OK, body = ImportResult), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn import(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
    extract::SecretJson(request): extract::SecretJson<ImportRequest>,
) -> ApiResult<Json<ImportResult>> {
    app.require_project(&path.project)?;
    let result = crate::blocking(move || {
        let found = read_import(request.text.reveal(), app.compute.flow_variables())?;
        let connections = app.compute.connections();
        let imported = found
            .into_iter()
            .map(|found| take(connections, found, &request));
        let connections = imported.collect();
        if !request.preview {
            app.connections_changed();
        }
        Ok(ImportResult { connections })
    });
    Ok(Json(result.await?))
}

fn take(
    connections: &Connections,
    mut found: Found,
    request: &ImportRequest,
) -> ImportedConnection {
    let replaced = match request.existing {
        ExistingConnections::Keep => None,
        ExistingConnections::Replace => ConnectionName::try_from(found.name.as_str())
            .ok()
            .and_then(|name| connections.get(&name).ok()),
    };
    if let Some(values) = request.values.get(&found.name) {
        let asks = found.asks(replaced.as_ref());
        found.fill_in(&asks, values);
    }
    let asks = found.asks(replaced.as_ref());
    let problem = found
        .problem
        .clone()
        .or_else(|| store(connections, &found, request).err());
    ImportedConnection {
        name: found.name,
        kind: found.kind,
        asks,
        stored: problem.is_none() && !request.preview,
        problem,
    }
}

fn store(connections: &Connections, found: &Found, request: &ImportRequest) -> Result<(), String> {
    let name = ConnectionName::try_from(found.name.as_str()).map_err(|error| error.to_string())?;
    let input = found.input().ok_or("It has no type.")?;
    let condition = match request.existing {
        ExistingConnections::Keep => Condition::Absent,
        ExistingConnections::Replace => Condition::None,
    };
    let stored = match request.preview {
        true => connections.check_input(&name, &input, &condition),
        false => connections
            .save(&name, input, &condition, time::now())
            .map(drop),
    };
    stored.map_err(|error| error.to_string())
}

/// The text to import of promptflow's own store of connections, `pf.sqlite`. Its secrets are encrypted: the text leaves
/// each open. Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/connection-import/local-store",
    operation_id = "readLocalStore",
    tag = "connections",
    params(ProjectPath),
    request_body(content = String, description = "The file’s bytes, at most 16 MiB", content_type = "application/octet-stream"),
    responses(
        (status = OK, description = "promptflow’s connection YAML", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn read_store(
    State(app): State<App>,
    Path(path): Path<ProjectPath>,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<PlainText> {
    app.require_project(&path.project)?;
    let file = body.map_err(|rejection| extract::body_refusal(&rejection))?;
    let text = crate::blocking(move || Ok(read_local_store(file.into())?));
    Ok(plain_text(text.await?))
}

/// The connection as promptflow's YAML, each secret as `${env:…}`.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/connections/{name}/export",
    operation_id = "exportConnection",
    tag = "connections",
    params(ConnectionPath),
    responses(
        (status = OK, description = "The YAML", body = String, content_type = "text/plain"),
        (status = "default", description = "Failure", body = ErrorResponse),
    ),
)]
async fn export(State(app): State<App>, Path(path): Path<ConnectionPath>) -> ApiResult<Response> {
    app.require_project(&path.project)?;
    let yaml = crate::blocking(move || {
        let stored = app.compute.connections().get(&path.name)?;
        to_yaml(&stored).ok_or_else(|| {
            let message = format!(
                "promptflow can’t read {} connections from a file.",
                stored.kind().display_name()
            );
            ApiError::bad_request("ConnectionNotExportable", message)
        })
    });
    let name = [(
        CONTENT_DISPOSITION,
        "attachment; filename=\"connection.yaml\"",
    )];
    Ok((name, plain_text(yaml.await?)).into_response())
}
