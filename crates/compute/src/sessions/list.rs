//! Every session there is, in short.

use flowdeck_contract::{
    session::SessionState,
    sessions::{SessionList, SessionSummary},
    settings::ComputeChoice,
};

use super::{Book, Live};
use crate::catalog::Catalog;

impl Book {
    /// Every session there is, the newest first.
    pub(crate) fn list(&self, catalog: &Catalog) -> SessionList {
        let flows = self.sessions();
        let mut sessions: Vec<SessionSummary> = flows
            .values()
            .filter_map(|live| summary(live, catalog))
            .collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.started));
        SessionList { sessions }
    }
}

fn summary(live: &Live, catalog: &Catalog) -> Option<SessionSummary> {
    let view = live.view();
    if view.state == SessionState::NotExist {
        return None;
    }
    let installing = live.installs();
    let (instance, identity) = place(view.settings.compute, catalog);
    Some(SessionSummary {
        session: view.session_id?,
        flow: live.record.owner.flow().cloned(),
        state: view.state,
        instance,
        size: view.size,
        identity,
        started: view.started,
        available: view.available,
        last_activity: view.last_activity,
        max_idle_time_seconds: view.max_idle_time_seconds,
        idle_deadline: view.idle_deadline,
        runs: u32::try_from(live.runs.len()).unwrap_or(u32::MAX),
        installing,
        failure: view.failure.map(|failure| failure.message),
        moved_image: view
            .image
            .filter(|_| view.image_update.is_some())
            .map(|image| image.reference),
    })
}

/// The compute instance and the identity that a choice of compute comes to.
fn place(compute: ComputeChoice, catalog: &Catalog) -> (Option<String>, Option<String>) {
    match compute {
        ComputeChoice::Serverless { identity, .. } => (None, identity),
        ComputeChoice::Instance { name } => {
            let instance = catalog.instance(&name);
            let identity = instance.and_then(|instance| instance.identity.clone());
            (Some(name), identity)
        }
    }
}
