//! What there is to say of the vertex that is selected, beside the graph.

use std::sync::Arc;

use flowdeck_contract::shown::Name;
use flowdeck_flow::{Edge, Vertex};
use leptos::prelude::*;

use super::{Drawn, Shown, style, words};
use crate::{
    nav::Link,
    pages::flow::nodes::NodeCard,
    routes::{FlowView, GraphView},
};

/// The selected vertex: its card, and what it gets and gives.
#[component]
pub(super) fn Details() -> impl IntoView {
    let shown = Shown::from_context();
    let content = move || {
        let at = shown.selected.get();
        let both = at.zip(shown.drawn.get());
        both.map_or_else(
            || {
                view! { <p class=style::none>"Select a node to see what it gets and gives."</p> }
                    .into_any()
            },
            |(at, drawn)| view! { <Selected drawn=drawn at=at /> }.into_any(),
        )
    };
    view! {
        <section class=style::details aria-label="Selected in the graph">
            {content}
        </section>
    }
}

#[component]
fn Selected(drawn: Arc<Drawn>, at: usize) -> impl IntoView {
    let shown = Shown::from_context();
    let vertex = drawn.graph.vertices[at];
    let head = match vertex {
        Vertex::Node(index) => {
            let node = drawn.flow.nodes.get(index);
            node.map(|node| {
                view! {
                    <Card name=node.name.clone() />
                    <InText line=node.line />
                }
            })
            .into_any()
        }
        Vertex::Inputs | Vertex::Outputs => view! {
            <h3>{words::name(&drawn.flow, vertex)}</h3>
            <p>{words::facts(&drawn.flow, vertex)}</p>
        }
        .into_any(),
    };
    let other = |at: usize| {
        let vertex = drawn.graph.vertices[at];
        (words::name(&drawn.flow, vertex), drawn.named(vertex))
    };
    let entry = |edge: &Edge, at: usize| {
        let (name, named) = other(at);
        view! { <Neighbor name=name named=named carries=words::carried(edge).join(", ") shown=shown /> }
    };
    let gets: Vec<_> = drawn
        .graph
        .gets(at)
        .map(|edge| entry(edge, edge.from))
        .collect();
    let gives: Vec<_> = drawn
        .graph
        .gives(at)
        .map(|edge| entry(edge, edge.to))
        .collect();
    let list = |title: &'static str, entries: Vec<_>| {
        (!entries.is_empty()).then(|| view! { <h3>{title}</h3> <ul>{entries}</ul> })
    };
    view! {
        {head}
        {list("Gets", gets)}
        {list("Goes to", gives)}
    }
}

/// The node's card, as in the list of nodes.
#[component]
fn Card(name: String) -> impl IntoView {
    let definition = Shown::from_context().definition;
    view! {
        <ol class=style::card>
            <NodeCard name=Name::from(name) definition=definition />
        </ol>
    }
}

/// Leads to the node's place in the definition.
#[component]
fn InText(line: u32) -> impl IntoView {
    let context = Shown::from_context().context;
    let file = context.definition_path();
    file.map(|file| {
        let text = format!("Line {line} of {file}");
        let to = context.route(FlowView::of_file(file, Some(line)));
        view! { <p><Link to=to>{text}</Link></p> }
    })
}

#[component]
fn Neighbor(name: String, named: GraphView, carries: String, shown: Shown) -> impl IntoView {
    let to = Signal::derive(move || {
        shown.context.view.track();
        shown.context.route(shown.selecting(named.clone()))
    });
    view! {
        <li>
            <Link to=to>{name}</Link>
            <span class=style::carries>{carries}</span>
        </li>
    }
}
