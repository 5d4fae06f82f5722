//! The list of a project's flows, sent again whenever it changes.

use std::{sync::Arc, time::Duration};

use flowdeck_compute::{Compute, Owner};
use flowdeck_contract::{events::ProjectEvent, flows::FlowList};
use tokio::sync::{Notify, watch};

use crate::{
    events::Sent,
    flows::Flows,
    http::error::{ApiError, ApiResult},
};

/// Changes that come this close together are sent as one.
const GATHER: Duration = Duration::from_millis(100);

/// Tells readers of a project what its flows are.
pub(crate) struct ProjectFeed {
    flows: Arc<Flows>,
    compute: Compute,
    stale: Notify,
    newest: watch::Sender<Option<Sent>>,
}

impl ProjectFeed {
    pub(crate) fn new(flows: Arc<Flows>, compute: Compute) -> Self {
        Self {
            flows,
            compute,
            stale: Notify::new(),
            newest: watch::Sender::new(None),
        }
    }

    /// Something that the list shows may have changed.
    pub(crate) fn touch(&self) {
        self.stale.notify_one();
    }

    /// News of the list; begin with [`ProjectFeed::current`].
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Sent>> {
        self.newest.subscribe()
    }

    /// The flows as they stand.
    pub(crate) async fn list(&self) -> ApiResult<FlowList> {
        let (flows, compute) = (Arc::clone(&self.flows), self.compute.clone());
        crate::blocking(move || {
            let sessions: std::collections::HashMap<_, _> =
                compute.sessions().into_iter().collect();
            Ok(flows.list(|flow| {
                sessions
                    .get(&Owner::from(flow))
                    .map(|session| session.state)
                    .unwrap_or_default()
            })?)
        })
        .await
    }

    /// The list as an event, with the number of the last one that was sent to all.
    pub(crate) async fn current(&self) -> ApiResult<Sent> {
        let number = self.newest.borrow().as_ref().map_or(0, |sent| sent.number);
        let event = ProjectEvent::Flows(self.list().await?);
        let json = serde_json::to_string(&event).map_err(|error| {
            ApiError::internal("The flows could not be written as JSON.", error)
        })?;
        Ok(Sent {
            number,
            json: json.into(),
        })
    }

    /// Sends the list after each change, as long as somebody listens.
    pub(crate) async fn run(&self) {
        loop {
            self.stale.notified().await;
            tokio::time::sleep(GATHER).await;
            if self.newest.receiver_count() == 0 {
                continue;
            }
            match self.current().await {
                Ok(current) => self.send_if_new(current),
                Err(error) => tracing::error!(?error, "the flows could not be listed"),
            }
        }
    }

    fn send_if_new(&self, mut current: Sent) {
        self.newest.send_if_modified(|newest| {
            if newest
                .as_ref()
                .is_some_and(|newest| newest.json == current.json)
            {
                return false;
            }
            current.number += 1;
            *newest = Some(current);
            true
        });
    }
}
