//! The connections that the flow asks for and that stand in the way of a run, with a form for each.

mod asked;
mod mend;
mod notice;

use std::sync::Arc;

use flowdeck_flow::{Assignment, Flow, NodeType};
use leptos::prelude::*;

pub(crate) use self::{mend::MendForm, notice::NeedsNotice};
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
    let by_node = flow.nodes.iter().any(|node| {
        node.node_type == Some(NodeType::Llm)
            || node.inputs.iter().any(
                |input| matches!(&input.value, Assignment::Literal { value } if value.is_string()),
            )
    });
    by_node || !flow.environment_variables.is_empty()
}
