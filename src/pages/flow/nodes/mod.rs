//! The flow's nodes in execution order, with what happened to them in the selected run.

mod node;
pub(super) mod service;
mod upstream;

use std::sync::Arc;

use flowdeck_contract::shown::Name;
use leptos::prelude::*;

pub(crate) use self::{
    node::{NodeCard, NodeDetails, NodeError},
    service::{NodeService, SetNodeValue},
};
use super::{FlowContext, definition::Definition, section::Section, selection::Selection};
use crate::{
    api::Load,
    nav::Link,
    routes::{FlowView, GraphView},
    ui::{Each, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/nodes/nodes.module.css");

/// The flow's nodes.
#[component]
pub fn Nodes(
    /// The flow's definition.
    definition: Memo<Option<Arc<Definition>>>,
) -> impl IntoView {
    let context = FlowContext::from_context();
    let run = Selection::from_context().run;
    let names = Memo::new(move |_| {
        let mut names = definition.with(|known| {
            known
                .as_ref()
                .map(|known| known.node_names())
                .unwrap_or_default()
        });
        // A node that the flow no longer has is still part of the run that had it.
        run.with(|run| {
            let ran = run
                .iter()
                .flat_map(|run| run.nodes.iter().map(|node| Name::from(node.name.as_str())));
            let gone: Vec<Name> = ran.filter(|name| !names.contains(name)).collect();
            names.extend(gone);
        });
        names
    });
    let empty = Memo::new(move |_| names.with(Vec::is_empty));
    let fix = Memo::new(move |_| definition.with(|known| known.as_ref()?.fix_to("see nodes")));
    let loading = Memo::new(move |_| context.detail.state().with(|state| *state == Load::Loading));
    let content = move || {
        if loading.get() {
            view! { <Skeleton lines=6 label="Loading nodes" /> }.into_any()
        } else if empty.get() {
            let none = fix.get();
            let none = none.unwrap_or_else(|| "This flow has no nodes.".to_owned());
            view! { <p class=style::none>{none}</p> }.into_any()
        } else {
            view! {
                <ol class=style::nodes>
                    <Each each=move || names.get() key=|name| name.as_str().to_owned() let(name)>
                        <NodeCard name=name definition=definition />
                    </Each>
                </ol>
            }
            .into_any()
        }
    };
    let graph = move || {
        let to = context.route(FlowView {
            graph: Some(GraphView::Whole),
            ..context.view.get()
        });
        (!empty.get()).then(|| view! { <Link to=to>"Show graph"</Link> })
    };
    view! {
        <Section title="Nodes" actions=graph>
            {content}
        </Section>
    }
}
