//! `Flows` and `Flows/{flowId}`.

use std::sync::Arc;

use axum::{Json, extract::State};
use flowdeck_contract::{
    azure::FlowBaseDto,
    error::ErrorResponse,
    flows::{FlowSummary, FlowType},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{WorkspaceFlowPath, WorkspacePath};
use crate::{
    App,
    flows::Activity,
    http::{
        error::ApiResult,
        extract::{Path, Query},
    },
    time,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
}

/// Which flows to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `Default`, `Chat`, `Evaluation` or `Rag`.
    flow_type: Option<String>,
    /// `ActiveOnly`, `ArchivedOnly` or `All`; no flow is archived here.
    list_view_type: Option<String>,
}

/// Every flow of the workspace.
#[utoipa::path(
    get,
    path = "/Flows",
    operation_id = "Flows_ListFlows",
    tag = "contract",
    params(WorkspacePath, Filter),
    responses((status = OK, body = [FlowBaseDto]), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn list(
    State(app): State<App>,
    Path(path): Path<WorkspacePath>,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Vec<FlowBaseDto>>> {
    path.project(&app)?;
    let flows = app.lists.list().await?.flows.into_iter();
    let is_wanted = |flow: &FlowBaseDto| {
        filter.list_view_type.as_deref() != Some("ArchivedOnly")
            && (filter.flow_type.is_none() || filter.flow_type == flow.flow_type)
    };
    Ok(Json(
        flows
            .map(|flow| dto(flow, None))
            .filter(is_wanted)
            .collect(),
    ))
}

/// One flow.
#[utoipa::path(
    get,
    path = "/Flows/{flowId}",
    operation_id = "Flows_GetFlow",
    tag = "contract",
    params(WorkspaceFlowPath),
    responses((status = OK, body = FlowBaseDto), (status = "default", description = "Failure", body = ErrorResponse)),
)]
async fn get(
    State(app): State<App>,
    Path(path): Path<WorkspaceFlowPath>,
) -> ApiResult<Json<FlowBaseDto>> {
    path.workspace().project(&app)?;
    let (flows, compute) = (Arc::clone(&app.flows), app.compute.clone());
    let detail = crate::blocking(move || {
        Ok(flows.detail(&path.flow_id, Activity::of(&path.flow_id, &compute)?)?)
    })
    .await?;
    Ok(Json(dto(detail.summary, Some(&detail.definition_path))))
}

fn dto(flow: FlowSummary, definition: Option<&str>) -> FlowBaseDto {
    let flow_type = flow.flow_type.map(|flow_type| match flow_type {
        FlowType::Standard | FlowType::Flex | FlowType::Prompty => "Default",
        FlowType::Chat => "Chat",
        FlowType::Evaluation => "Evaluation",
    });
    let definition = definition
        .or(flow.id.prompty())
        .unwrap_or(match flow.flow_type {
            Some(FlowType::Flex) => "flow.flex.yaml",
            _ => "flow.dag.yaml",
        });
    FlowBaseDto {
        flow_definition_file_path: Some(format!(
            "{}/{definition}",
            flowdeck_contract::shown::shown(flow.id.folder())
        )),
        flow_id: flow.id.into(),
        flow_name: Some(flow.name),
        description: flow.description,
        flow_type: flow_type.map(str::to_owned),
        last_modified_date: flow.changed.and_then(time::rfc3339),
    }
}
