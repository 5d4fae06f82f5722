//! The history of a session: as the server keeps it, and as live events give it while the session is there.

use flowdeck_contract::{
    ids::{FlowId, SessionId},
    paths, timeline,
};
use leptos::prelude::*;

use super::style;
use crate::{
    api::{Api, Remote},
    live::SessionLive,
    pages::parts::Lives,
};

/// The history of a session. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Past {
    /// What the server keeps.
    pub(super) kept: Remote<timeline::Timeline>,
    /// Live events while the session is there.
    pub(super) live: SessionLive,
    diagnostics: StoredValue<String>,
}

impl Past {
    /// Asks for what is kept of `session`.
    pub(super) fn of(session: SessionId) -> Self {
        let api = Api::from_context();
        let diagnostics = paths::session_by_id_diagnostics(&api.project(), &session);
        let kept = Remote::new(move || {
            let session = session.clone();
            async move { api.session_timeline(&session).await }
        });
        Self {
            kept,
            live: SessionLive::default(),
            diagnostics: StoredValue::new(diagnostics),
        }
    }

    /// The session has ended: no more events come, but the last state is kept.
    pub(super) fn end(&self) {
        self.live.life.set(None);
        self.kept.refresh();
    }

    /// The flow that it was the session of, as far as that is known.
    pub(super) fn flow(&self) -> Option<FlowId> {
        self.kept.get()?.lives.into_iter().next()?.flow
    }
}

#[component]
pub(super) fn Timeline(past: Past) -> impl IntoView {
    view! {
        <section class=style::log aria-labelledby="session-timeline">
            <h2 id="session-timeline">"Timeline"</h2>
            <Lives
                kept=past.kept
                told=past.live.life
                diagnostics=past.diagnostics.get_value()
            />
        </section>
    }
}
