//! A stream of server-sent events that is kept open: the browser resumes it by itself where it can, and where it gave up
//! a new one is opened, later each time.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{
    leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local_scoped_with_cancellation,
};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use crate::api::{Api, json};

/// Whether the page is told what happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Being opened for the first time.
    #[default]
    Connecting,
    /// Open.
    Live,
    /// Was lost, and is being opened again.
    Reconnecting,
}

/// The state of the page's stream, for the whole app, and the wish to open it again at once.
#[derive(Clone, Copy)]
pub struct Streams {
    /// Whether the page is told what happens.
    pub connection: RwSignal<Connection>,
    reopen: Trigger,
}

impl Streams {
    /// Makes the state available below.
    pub fn provide() -> Self {
        let streams = Self {
            connection: RwSignal::new(Connection::Connecting),
            reopen: Trigger::new(),
        };
        provide_context(streams);
        streams
    }

    /// Opens a lost stream again without waiting.
    pub fn reopen(&self) {
        self.reopen.notify();
    }
}

/// Longest pause before a stream is opened again.
const LONGEST_PAUSE: u32 = 15;

/// Opens the stream at `path` and gives every event of it to `on_event`, until the current owner is cleaned up.
pub(super) fn follow<E: DeserializeOwned>(path: &str, on_event: impl Fn(E) + 'static) {
    let on_text = move |text: &str| match json::from_str(text) {
        Ok(event) => on_event(event),
        Err(error) => leptos::logging::warn!("an event could not be read: {error}"),
    };
    follow_text(path.to_owned(), Box::new(on_text));
}

fn follow_text(path: String, on_text: Box<dyn Fn(&str)>) {
    let api = Api::from_context();
    let streams = expect_context::<Streams>();
    streams.connection.set(Connection::Connecting);
    let stream = Rc::new(Stream {
        url: api.url(&path),
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
    on_cleanup(move || closing.close());
}

struct Stream {
    url: String,
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
        let Ok(source) = EventSource::new(&self.url) else {
            return self.open_later();
        };
        // The closures hold the stream weakly: it owns them.
        let stream = Rc::downgrade(self);
        let opened = stream.clone();
        let on_open = Closure::<dyn Fn()>::new(move || {
            if let Some(stream) = opened.upgrade() {
                *stream.attempt.borrow_mut() = 0;
                stream.streams.connection.set(Connection::Live);
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

    fn lost(self: &Rc<Self>) {
        self.streams.connection.set(Connection::Reconnecting);
        let given_up = self
            .open
            .borrow()
            .as_ref()
            .is_some_and(|open| open.source.ready_state() == EventSource::CLOSED);
        if given_up {
            self.ask_why();
            self.open_later();
        }
    }

    /// An event source does not tell the status it was refused with: an ordinary request does, and so finds a sign-in
    /// that has ended.
    fn ask_why(&self) {
        let api = self.api;
        self.owner.with(|| {
            spawn_local_scoped_with_cancellation(async move {
                // Only its effect on the sign-in counts; the banner already says that the server is lost.
                let _ = api.project_info().await;
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
