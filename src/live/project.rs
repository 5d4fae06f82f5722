//! The live state of a project.

use flowdeck_contract::{events::ProjectEvent, flows::FlowList, paths};
use leptos::prelude::*;

use super::{Connection, stream};
use crate::api::Api;

/// Every flow of a project, as it changes.
#[derive(Clone, Copy)]
pub struct ProjectLive {
    /// The flows; `None` until the stream has sent them.
    pub flows: RwSignal<Option<FlowList>>,
    /// How the stream stands.
    pub connection: Signal<Connection>,
}

impl ProjectLive {
    /// Follows the project until the current owner is cleaned up.
    #[must_use]
    pub fn follow() -> Self {
        let flows = RwSignal::new(None);
        let path = paths::project_events(&Api::from_context().project());
        let connection = stream::follow(&path, move |ProjectEvent::Flows(list)| {
            flows.set(Some(list));
        });
        Self { flows, connection }
    }
}
