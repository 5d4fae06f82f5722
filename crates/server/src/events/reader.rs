//! One reader of the events of a flow, or of a session without a flow.

use std::sync::Arc;

use flowdeck_compute::{Compute, Owner};
use flowdeck_contract::events::{FlowEvent, FlowSnapshot};
use tokio::sync::watch;

use crate::{
    events::{FlowHub, Sent},
    http::error::{ApiError, ApiResult},
};

/// The last lines of a session's log that a snapshot carries.
const SNAPSHOT_LINES: usize = 1_000;

/// Where a reader stands.
pub(crate) struct FlowReader {
    hub: Arc<FlowHub>,
    compute: Compute,
    owner: Owner,
    newest: watch::Receiver<u64>,
    /// The last event it had; `None` when it has to begin with a snapshot.
    had: Option<u64>,
    waiting: std::vec::IntoIter<Sent>,
}

impl FlowReader {
    /// A reader that goes on after the event `last`, if that is still known, else begins with a snapshot.
    pub(crate) fn new(
        hub: &Arc<FlowHub>,
        compute: &Compute,
        owner: &Owner,
        last: Option<&str>,
    ) -> Self {
        Self {
            hub: Arc::clone(hub),
            compute: compute.clone(),
            owner: owner.clone(),
            newest: hub.newest(owner),
            had: last.and_then(|id| hub.number(id)),
            waiting: Vec::new().into_iter(),
        }
    }

    /// The snapshot that the stream begins with, unless it resumes.
    pub(crate) async fn first(&mut self) -> ApiResult<Option<Sent>> {
        let newest = *self.newest.borrow();
        let resumes = self
            .had
            .is_some_and(|had| self.hub.after(&self.owner, had).is_some());
        if resumes {
            Ok(None)
        } else {
            self.snapshot(newest).await.map(Some)
        }
    }

    /// The next event, when there is one.
    pub(crate) async fn next(&mut self) -> ApiResult<Sent> {
        loop {
            if let Some(sent) = self.waiting.next() {
                self.had = Some(sent.number);
                return Ok(sent);
            }
            // Seen before the events are looked at: what comes in between wakes the wait below.
            let newest = *self.newest.borrow_and_update();
            match self.had.and_then(|had| self.hub.after(&self.owner, had)) {
                None => return self.snapshot(newest).await,
                Some(events) if events.is_empty() => {
                    if self.newest.changed().await.is_err() {
                        return Err(ApiError::internal(
                            "The server is closing.",
                            "the hub is gone",
                        ));
                    }
                }
                Some(events) => self.waiting = events.into_iter(),
            }
        }
    }

    /// Everything as it stands, at least as new as the event `number`. Events after it may repeat some of it.
    async fn snapshot(&mut self, number: u64) -> ApiResult<Sent> {
        let (compute, owner) = (self.compute.clone(), self.owner.clone());
        let as_of = Some(self.hub.id(number));
        let snapshot = crate::blocking(move || {
            Ok(FlowEvent::Snapshot(FlowSnapshot {
                session: compute.session(&owner),
                session_log: compute.session_log(&owner, SNAPSHOT_LINES)?,
                life: compute.last_life(&owner).map(Box::new),
                runs: match owner.flow() {
                    Some(flow) => compute.runs(flow)?,
                    None => Vec::new(),
                },
                as_of,
            }))
        })
        .await?;
        let json = serde_json::to_string(&snapshot).map_err(|error| {
            ApiError::internal("The flow's state could not be written as JSON.", error)
        })?;
        self.had = Some(number);
        Ok(Sent {
            number,
            json: json.into(),
        })
    }
}
