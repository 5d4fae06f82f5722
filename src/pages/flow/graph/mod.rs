//! The flow as a graph, in the place of the form: what its nodes get from each other, and what became of them in the run
//! that is shown. `layout` says where everything stands, `canvas` what of it is seen, `vertices` and `edges` are drawn on
//! it, `details` says more of the one that is selected, and `picture` draws the same as a file.

mod canvas;
mod details;
mod edges;
mod export;
mod layout;
mod nearest;
mod path;
mod picture;
mod ranks;
mod vertices;
mod words;

use std::sync::Arc;

use flowdeck_flow::{Flow, Graph, Vertex};
use leptos::prelude::*;

use self::{canvas::Canvas, details::Details, layout::Layout};
use super::{
    FlowContext,
    definition::{Definition, use_definition},
    section::Section,
};
use crate::{
    api::Load,
    nav::{Link, Step},
    routes::{FlowView, GraphView},
    ui::{Notice, NoticeKind, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/graph/graph.module.css");

/// A flow that is drawn. The same as long as nothing changes of which it's drawn.
#[derive(Debug, PartialEq)]
struct Drawn {
    flow: Flow,
    graph: Graph,
    layout: Layout,
}

impl Drawn {
    fn of(flow: &Flow) -> Self {
        let graph = Graph::of(flow);
        let ends: Vec<_> = graph
            .edges
            .iter()
            .map(|edge| (edge.from, edge.to))
            .collect();
        Self {
            flow: flow.clone(),
            layout: Layout::of(graph.vertices.len(), &ends),
            graph,
        }
    }

    /// How the address names a vertex.
    fn named(&self, vertex: Vertex) -> GraphView {
        match vertex {
            Vertex::Inputs => GraphView::Inputs,
            Vertex::Node(index) => {
                let node = self.flow.nodes.get(index);
                node.map_or(GraphView::Whole, |node| GraphView::Node(node.name.clone()))
            }
            Vertex::Outputs => GraphView::Outputs,
        }
    }

    /// The vertex that the address names.
    fn find(&self, view: &GraphView) -> Option<usize> {
        self.graph
            .vertices
            .iter()
            .position(|&vertex| *view != GraphView::Whole && self.named(vertex) == *view)
    }
}

/// What the graph's parts share. Cheap to copy.
#[derive(Clone, Copy)]
struct Shown {
    context: FlowContext,
    definition: Memo<Option<Arc<Definition>>>,
    drawn: Memo<Option<Arc<Drawn>>>,
    /// The index of the vertex that is selected.
    selected: Memo<Option<usize>>,
}

impl Shown {
    fn from_context() -> Self {
        expect_context::<Self>()
    }

    /// The address of the graph with another vertex selected.
    fn selecting(self, graph: GraphView) -> FlowView {
        FlowView {
            graph: Some(graph),
            ..self.context.view.get_untracked()
        }
    }

    fn select(self, graph: GraphView) {
        self.context.show(self.selecting(graph), Step::Replace);
    }
}

/// The flow's graph.
#[component]
pub(crate) fn FlowGraph() -> impl IntoView {
    let context = FlowContext::from_context();
    let definition = use_definition(context);
    let drawn = Memo::new(move |_| {
        let definition = definition.get()?;
        Some(Arc::new(Drawn::of(definition.flow()?)))
    });
    let selected = Memo::new(move |_| {
        let view = context.view.with(|view| view.graph.clone())?;
        drawn.get()?.find(&view)
    });
    let shown = Shown {
        context,
        definition,
        drawn,
        selected,
    };
    provide_context(shown);
    let form = context.route(FlowView::default());
    let content = move || match drawn.get() {
        Some(drawn) if drawn.graph.vertices.is_empty() => {
            view! { <p class=style::none>"This flow has no nodes."</p> }.into_any()
        }
        Some(drawn) => view! {
            <div class=style::split>
                <Canvas drawn=drawn />
                <Details />
            </div>
        }
        .into_any(),
        None => not_drawn(context, definition),
    };
    view! {
        <div class=style::graph>
            <Section
                title="Graph"
                actions=move || view! { <Link to=form.clone()>"Back to the flow"</Link> }
            >
                {content}
            </Section>
        </div>
    }
}

fn not_drawn(context: FlowContext, definition: Memo<Option<Arc<Definition>>>) -> AnyView {
    let is_loading = context.detail.state().with(|state| *state == Load::Loading);
    if is_loading {
        return view! { <Skeleton lines=10 label="Loading the graph" /> }.into_any();
    }
    let fix = definition.with(|known| known.as_ref()?.fix_to("see the graph"));
    let title = fix.unwrap_or_else(|| "This flow has no graph.".to_owned());
    view! { <Notice kind=NoticeKind::Info title=title /> }.into_any()
}
