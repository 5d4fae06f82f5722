//! A stream of server-sent events that is kept open, by requests that carry the key of the sign-in, as an event
//! source's cannot. What is gone or forbidden stays so, and all else is opened again after the last event, later each
//! time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::{Rc, Weak},
    time::Duration,
};

use flowdeck_contract::events::HEARTBEAT;
use leptos::{
    leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local_scoped_with_cancellation,
};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::sse::{Event, Parser};
use crate::api::{AbortOnDrop, Api, ApiError, json, piece};

/// Whether the stream of events is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Being opened for the first time.
    #[default]
    Connecting,
    /// Open.
    Live,
    /// Refused for good, for this reason: the server is there, and what the stream tells of is not.
    Refused(ApiError),
    /// Was lost, and is being opened again.
    Reconnecting,
}

impl Connection {
    /// Whether it tells nothing now.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Reconnecting)
    }
}

/// Whether asking again changes nothing.
fn is_final(error: &ApiError) -> bool {
    matches!(error.status, Some(400..=404 | 410))
}

/// The state of the page's streams, for the whole app, and the wish to open them again at once.
#[derive(Clone, Copy)]
pub struct Streams {
    all: RwSignal<BTreeMap<u64, Connection>>,
    next: StoredValue<u64>,
    reopen: Trigger,
}

impl Streams {
    /// Makes the state available below.
    pub fn provide() -> Self {
        let streams = Self {
            all: RwSignal::default(),
            next: StoredValue::new(0),
            reopen: Trigger::new(),
        };
        provide_context(streams);
        streams
    }

    /// Whether a stream was lost: what the page shows may be old.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.all
            .with(|all| all.values().any(|state| *state == Connection::Reconnecting))
    }

    /// Whether at least one stream of events is connected.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.all
            .with(|all| all.values().any(|state| *state == Connection::Live))
    }

    /// Opens lost streams again without waiting.
    pub fn reopen(&self) {
        self.reopen.notify();
    }

    fn enter(&self) -> u64 {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        self.set(key, Connection::Connecting);
        key
    }

    fn set(&self, key: u64, state: Connection) {
        self.all.try_maybe_update(|all| {
            let before = all.insert(key, state);
            (before.as_ref() != all.get(&key), ())
        });
    }

    fn leave(&self, key: u64) {
        self.all.try_update(|all| all.remove(&key));
    }
}

/// A stream that is silent for so long is lost, though nothing has ended it: some heartbeats did not come.
const SILENCE: Duration = HEARTBEAT.saturating_mul(3);

/// Longest pause before a stream is opened again.
const LONGEST_PAUSE: u32 = 15;

/// Opens the stream at `path` and gives every event of it to `on_event`, until the current owner is cleaned up. Says
/// how it stands.
pub(super) fn follow<E: DeserializeOwned>(
    path: &str,
    on_event: impl Fn(E) + 'static,
) -> Signal<Connection> {
    let on_text = move |text: &str| match json::from_str(text) {
        Ok(event) => on_event(event),
        Err(error) => leptos::logging::warn!("an event could not be read: {error}"),
    };
    follow_text(path.to_owned(), Box::new(on_text))
}

fn follow_text(path: String, on_text: Box<dyn Fn(&str)>) -> Signal<Connection> {
    let api = Api::from_context();
    let streams = expect_context::<Streams>();
    let key = streams.enter();
    let stream = Rc::new(Stream {
        path,
        key,
        api,
        streams,
        owner: Owner::current().unwrap_or_default(),
        on_text,
        open: RefCell::new(None),
        turn: Cell::new(0),
        last: RefCell::new(None),
        attempt: Cell::new(0),
        retry: RefCell::new(None),
        silence: RefCell::new(None),
    });
    stream.open();
    let wished = SendWrapper::new(stream.clone());
    Effect::new(move |known: Option<()>| {
        streams.reopen.track();
        if known.is_some() {
            wished.open();
        }
    });
    let closing = SendWrapper::new(stream);
    on_cleanup(move || {
        closing.close();
        streams.leave(key);
    });
    Signal::derive(move || {
        let state = streams.all.with(|all| all.get(&key).cloned());
        state.unwrap_or_default()
    })
}

struct Stream {
    path: String,
    key: u64,
    api: Api,
    streams: Streams,
    owner: Owner,
    on_text: Box<dyn Fn(&str)>,
    /// Ends the request that is open.
    open: RefCell<Option<Rc<AbortOnDrop>>>,
    /// Counts the requests, so that an old one changes nothing.
    turn: Cell<u32>,
    /// The id of the last event.
    last: RefCell<Option<String>>,
    attempt: Cell<u32>,
    retry: RefCell<Option<TimeoutHandle>>,
    /// Ends a request that has been silent for too long.
    silence: RefCell<Option<TimeoutHandle>>,
}

impl Stream {
    fn open(self: &Rc<Self>) {
        self.close();
        let abort = Rc::new(AbortOnDrop::new());
        *self.open.borrow_mut() = Some(Rc::clone(&abort));
        self.received();
        let (weak, turn) = (Rc::downgrade(self), self.turn.get());
        let (api, path, last) = (self.api, self.path.clone(), self.last.borrow().clone());
        self.owner.with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = api.events(&path, last.as_deref(), &abort).await;
                drop(abort);
                let refused = match answer {
                    Ok(body) => {
                        read(body, &weak, turn).await;
                        None
                    }
                    Err(error) => Some(error),
                };
                if let Some(stream) = current(&weak, turn) {
                    stream.lost(refused);
                }
            });
        });
    }

    fn close(&self) {
        self.turn.set(self.turn.get().wrapping_add(1));
        for timer in [&self.retry, &self.silence] {
            if let Some(handle) = timer.borrow_mut().take() {
                handle.clear();
            }
        }
        self.open.borrow_mut().take();
    }

    /// Something came: silence begins again.
    fn received(self: &Rc<Self>) {
        let stream = Rc::downgrade(self);
        let give_up = move || {
            if let Some(stream) = stream.upgrade() {
                stream.close();
                stream.lost(None);
            }
        };
        let handle = set_timeout_with_handle(give_up, SILENCE).ok();
        if let Some(before) = self.silence.replace(handle) {
            before.clear();
        }
    }

    fn set(&self, state: Connection) {
        self.streams.set(self.key, state);
    }

    fn take(&self, event: Event) {
        // A server that answers and tells nothing must not be asked without end.
        self.attempt.set(0);
        if event.id.is_some() {
            *self.last.borrow_mut() = event.id;
        }
        (self.on_text)(&event.data);
    }

    fn lost(self: &Rc<Self>, refused: Option<ApiError>) {
        match refused {
            Some(error) if is_final(&error) => {
                self.close();
                self.set(Connection::Refused(error));
            }
            _ => {
                self.close();
                self.set(Connection::Reconnecting);
                self.open_later();
            }
        }
    }

    fn open_later(self: &Rc<Self>) {
        let attempt = self.attempt.get();
        self.attempt.set(attempt.saturating_add(1));
        let pause = 1u32
            .checked_shl(attempt)
            .unwrap_or(LONGEST_PAUSE)
            .clamp(1, LONGEST_PAUSE);
        let stream = Rc::downgrade(self);
        let again = move || {
            if let Some(stream) = stream.upgrade() {
                stream.open();
            }
        };
        let handle = set_timeout_with_handle(again, Duration::from_secs(u64::from(pause)));
        *self.retry.borrow_mut() = handle.ok();
    }
}

/// The stream, unless it is gone or has been reopened since.
fn current(stream: &Weak<Stream>, turn: u32) -> Option<Rc<Stream>> {
    stream.upgrade().filter(|stream| stream.turn.get() == turn)
}

/// Gives the events of an answer to its stream until it ends, however it does.
async fn read(body: Option<ReadableStream>, stream: &Weak<Stream>, turn: u32) {
    let reader = body.and_then(|body| ReadableStreamDefaultReader::new(&body).ok());
    let Some(reader) = reader else { return };
    let mut parser = Parser::default();
    if let Some(stream) = current(stream, turn) {
        stream.set(Connection::Live);
    }
    while let Some(piece) = piece(&reader).await {
        if let Some(stream) = current(stream, turn) {
            stream.received();
        }
        for event in parser.feed(&piece) {
            match current(stream, turn) {
                Some(stream) => stream.take(event),
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> ApiError {
        ApiError::from_answer(status, "", None)
    }

    #[test]
    fn what_is_gone_or_forbidden_is_not_taken_for_a_lost_server() {
        for status in [400, 401, 403, 404, 410] {
            assert!(is_final(&answered(status)), "{status}");
        }
    }

    #[test]
    fn a_server_that_does_not_answer_now_is_asked_again_later() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert!(!is_final(&answered(status)), "{status}");
        }
        assert!(!is_final(&ApiError::unreachable()));
    }

    #[test]
    fn one_lost_stream_is_told_until_it_is_back_or_left() {
        Owner::new().with(|| {
            let streams = Streams::provide();
            let (first, second) = (streams.enter(), streams.enter());
            streams.set(first, Connection::Live);
            streams.set(second, Connection::Reconnecting);
            assert!(streams.is_lost() && streams.is_live());
            streams.leave(second);
            assert!(!streams.is_lost());
            let gone = ApiError::from_answer(404, "", None);
            streams.set(first, Connection::Refused(gone));
            assert!(!streams.is_lost() && !streams.is_live());
        });
    }
}
