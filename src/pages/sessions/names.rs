//! What the flows of sessions are called on their own pages.

use std::collections::HashMap;

use flowdeck_contract::ids::FlowId;
use leptos::prelude::*;

use crate::api::{Api, Remote};

/// The display names of flows. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct FlowNames(Remote<HashMap<FlowId, String>>);

impl FlowNames {
    /// Makes them available below.
    pub(super) fn provide() {
        let api = Api::from_context();
        let asked = Remote::new(move || async move {
            let flows = api.flows().await?.flows.into_iter();
            Ok(flows.map(|flow| (flow.id, flow.name)).collect())
        });
        provide_context(Self(asked));
    }

    pub(super) fn from_context() -> Self {
        expect_context::<Self>()
    }

    /// The name of a flow; that of its folder while it isn't known, and when the flow is gone. Tracked.
    pub(super) fn of(self, flow: &FlowId) -> Signal<String> {
        let flow = flow.clone();
        Signal::derive(move || {
            let name = self.0.get().and_then(|names| names.get(&flow).cloned());
            name.unwrap_or_else(|| flow.to_string())
        })
    }
}
