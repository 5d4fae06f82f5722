//! What happens, for those who listen.

use flowdeck_contract::events::FlowEvent;
use tokio::sync::broadcast;

use crate::owner::Owner;

/// A reader that falls further behind has to read everything anew.
const KEPT: usize = 2048;

/// What happens in sessions and runs, in order.
#[derive(Debug)]
pub(crate) struct Events(broadcast::Sender<(Owner, FlowEvent)>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(KEPT).0)
    }
}

impl Events {
    pub(crate) fn send(&self, owner: &Owner, event: FlowEvent) {
        // An error means that nobody listens.
        let _ = self.0.send((owner.clone(), event));
    }

    /// What happens from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<(Owner, FlowEvent)> {
        self.0.subscribe()
    }
}
