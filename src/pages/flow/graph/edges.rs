//! The lines between vertices.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Drawn, Shown, path::line, style, words};

/// All lines. What they carry is said by the vertices and by the details; the pointer sees it, too.
#[component]
pub(super) fn Edges(drawn: Arc<Drawn>) -> impl IntoView {
    let selected = Shown::from_context().selected;
    let (width, height) = drawn.layout.size;
    let both = drawn.graph.edges.iter().zip(&drawn.layout.edges);
    let lines = both.map(|(edge, points)| {
        let (from, to) = (edge.from, edge.to);
        let touches = move || {
            let selected = selected.get();
            selected == Some(from) || selected == Some(to)
        };
        let carries = words::carried(edge).join("\n");
        view! {
            <path
                d=line(points)
                class=style::edge
                class=(style::condition, edge.is_condition())
                class=(style::marked, touches)
                marker-end="url(#graph-edge-end)"
            >
                <title>{carries}</title>
            </path>
        }
    });
    view! {
        <svg class=style::edges width=width height=height aria-hidden="true">
            <defs>
                <marker
                    id="graph-edge-end"
                    viewBox="0 0 8 8"
                    refX="7"
                    refY="4"
                    markerWidth="8"
                    markerHeight="8"
                    orient="auto"
                >
                    <path d="M0 0L8 4L0 8z" fill="context-stroke" />
                </marker>
            </defs>
            {lines.collect_view()}
        </svg>
    }
}
