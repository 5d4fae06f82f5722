//! What happens, for those who listen.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use flowdeck_connections::{Connections, Masks};
use flowdeck_contract::{events::FlowEvent, session::LogLine};
use tokio::sync::broadcast;

use crate::owner::Owner;

/// A reader that falls further behind has to read everything again.
const KEPT: usize = 2048;

/// What happens in sessions and runs, in order.
pub(crate) struct Events {
    sender: broadcast::Sender<(Owner, FlowEvent)>,
    /// Whose secrets no line may show.
    connections: OnceLock<Arc<Connections>>,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            sender: broadcast::channel(KEPT).0,
            connections: OnceLock::new(),
        }
    }
}

impl Events {
    /// From now on lines are told without the secrets of these.
    pub(crate) fn mask_with(&self, connections: &Arc<Connections>) {
        // It's said once.
        let _ = self.connections.set(Arc::clone(connections));
    }

    pub(crate) fn send(&self, owner: &Owner, mut event: FlowEvent) {
        if let (FlowEvent::SessionLog(lines), Some(connections)) =
            (&mut event, self.connections.get())
        {
            mask(&connections.masks(), lines);
        }
        // An error means that nobody listens.
        let _ = self.sender.send((owner.clone(), event));
    }

    /// What happens from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<(Owner, FlowEvent)> {
        self.sender.subscribe()
    }
}

/// Takes the secrets out of lines of a log.
pub(crate) fn mask(masks: &Masks, lines: &mut [LogLine]) {
    for line in lines {
        if let Cow::Owned(masked) = masks.text(&line.text) {
            line.text = masked;
        }
    }
}
