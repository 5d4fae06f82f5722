//! Pictures that are kept for a flow's inputs.

use flowdeck_contract::{ids::FlowId, paths, pictures::KeptPicture};
use gloo_net::http::Method;
use web_sys::Blob;

use super::{
    Api, ApiError,
    client::{Body, Request},
};

impl Api {
    /// Gives the server a picture for a flow's inputs.
    pub async fn keep_picture(
        &self,
        flow: &FlowId,
        picture: &Blob,
    ) -> Result<KeptPicture, ApiError> {
        let path = paths::flow_pictures(&self.project(), flow);
        let request = Request {
            body: Some(Body::Bytes(picture.clone())),
            ..Request::new(Method::POST, &path)
        };
        let answer = self.exchange(request).await?.text().await?;
        super::json::from_str(&answer).map_err(|error| ApiError::unreadable(&error.to_string()))
    }

    /// What a run of a node alone would be given of other nodes.
    pub async fn upstream(
        &self,
        flow: &FlowId,
        node: &str,
    ) -> Result<Vec<flowdeck_contract::runs::UpstreamOutput>, ApiError> {
        self.get(&paths::node_upstream(&self.project(), flow, node))
            .await
    }
}
