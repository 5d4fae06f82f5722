//! Operations of the public prompt flow service contract, by its paths, names and shapes.

mod connections;
mod flows;
mod operations;
mod resources;
mod runtimes;
mod session_actions;
mod session_by_flow;
mod session_by_id;
mod session_dto;

pub(super) use operations::{Accepted, ActionResult, accepted};

use axum::http::HeaderMap;
use flowdeck_compute::Owner;
use flowdeck_contract::{
    ids::{FlowId, ProjectName, SessionId},
    paths::LOCAL,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App,
    http::error::{ApiError, ApiResult},
};

/// Where a workspace's operations stand; utoipa wants literals, so each handler repeats it.
const WORKSPACE: &str = "/flow/api/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}";

/// Every path of this module.
pub(crate) fn routes() -> OpenApiRouter<App> {
    let below_workspace = OpenApiRouter::new()
        .merge(flows::routes())
        .merge(connections::routes())
        .merge(session_by_flow::routes())
        .merge(session_by_id::routes())
        .merge(runtimes::routes())
        .merge(operations::routes());
    OpenApiRouter::new()
        .nest(WORKSPACE, below_workspace)
        .merge(resources::routes())
}

/// Names a workspace.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct WorkspacePath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
}

/// Names a flow of a workspace.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct WorkspaceFlowPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The flow: its folder's name.
    #[param(value_type = String)]
    flow_id: FlowId,
}

/// Names a session of a workspace.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct WorkspaceSessionPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The session.
    #[param(value_type = String)]
    session_id: SessionId,
}

impl WorkspaceFlowPath {
    fn workspace(&self) -> WorkspacePath {
        WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        }
    }
}

impl WorkspaceSessionPath {
    fn workspace(&self) -> WorkspacePath {
        WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        }
    }
}

impl WorkspacePath {
    /// The project that the workspace is.
    fn project(&self, app: &App) -> ApiResult<ProjectName> {
        require_local(
            "subscription",
            "SubscriptionNotFound",
            &self.subscription_id,
        )?;
        require_local(
            "resource group",
            "ResourceGroupNotFound",
            &self.resource_group_name,
        )?;
        match ProjectName::try_from(self.workspace_name.as_str()) {
            Ok(project) if project == app.project => Ok(project),
            _ => {
                let message = format!(
                    "Workspace ‘{}’ doesn’t exist. This server’s workspace is ‘{}’.",
                    self.workspace_name, app.project
                );
                Err(ApiError::not_found("WorkspaceNotFound", message))
            }
        }
    }
}

impl WorkspaceFlowPath {
    /// Says whether there is such a flow.
    async fn require(&self, app: &App) -> ApiResult<()> {
        let project = self.workspace().project(app)?;
        app.require_flow(&project, &self.flow_id).await
    }
}

impl WorkspaceSessionPath {
    /// Whose session it is, when there is one.
    fn find(&self, app: &App) -> ApiResult<Option<Owner>> {
        self.workspace().project(app)?;
        Ok(app.find_session(&self.session_id))
    }

    /// Whose session it is.
    fn require(&self, app: &App) -> ApiResult<Owner> {
        let project = self.workspace().project(app)?;
        app.session_owner(&project, &self.session_id)
    }
}

/// Says whether what is named is the one that there is.
fn require_local(what: &str, code: &'static str, given: &str) -> ApiResult<()> {
    if given == LOCAL {
        return Ok(());
    }
    let message = format!("No {what} is called ‘{given}’ here. Use ‘{LOCAL}’.");
    Err(ApiError::not_found(code, message))
}

/// The address of the server as the client sees it, without a slash at its end.
fn own_address(app: &App, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Says nothing but how the client itself came here, so a client can fool only itself.
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        _ => "http",
    };
    let host = text("host").unwrap_or("localhost");
    format!("{scheme}://{host}{}", app.base_path.as_str())
}
