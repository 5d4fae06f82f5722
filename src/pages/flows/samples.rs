//! Flows for tests.

use flowdeck_contract::{flows::FlowSummary, ids::FlowId, session::SessionState};

/// A flow in the folder `id`, of which nothing else is known.
pub(super) fn flow(id: &str) -> FlowSummary {
    FlowSummary {
        id: FlowId::try_from(id).unwrap(),
        name: id.into(),
        description: None,
        flow_type: None,
        changed: None,
        session: SessionState::NotExist,
        last_run: None,
        problem: None,
        connection: None,
    }
}
