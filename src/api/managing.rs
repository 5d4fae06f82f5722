//! Flows that come and go.

use flowdeck_contract::{
    ids::FlowId,
    importing::{FoundFlows, ImportFlow},
    managing::{CloneFlow, DeletedFlow, DeletedFlows, FlowTemplate, MadeFlow, NewFlow, RenameFlow},
    paths,
};
use gloo_net::http::Method;
use serde_json::json;

use web_sys::Blob;

use super::{
    Api, ApiError,
    client::{AbortOnDrop, Body, Request},
    json,
};

impl Api {
    /// What a new flow can begin as.
    pub async fn flow_templates(&self) -> Result<Vec<FlowTemplate>, ApiError> {
        self.get(&paths::flow_templates(&self.project())).await
    }

    /// Makes a flow.
    pub async fn make_flow(&self, asked: &NewFlow) -> Result<FlowId, ApiError> {
        let made: MadeFlow = self.post(&paths::flows(&self.project()), asked).await?;
        Ok(made.id)
    }

    /// Makes a copy of a flow.
    pub async fn clone_flow(&self, flow: &FlowId, asked: &CloneFlow) -> Result<FlowId, ApiError> {
        let path = paths::flow_clone(&self.project(), flow);
        let made: MadeFlow = self.post(&path, asked).await?;
        Ok(made.id)
    }

    /// Gives a flow another display name.
    pub async fn rename_flow(&self, flow: &FlowId, name: &str) -> Result<(), ApiError> {
        let path = paths::flow_rename(&self.project(), flow);
        let name = name.to_owned();
        self.post_only(&path, &RenameFlow { name }).await
    }

    /// Deletes a flow; it can be restored for a while.
    pub async fn delete_flow(&self, flow: &FlowId) -> Result<DeletedFlow, ApiError> {
        let path = paths::flow(&self.project(), flow);
        let request = Request::new(Method::DELETE, &path);
        let text = self.exchange(request).await?.text().await?;
        json::from_str(&text).map_err(|error| ApiError::unreadable(&error.to_string()))
    }

    /// Gives the server an archive of flows, and learns what it holds. Dropping the future ends it.
    pub(crate) async fn look_into_archive(
        &self,
        name: &str,
        archive: Blob,
    ) -> Result<FoundFlows, ApiError> {
        let path = paths::flow_imports(&self.project(), name);
        let abort = AbortOnDrop::new();
        let request = Request {
            body: Some(Body::Bytes(archive)),
            abort: Some(&abort),
            ..Request::new(Method::POST, &path)
        };
        let text = self.exchange(request).await?.text().await?;
        json::from_str(&text).map_err(|error| ApiError::unreadable(&error.to_string()))
    }

    /// Takes a flow out of an archive that was looked into. Dropping the future cancels it.
    pub async fn import_flow(&self, archive: &str, asked: &ImportFlow) -> Result<FlowId, ApiError> {
        let path = paths::flow_import_flows(&self.project(), archive);
        let made: MadeFlow = self.post(&path, asked).await?;
        Ok(made.id)
    }

    /// Forgets an archive that was looked into.
    pub async fn forget_archive(&self, archive: &str) -> Result<(), ApiError> {
        self.delete(&paths::flow_import(&self.project(), archive))
            .await
    }

    /// The flows that can be restored.
    pub async fn deleted_flows(&self) -> Result<DeletedFlows, ApiError> {
        self.get(&paths::deleted_flows(&self.project())).await
    }

    /// Restores a deleted flow.
    pub async fn restore_flow(&self, deleted: &str) -> Result<FlowId, ApiError> {
        let path = paths::deleted_flow_restore(&self.project(), deleted);
        let made: MadeFlow = self.post(&path, &json!({})).await?;
        Ok(made.id)
    }

    /// Deletes a deleted flow for good, or all of them.
    pub async fn purge_flow(&self, deleted: Option<&str>) -> Result<(), ApiError> {
        let project = self.project();
        let path = match deleted {
            Some(deleted) => paths::deleted_flow(&project, deleted),
            None => paths::deleted_flows(&project),
        };
        self.delete(&path).await
    }
}
