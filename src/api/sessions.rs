//! The operations on compute sessions by their ids, and on the runtimes that they take the place of.

use flowdeck_contract::{
    azure::FlowRuntimeDto,
    ids::SessionId,
    paths,
    sessions::{EndedSessions, SessionList},
    timeline::Timeline,
};

use super::{Api, ApiError};

impl Api {
    /// Every compute session, also those without a flow.
    pub async fn sessions(&self) -> Result<SessionList, ApiError> {
        self.get(&paths::all_sessions(&self.project())).await
    }

    /// The sessions that ended last.
    pub async fn ended_sessions(&self) -> Result<EndedSessions, ApiError> {
        self.get(&paths::ended_sessions(&self.project())).await
    }

    /// Ends a session, whether a flow's or not.
    pub async fn end_session(&self, session: &SessionId) -> Result<(), ApiError> {
        self.delete(&paths::flow_session(&self.project(), session))
            .await
    }

    /// The history of a session, also after its end.
    pub async fn session_timeline(&self, session: &SessionId) -> Result<Timeline, ApiError> {
        self.get(&paths::session_by_id_timeline(&self.project(), session))
            .await
    }

    /// Every runtime of a compute instance that the administrator has listed.
    pub async fn runtimes(&self) -> Result<Vec<FlowRuntimeDto>, ApiError> {
        self.get(&paths::flow_runtimes(&self.project())).await
    }

    /// The runtime of this name.
    pub async fn runtime(&self, name: &str) -> Result<FlowRuntimeDto, ApiError> {
        self.get(&paths::flow_runtime(&self.project(), name)).await
    }
}
