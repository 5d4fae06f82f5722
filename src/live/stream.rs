//! A stream of server-sent events that is kept open: the browser resumes it by itself where it can. Where it gave up, an
//! ordinary request finds out why: what is gone or forbidden stays so, and all else is opened again, later each time.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use leptos::{
    leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local_scoped_with_cancellation,
};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use crate::api::{Api, ApiError, json};

/// Whether the page is told what happens.
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

/// What follows when a stream that the browser gave up is asked for once more.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    /// It is opened again at once.
    Open,
    /// The server does not answer, or not now.
    OpenLater,
    /// Asking again changes nothing.
    Stop(ApiError),
}

fn next(answer: Result<(), ApiError>) -> Next {
    match answer {
        Ok(()) => Next::Open,
        Err(error) => match error.status {
            Some(400..=403 | 404 | 410) => Next::Stop(error),
            _ => Next::OpenLater,
        },
    }
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

    /// Whether the page is told what happens, by at least one stream.
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

/// Longest pause before a stream is opened again.
const LONGEST_PAUSE: u32 = 15;

/// Opens the stream at `path` and gives every event of it to `on_event`, until the current owner is cleaned up. Says how
/// it stands.
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
        attempt: RefCell::new(0),
        retry: RefCell::new(None),
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
    open: RefCell<Option<Open>>,
    attempt: RefCell<u32>,
    retry: RefCell<Option<TimeoutHandle>>,
}

/// An event source together with what it calls; closed when dropped.
struct Open {
    source: EventSource,
    _on_open: Closure<dyn Fn()>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

impl Stream {
    fn open(self: &Rc<Self>) {
        self.close();
        let Ok(source) = EventSource::new(&self.api.url(&self.path)) else {
            return self.open_later();
        };
        // The closures hold the stream weakly: it owns them.
        let stream = Rc::downgrade(self);
        let opened = stream.clone();
        let on_open = Closure::<dyn Fn()>::new(move || {
            if let Some(stream) = opened.upgrade() {
                *stream.attempt.borrow_mut() = 0;
                stream.set(Connection::Live);
            }
        });
        let told = stream.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let (Some(stream), Some(text)) = (told.upgrade(), event.data().as_string()) {
                (stream.on_text)(&text);
            }
        });
        let on_error = Closure::<dyn Fn(Event)>::new(move |_| {
            if let Some(stream) = stream.upgrade() {
                stream.lost();
            }
        });
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let open = Open {
            source,
            _on_open: on_open,
            _on_message: on_message,
            _on_error: on_error,
        };
        *self.open.borrow_mut() = Some(open);
    }

    fn close(&self) {
        if let Some(handle) = self.retry.borrow_mut().take() {
            handle.clear();
        }
        self.open.borrow_mut().take();
    }

    fn set(&self, state: Connection) {
        self.streams.set(self.key, state);
    }

    fn lost(self: &Rc<Self>) {
        let given_up = self
            .open
            .borrow()
            .as_ref()
            .is_none_or(|open| open.source.ready_state() == EventSource::CLOSED);
        if given_up {
            self.ask_why();
        } else {
            self.set(Connection::Reconnecting);
        }
    }

    /// An event source does not tell the status it was refused with: an ordinary request does, and so finds what is gone,
    /// and a sign-in that has ended.
    fn ask_why(self: &Rc<Self>) {
        let stream = Rc::downgrade(self);
        let (api, path) = (self.api, self.path.clone());
        self.owner.with(|| {
            spawn_local_scoped_with_cancellation(async move {
                let answer = api.knock(&path).await;
                let Some(stream) = stream.upgrade() else {
                    return;
                };
                match next(answer) {
                    // A server that gives an answer and no stream must not be asked without end.
                    Next::Open if *stream.attempt.borrow() == 0 => {
                        *stream.attempt.borrow_mut() = 1;
                        stream.open();
                    }
                    Next::Stop(error) => {
                        stream.close();
                        stream.set(Connection::Refused(error));
                    }
                    Next::Open | Next::OpenLater => {
                        stream.set(Connection::Reconnecting);
                        stream.open_later();
                    }
                }
            });
        });
    }

    fn open_later(self: &Rc<Self>) {
        let attempt = *self.attempt.borrow();
        *self.attempt.borrow_mut() = attempt.saturating_add(1);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Result<(), ApiError> {
        Err(ApiError::from_answer(status, "", None))
    }

    #[test]
    fn what_is_gone_or_forbidden_is_not_taken_for_a_lost_server() {
        for status in [400, 401, 403, 404, 410] {
            assert!(matches!(next(answered(status)), Next::Stop(_)), "{status}");
        }
    }

    #[test]
    fn a_server_that_does_not_answer_now_is_asked_again_later() {
        for status in [408, 425, 429, 500, 502, 503, 504] {
            assert_eq!(next(answered(status)), Next::OpenLater, "{status}");
        }
        assert_eq!(next(Err(ApiError::unreachable())), Next::OpenLater);
        assert_eq!(next(Ok(())), Next::Open);
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
