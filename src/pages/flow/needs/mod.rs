//! The connections that the flow asks for and that stand in the way of a run, with a form for each.

mod asked;
mod mend;
mod notice;
mod shared;

use std::sync::Arc;

use flowdeck_flow::{Assignment, Flow, Node, NodeType};
use leptos::prelude::*;

pub(crate) use self::{mend::MendForm, notice::NeedsNotice, shared::FlowConnections};
pub(super) use self::{
    mend::{Mend, Mending},
    notice::MendDialog,
};
use super::{Actions, FlowContext, definition::Definition};
use crate::lazy::{CONNECTION_NEEDS, Lazy};

/// What the flow's connections lack, once there may be something: most of it loads when it does.
#[component]
pub(super) fn ConnectionNeeds(
    /// The flow's definition.
    definition: Memo<Option<Arc<Definition>>>,
) -> impl IntoView {
    let view = FlowContext::from_context().view;
    let refused = Actions::from_context().needs_connections;
    let may_ask = Memo::new(move |_| {
        definition.with(|known| {
            known
                .as_ref()
                .and_then(|known| known.flow())
                .is_some_and(may_ask)
        })
    });
    let shown = Memo::new(move |_| {
        refused.with(Option::is_some) || (may_ask.get() && view.with(|view| !view.raw))
    });
    view! {
        <Show when=move || shown.get()>
            <Lazy part=CONNECTION_NEEDS />
        </Show>
    }
}

/// Whether something in the flow may ask for a connection; the server knows.
fn may_ask(flow: &Flow) -> bool {
    flow.nodes.iter().any(node_may_ask) || !flow.environment_variables.is_empty()
}

/// Whether a node may.
pub(super) fn node_may_ask(node: &Node) -> bool {
    node.node_type == Some(NodeType::Llm)
        || node
            .inputs
            .iter()
            .any(|input| matches!(&input.value, Assignment::Literal { value } if value.is_string()))
}
