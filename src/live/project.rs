//! The live state of a project.

use flowdeck_contract::{events::ProjectEvent, flows::FlowList, paths};
use leptos::prelude::*;

use super::stream;
use crate::api::Api;

/// Every flow of a project, as it changes.
#[derive(Clone, Copy)]
pub struct ProjectLive {
    /// The flows; `None` until the stream has sent them.
    pub flows: RwSignal<Option<FlowList>>,
}

impl ProjectLive {
    /// Follows the project until the current owner is cleaned up.
    #[must_use]
    pub fn follow() -> Self {
        let live = Self {
            flows: RwSignal::new(None),
        };
        let path = paths::project_events(&Api::from_context().project());
        stream::follow(&path, move |ProjectEvent::Flows(list)| {
            live.flows.set(Some(list));
        });
        live
    }
}
