//! The operations on connections. No answer holds a secret; what was typed is sent by one of them alone.

use std::collections::BTreeMap;

use flowdeck_contract::{
    connections::{
        ConnectionInput, ConnectionList, ConnectionName, ConnectionNeed, ConnectionView,
        ExistingConnections, ImportResult, ModelServers, NeedsRequest, RenameRequest, TestResult,
    },
    ids::FlowId,
    paths,
};
use gloo_net::http::Method;
use serde_json::json;
use web_sys::Blob;

use super::{
    Api, ApiError, Precondition,
    client::{Body, Request},
    json,
};

impl Api {
    /// The connections of the project.
    pub async fn connections(&self) -> Result<ConnectionList, ApiError> {
        self.get(&paths::connections(&self.project())).await
    }

    /// One connection.
    pub async fn connection(&self, name: &ConnectionName) -> Result<ConnectionView, ApiError> {
        self.get(&paths::connection(&self.project(), name)).await
    }

    /// Stores a connection if `precondition` holds.
    pub(crate) async fn put_connection(
        &self,
        name: &ConnectionName,
        input: &ConnectionInput,
        precondition: &Precondition,
    ) -> Result<ConnectionView, ApiError> {
        let path = paths::connection(&self.project(), name);
        let request = Request {
            header: Some(precondition.header()),
            body: Some(Body::Json(input.to_body().to_string())),
            ..Request::new(Method::PUT, &path)
        };
        let text = self.exchange(request).await?.text().await?;
        json::from_str(&text).map_err(|error| ApiError::unreadable(&error.to_string()))
    }

    /// Deletes a connection; it can be restored for a day.
    pub async fn remove_connection(&self, name: &ConnectionName) -> Result<(), ApiError> {
        self.delete(&paths::connection(&self.project(), name)).await
    }

    /// Restores a connection that was deleted less than a day ago.
    pub async fn restore_connection(&self, name: &ConnectionName) -> Result<(), ApiError> {
        let path = paths::connection_restore(&self.project(), name);
        self.post_only(&path, &json!({})).await
    }

    /// Gives a connection another name.
    pub async fn rename_connection(
        &self,
        name: &ConnectionName,
        to: ConnectionName,
    ) -> Result<(), ApiError> {
        let path = paths::connection_rename(&self.project(), name);
        self.post_only(&path, &RenameRequest { to }).await
    }

    /// Calls a connection's service once.
    pub async fn test_connection(&self, name: &ConnectionName) -> Result<TestResult, ApiError> {
        let path = paths::connection_test(&self.project(), name);
        self.post(&path, &json!({})).await
    }

    /// Reads connections from a text, and stores them unless only a `preview` is wanted. `values` are for what the text
    /// leaves open.
    pub async fn import_connections(
        &self,
        text: &str,
        values: &BTreeMap<String, BTreeMap<String, String>>,
        existing: ExistingConnections,
        preview: bool,
    ) -> Result<ImportResult, ApiError> {
        let request =
            json!({ "text": text, "values": values, "existing": existing, "preview": preview });
        self.post(&paths::connections_import(&self.project()), &request)
            .await
    }

    /// The text to import of promptflow's own store of connections.
    pub(crate) async fn read_local_store(&self, file: Blob) -> Result<String, ApiError> {
        let path = paths::connections_local_store(&self.project());
        let request = Request {
            body: Some(Body::Bytes(file)),
            ..Request::new(Method::POST, &path)
        };
        self.exchange(request).await?.text().await
    }

    /// Looks for model servers on the server's machine.
    pub async fn model_servers(&self) -> Result<ModelServers, ApiError> {
        self.post(&paths::model_servers(&self.project()), &json!({}))
            .await
    }

    /// The connections that runs of a flow ask for, and what is wrong with each: runs that have these environment variables
    /// in the place of the flow's.
    pub async fn connection_needs(
        &self,
        flow: &FlowId,
        variables: BTreeMap<String, String>,
    ) -> Result<Vec<ConnectionNeed>, ApiError> {
        let path = paths::flow_connections(&self.project(), flow);
        match variables.is_empty() {
            true => self.get(&path).await,
            false => self.post(&path, &NeedsRequest { variables }).await,
        }
    }
}
