//! The lists of a project's flows and of its sessions, each sent again whenever it changes.

use std::{sync::Arc, time::Duration};

use flowdeck_compute::Compute;
use flowdeck_contract::{events::ProjectEvent, flows::FlowList};
use serde::Serialize;
use tokio::sync::{Notify, watch};

use crate::{
    events::Sent,
    flows::{Activities, Flows},
    http::error::{ApiError, ApiResult},
};

/// Changes that come this close together are sent as one.
const GATHER: Duration = Duration::from_millis(100);

/// Tells readers of a project what its flows and its sessions are.
pub(crate) struct ProjectLists {
    flows: Arc<Flows>,
    compute: Compute,
    /// Of flows.
    pub(crate) flow_list: LiveList,
    /// Of sessions.
    pub(crate) session_list: LiveList,
}

impl ProjectLists {
    pub(crate) fn new(flows: Arc<Flows>, compute: Compute) -> Self {
        let (all_flows, of_flows) = (Arc::clone(&flows), compute.clone());
        let flow_list =
            LiveList::new(move || json(&ProjectEvent::Flows(list_flows(&all_flows, &of_flows)?)));
        let of_sessions = compute.clone();
        let session_list = LiveList::new(move || json(&of_sessions.session_list()));
        Self {
            flows,
            compute,
            flow_list,
            session_list,
        }
    }

    /// Something that a list shows may have changed.
    pub(crate) fn touch(&self) {
        self.flow_list.stale.notify_one();
        self.session_list.stale.notify_one();
    }

    /// The flows as they stand.
    pub(crate) async fn list(&self) -> ApiResult<FlowList> {
        let (flows, compute) = (Arc::clone(&self.flows), self.compute.clone());
        crate::blocking(move || list_flows(&flows, &compute)).await
    }

    /// Sends each list after its changes, as long as somebody listens.
    pub(crate) async fn run(&self) {
        tokio::join!(self.flow_list.run(), self.session_list.run());
    }
}

fn list_flows(flows: &Flows, compute: &Compute) -> ApiResult<FlowList> {
    let activities = Activities::read(compute)?;
    Ok(flows.list(|flow| activities.of(flow))?)
}

fn json(list: &impl Serialize) -> ApiResult<String> {
    serde_json::to_string(list)
        .map_err(|error| ApiError::internal("A list could not be written as JSON.", error))
}

/// A list that is sent again whenever it changes.
pub(crate) struct LiveList {
    /// The list as it stands, as JSON.
    read: Arc<dyn Fn() -> ApiResult<String> + Send + Sync>,
    stale: Notify,
    newest: watch::Sender<Option<Sent>>,
}

impl LiveList {
    fn new(read: impl Fn() -> ApiResult<String> + Send + Sync + 'static) -> Self {
        Self {
            read: Arc::new(read),
            stale: Notify::new(),
            newest: watch::Sender::new(None),
        }
    }

    /// News of the list; begin with [`LiveList::current`].
    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Sent>> {
        self.newest.subscribe()
    }

    /// The list as it stands, with the number of the last one that was sent to all.
    pub(crate) async fn current(&self) -> ApiResult<Sent> {
        let number = self.newest.borrow().as_ref().map_or(0, |sent| sent.number);
        let read = Arc::clone(&self.read);
        let json = crate::blocking(move || read()).await?;
        Ok(Sent {
            number,
            json: json.into(),
        })
    }

    async fn run(&self) {
        loop {
            self.stale.notified().await;
            tokio::time::sleep(GATHER).await;
            if self.newest.receiver_count() == 0 {
                continue;
            }
            match self.current().await {
                Ok(current) => self.send_if_new(current),
                Err(error) => tracing::error!(?error, "a list could not be sent"),
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
