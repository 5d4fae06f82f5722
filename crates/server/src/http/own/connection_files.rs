//! Connections from and to text: promptflow's YAML, `.env` files, Azure's workspace connections.

use axum::{
    Json,
    extract::State,
    http::header::CONTENT_DISPOSITION,
    response::{IntoResponse as _, Response},
};
use flowdeck_connections::{Condition, Connections, Found, read_import, to_yaml};
use flowdeck_contract::{
    connections::{
        ConnectionName, ExistingConnections, ImportRequest, ImportResult, ImportedConnection,
        missing_fields,
    },
    error::ErrorResponse,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ConnectionPath, ProjectPath, plain_text};
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
        .routes(routes!(export))
}

/// Reads connections from promptflow's YAML, a `.env` file or Azure's JSON, and stores those that can be. What stands
/// for a value, such as `<user-input>`, is left out and named in `asks`.
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
        let imported = found.iter().map(|found| take(connections, found, &request));
        let connections = imported.collect();
        app.feed.touch();
        Ok(ImportResult { connections })
    });
    Ok(Json(result.await?))
}

fn take(connections: &Connections, found: &Found, request: &ImportRequest) -> ImportedConnection {
    let asks = found.kind.map(|kind| {
        let secrets = &found.secrets;
        missing_fields(
            kind,
            &found.configs,
            |name| secrets.contains_key(name),
            !secrets.is_empty(),
        )
    });
    let problem = found
        .problem
        .clone()
        .or_else(|| store(connections, found, request).err());
    ImportedConnection {
        name: found.name.clone(),
        kind: found.kind,
        asks: asks.unwrap_or_default(),
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
