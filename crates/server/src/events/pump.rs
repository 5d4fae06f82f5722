//! Passes the events of compute sessions on to the readers of a flow and of the project.

use std::sync::Arc;

use flowdeck_compute::Owner;
use flowdeck_contract::{events::FlowEvent, session::SessionState};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::events::{FlowHub, ProjectFeed};

/// Runs until compute closes.
pub(crate) async fn pump(
    mut events: Receiver<(Owner, FlowEvent)>,
    hub: Arc<FlowHub>,
    feed: Arc<ProjectFeed>,
) {
    loop {
        match events.recv().await {
            Ok((owner, event)) => {
                hub.publish(&owner, &event);
                if let FlowEvent::Session(session) = &event {
                    if owner.flow().is_none() && session.state == SessionState::NotExist {
                        hub.clear(&owner);
                    }
                    feed.touch();
                }
            }
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(
                    lost,
                    "events came faster than they could be sent; readers start again"
                );
                hub.lose_all();
                feed.touch();
            }
            Err(RecvError::Closed) => return,
        }
    }
}
