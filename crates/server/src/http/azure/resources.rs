//! VM sizes, quota, computes and identities, by the paths and shapes of Azure's general resource API.

use axum::{Json, extract::State, http::StatusCode};
use flowdeck_contract::{
    azure::ManagedServiceIdentity,
    error::ErrorResponse,
    paths::LOCAL,
    resources::{
        ComputeInstanceProperties, ComputeProperties, ComputeResource, ResourceList, Usage,
        UsageName, UserAssignedIdentity, UserAssignedIdentityProperties, VirtualMachineSize,
    },
    settings::{InstanceOption, InstanceState, SizeOption},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{WorkspacePath, require_local};
use crate::{
    App,
    http::{error::ApiResult, extract::Path},
};

const COMPUTES: &str = "Microsoft.MachineLearningServices/workspaces/computes";
const IDENTITIES: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(vm_sizes))
        .routes(routes!(usages))
        .routes(routes!(computes))
        .routes(routes!(start))
        .routes(routes!(stop))
        .routes(routes!(identities))
}

/// Names a place of a subscription.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct LocationPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// Any: everything is in one place here.
    #[serde(rename = "location")]
    #[param(rename = "location")]
    _location: String,
}

/// Names a resource group.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct GroupPath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
}

/// Names a compute of a workspace.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
struct ComputePath {
    /// `local` on a self-hosted server.
    subscription_id: String,
    /// `local` on a self-hosted server.
    resource_group_name: String,
    /// The project.
    workspace_name: String,
    /// The compute instance.
    compute_name: String,
}

impl ComputePath {
    fn require_workspace(&self, app: &App) -> ApiResult<()> {
        let workspace = WorkspacePath {
            subscription_id: self.subscription_id.clone(),
            resource_group_name: self.resource_group_name.clone(),
            workspace_name: self.workspace_name.clone(),
        };
        workspace.project(app).map(drop)
    }
}

/// VM sizes, smallest first.
#[utoipa::path(
    get,
    path = "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/vmSizes",
    operation_id = "VirtualMachineSizes_List",
    tag = "contract",
    params(LocationPath),
    responses((status = OK, body = ResourceList<VirtualMachineSize>), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn vm_sizes(
    State(app): State<App>,
    Path(path): Path<LocationPath>,
) -> ApiResult<Json<ResourceList<VirtualMachineSize>>> {
    require_local(
        "subscription",
        "SubscriptionNotFound",
        &path.subscription_id,
    )?;
    let sizes = app.compute.options().sizes.into_iter();
    let size = |size: SizeOption| VirtualMachineSize {
        name: size.name,
        family: "host".to_owned(),
        v_cpus: size.v_cpus,
        gpus: 0,
        memory_gb: size.memory_gb,
        supported_compute_types: ["ComputeInstance", "Serverless"].map(str::to_owned).into(),
    };
    let value = sizes.map(size).collect();
    Ok(Json(ResourceList { value }))
}

/// What of the quota is in use.
#[utoipa::path(
    get,
    path = "/subscriptions/{subscriptionId}/providers/Microsoft.MachineLearningServices/locations/{location}/usages",
    operation_id = "Usages_List",
    tag = "contract",
    params(LocationPath),
    responses((status = OK, body = ResourceList<Usage>), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn usages(
    State(app): State<App>,
    Path(path): Path<LocationPath>,
) -> ApiResult<Json<ResourceList<Usage>>> {
    require_local(
        "subscription",
        "SubscriptionNotFound",
        &path.subscription_id,
    )?;
    let quota = app.compute.options().quota.into_iter();
    let value = quota
        .map(|usage| Usage {
            current_value: usage.used,
            limit: usage.limit,
            unit: usage.unit,
            name: UsageName {
                localized_value: usage.name.clone(),
                value: usage.name,
            },
        })
        .collect();
    Ok(Json(ResourceList { value }))
}

/// The compute instances.
#[utoipa::path(
    get,
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}/computes",
    operation_id = "Compute_List",
    tag = "contract",
    params(WorkspacePath),
    responses((status = OK, body = ResourceList<ComputeResource>), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn computes(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
) -> ApiResult<Json<ResourceList<ComputeResource>>> {
    path.project(&app)?;
    let instances = app.compute.options().instances.into_iter();
    let value = instances
        .map(|instance| resource(instance, &path.workspace_name))
        .collect();
    Ok(Json(ResourceList { value }))
}

fn resource(instance: InstanceOption, workspace: &str) -> ComputeResource {
    let state = match instance.state {
        InstanceState::Running => "Running",
        InstanceState::Stopped => "Stopped",
    };
    let idle = instance.idle_seconds;
    ComputeResource {
        id: format!(
            "/subscriptions/{LOCAL}/resourceGroups/{LOCAL}/providers/Microsoft.MachineLearningServices/workspaces/{workspace}/computes/{}",
            instance.name
        ),
        name: instance.name,
        kind: COMPUTES.to_owned(),
        identity: instance
            .identity
            .map(|name| ManagedServiceIdentity::user_assigned(&name)),
        properties: ComputeProperties {
            compute_type: "ComputeInstance".to_owned(),
            provisioning_state: "Succeeded".to_owned(),
            properties: ComputeInstanceProperties {
                vm_size: instance.size.name,
                state: state.to_owned(),
                idle_time_before_shutdown: idle.map(|seconds| format!("PT{seconds}S")),
            },
        },
    }
}

/// Starts a compute instance; one that runs goes on.
#[utoipa::path(
    post,
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}/computes/{computeName}/start",
    operation_id = "Compute_Start",
    tag = "contract",
    params(ComputePath),
    responses((status = OK, description = "It runs"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn start(State(app): State<App>, Path(path): Path<ComputePath>) -> ApiResult<StatusCode> {
    path.require_workspace(&app)?;
    app.compute.start_instance(&path.compute_name)?;
    Ok(StatusCode::OK)
}

/// Stops a compute instance and ends the sessions on it; it can be started again.
#[utoipa::path(
    post,
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}/computes/{computeName}/stop",
    operation_id = "Compute_Stop",
    tag = "contract",
    params(ComputePath),
    responses((status = OK, description = "It is stopped; its sessions are being ended"), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn stop(State(app): State<App>, Path(path): Path<ComputePath>) -> ApiResult<StatusCode> {
    path.require_workspace(&app)?;
    app.compute.stop_instance(&path.compute_name)?;
    Ok(StatusCode::OK)
}

/// The user-assigned managed identities.
#[utoipa::path(
    get,
    path = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
    operation_id = "UserAssignedIdentities_ListByResourceGroup",
    tag = "contract",
    params(GroupPath),
    responses((status = OK, body = ResourceList<UserAssignedIdentity>), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn identities(
    State(app): State<App>,
    Path(path): Path<GroupPath>,
) -> ApiResult<Json<ResourceList<UserAssignedIdentity>>> {
    require_local(
        "subscription",
        "SubscriptionNotFound",
        &path.subscription_id,
    )?;
    require_local(
        "resource group",
        "ResourceGroupNotFound",
        &path.resource_group_name,
    )?;
    let identities = app.compute.catalog().identities.iter();
    let value = identities
        .map(|identity| UserAssignedIdentity {
            id: format!(
                "/subscriptions/{LOCAL}/resourceGroups/{LOCAL}/providers/{IDENTITIES}/{}",
                identity.name
            ),
            name: identity.name.clone(),
            kind: IDENTITIES.to_owned(),
            properties: UserAssignedIdentityProperties {
                client_id: identity.client_id.clone(),
                principal_id: identity.name.clone(),
            },
        })
        .collect();
    Ok(Json(ResourceList { value }))
}
