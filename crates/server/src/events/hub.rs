//! Keeps the last events of every flow, and of every session without a flow. A reader remembers which it had and asks
//! for those after it: resuming a stream, keeping up and having missed something are the same thing.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use flowdeck_compute::Owner;
use flowdeck_contract::{events::FlowEvent, ids::FlowId};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;

/// At most this many events are kept for each…
const EVENT_LIMIT: usize = 1_000;
/// …and this many bytes of their JSON; the newest is kept whatever its length.
const BYTE_LIMIT: usize = 4 * 1024 * 1024;

/// An event on its way to readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Counts the events of its buffer from 1.
    pub(crate) number: u64,
    /// The event as JSON.
    pub(crate) json: Arc<str>,
}

#[derive(Debug)]
struct Buffer {
    events: VecDeque<Sent>,
    bytes: usize,
    /// The number of the newest event; 0 before the first.
    newest: watch::Sender<u64>,
}

impl Default for Buffer {
    fn default() -> Self {
        Self {
            events: VecDeque::new(),
            bytes: 0,
            newest: watch::Sender::new(0),
        }
    }
}

/// The last events of every flow, and of every session without a flow.
#[derive(Debug)]
pub(crate) struct FlowHub {
    boot: String,
    buffers: Mutex<HashMap<Owner, Buffer>>,
}

impl FlowHub {
    /// An empty hub, whose event ids no other server gave.
    pub(crate) fn new() -> Self {
        Self {
            boot: crate::random::hex_digits(4),
            buffers: Mutex::default(),
        }
    }

    pub(crate) fn publish(&self, owner: &Owner, event: &FlowEvent) {
        match serde_json::to_string(event) {
            Ok(json) => self
                .buffers()
                .entry(owner.clone())
                .or_default()
                .push(json.into()),
            Err(error) => tracing::error!(%owner, %error, "an event could not be written as JSON"),
        }
    }

    /// Tells everybody who reads of a flow or a session.
    pub(crate) fn publish_to_all(&self, event: &FlowEvent) {
        match serde_json::to_string(event) {
            Ok(json) => {
                let json: Arc<str> = json.into();
                for buffer in self.buffers().values_mut() {
                    buffer.push(Arc::clone(&json));
                }
            }
            Err(error) => tracing::error!(%error, "an event could not be written as JSON"),
        }
    }

    /// The flows of prompty files in this folder that had events, or readers.
    pub(crate) fn prompty_flows_of(&self, folder: &FlowId) -> Vec<FlowId> {
        let buffers = self.buffers();
        let flows = buffers.keys().filter_map(Owner::flow);
        let of_folder =
            flows.filter(|flow| flow.prompty().is_some() && flow.folder() == folder.as_str());
        of_folder.cloned().collect()
    }

    /// Whether this owner had events, or readers.
    pub(crate) fn knows(&self, owner: &Owner) -> bool {
        self.buffers().contains_key(owner)
    }

    /// Lets go of what is kept of a session that has ended and comes back under another id or not at all.
    pub(crate) fn clear(&self, owner: &Owner) {
        if let Some(buffer) = self.buffers().get_mut(owner) {
            buffer.lose();
        }
    }

    /// Events were lost on the way here: every reader has to look at everything again.
    pub(crate) fn lose_all(&self) {
        for buffer in self.buffers().values_mut() {
            buffer.lose();
        }
    }

    /// The events after `number`; `None` when some of them are no longer kept.
    pub(crate) fn after(&self, owner: &Owner, number: u64) -> Option<Vec<Sent>> {
        self.buffers()
            .entry(owner.clone())
            .or_default()
            .after(number)
    }

    /// The number of the newest event, and news of it.
    pub(crate) fn newest(&self, owner: &Owner) -> watch::Receiver<u64> {
        self.buffers()
            .entry(owner.clone())
            .or_default()
            .newest
            .subscribe()
    }

    /// The id of the newest event, to be asked for before what it is to date is read. From then on changes of the
    /// owner's are told.
    pub(crate) fn as_of(&self, owner: &Owner) -> String {
        let newest = *self.newest(owner).borrow();
        self.id(newest)
    }

    /// The id of an event in the stream.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.boot)
    }

    /// The number of an event by its id; `None` when this server did not give it.
    pub(crate) fn number(&self, id: &str) -> Option<u64> {
        let (boot, number) = id.rsplit_once('-')?;
        number.parse().ok().filter(|_| boot == self.boot)
    }

    fn buffers(&self) -> MutexGuard<'_, HashMap<Owner, Buffer>> {
        self.buffers.lock()
    }
}

impl Buffer {
    fn push(&mut self, json: Arc<str>) {
        let number = *self.newest.borrow() + 1;
        self.bytes += json.len();
        self.events.push_back(Sent { number, json });
        while self.events.len() > EVENT_LIMIT || (self.bytes > BYTE_LIMIT && self.events.len() > 1)
        {
            if let Some(oldest) = self.events.pop_front() {
                self.bytes -= oldest.json.len();
            }
        }
        self.newest.send_replace(number);
    }

    fn lose(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.newest.send_modify(|newest| *newest += 1);
    }

    fn after(&self, number: u64) -> Option<Vec<Sent>> {
        let newest = *self.newest.borrow();
        let first_kept = newest + 1 - self.events.len() as u64;
        if number > newest || number + 1 < first_kept {
            return None;
        }
        Some(
            self.events
                .iter()
                .filter(|event| event.number > number)
                .cloned()
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> Owner {
        Owner::Flow(FlowId::try_from("f").unwrap())
    }

    fn numbers(events: Option<Vec<Sent>>) -> Option<Vec<u64>> {
        events.map(|events| events.into_iter().map(|event| event.number).collect())
    }

    #[test]
    fn a_reader_gets_what_came_after_its_last_event() {
        let hub = FlowHub::new();
        assert_eq!(numbers(hub.after(&flow(), 0)), Some(vec![]));
        for _ in 0..3 {
            hub.publish(&flow(), &FlowEvent::SessionLogReset);
        }
        assert_eq!(numbers(hub.after(&flow(), 1)), Some(vec![2, 3]));
        assert_eq!(numbers(hub.after(&flow(), 3)), Some(vec![]));
    }

    #[test]
    fn what_is_no_longer_kept_or_was_never_sent_is_not_resumed() {
        let hub = FlowHub::new();
        for _ in 0..EVENT_LIMIT + 5 {
            hub.publish(&flow(), &FlowEvent::SessionLogReset);
        }
        assert_eq!(numbers(hub.after(&flow(), 4)), None);
        assert_eq!(
            hub.after(&flow(), 5).map(|events| events.len()),
            Some(EVENT_LIMIT)
        );
        assert_eq!(numbers(hub.after(&flow(), u64::MAX - 1)), None);
        hub.lose_all();
        assert_eq!(numbers(hub.after(&flow(), EVENT_LIMIT as u64 + 5)), None);
        assert_eq!(
            numbers(hub.after(&flow(), EVENT_LIMIT as u64 + 6)),
            Some(vec![])
        );
    }

    #[test]
    fn ids_of_another_server_are_not_taken() {
        let hub = FlowHub::new();
        assert_eq!(hub.number(&hub.id(7)), Some(7));
        for id in [
            "",
            "7",
            "-7",
            "x-7",
            &format!("{}-x", hub.boot),
            &FlowHub::new().id(7),
        ] {
            assert_eq!(hub.number(id), None, "{id}");
        }
    }
}
