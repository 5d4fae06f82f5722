//! Every compute session: kept up to date by live events, and asked for where these don’t come.

use flowdeck_contract::{
    ids::SessionId,
    sessions::{SessionList, SessionSummary},
};
use leptos::prelude::*;

use crate::{
    api::{Api, ApiError, Load, Remote},
    live::SessionsLive,
};

/// The sessions, the newest first, or where asking for them stands.
pub(super) type Sessions = Load<Vec<SessionSummary>>;

/// Every compute session. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Watched {
    pub(super) list: Memo<Sessions>,
    asked: Remote<SessionList>,
}

impl Watched {
    /// Follows the sessions until the current owner is cleaned up.
    pub(super) fn follow() -> Self {
        let api = Api::from_context();
        let live = SessionsLive::follow();
        let untold = move || live.list.with(Option::is_none) && live.connection.get().is_broken();
        let asked = Remote::when(untold, move || async move { api.sessions().await });
        // What the stream tells is newer than the answer to the question.
        let list = Memo::new(move |_| match live.list.get() {
            Some(list) => Load::Ready(list.sessions),
            None => match asked.state().get() {
                Load::Ready(list) => Load::Ready(list.sessions),
                Load::Loading => Load::Loading,
                Load::Failed(error) => Load::Failed(error),
            },
        });
        Self { list, asked }
    }

    /// Asks again after a failure.
    pub(super) fn retry(&self) {
        self.asked.retry();
    }

    /// Why they are not known, when asking failed.
    pub(super) fn error(&self) -> Option<ApiError> {
        self.list.with_untracked(Load::error)
    }

    /// The ids of all sessions.
    pub(super) fn ids(&self) -> Memo<Vec<SessionId>> {
        let list = self.list;
        Memo::new(move |_| {
            list.with(|list| match list {
                Load::Ready(all) => all.iter().map(|one| one.session.clone()).collect(),
                Load::Loading | Load::Failed(_) => Vec::new(),
            })
        })
    }

    /// The session of this id; `None` while it is not known or gone.
    pub(super) fn one(&self, session: SessionId) -> Memo<Option<SessionSummary>> {
        let watched = *self;
        Memo::new(move |_| watched.find(&session))
    }

    /// [`Watched::one`], as it is now.
    pub(super) fn find(&self, session: &SessionId) -> Option<SessionSummary> {
        self.list.with(|list| match list {
            Load::Ready(all) => all.iter().find(|one| one.session == *session).cloned(),
            Load::Loading | Load::Failed(_) => None,
        })
    }
}
