//! The flow's inputs, nodes and outputs on the canvas. One of them is in the tab order; the arrows lead to the others.

use std::sync::Arc;

use flowdeck_contract::{runs::NodeState, shown::Name};
use flowdeck_flow::Vertex;
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{Drawn, Shown, canvas::px, layout::SIZE, nearest, style, words};
use crate::{
    pages::{flow::selection::Selection, parts::StateWord},
    ui::time,
};

/// All vertices, as a list.
#[component]
pub(super) fn Vertices(drawn: Arc<Drawn>) -> impl IntoView {
    let selected = Shown::from_context().selected;
    let list = NodeRef::<html::Ul>::new();
    let focused = RwSignal::new(0usize);
    Effect::new(move |_| {
        if let Some(selected) = selected.get() {
            focused.set(selected);
        }
    });
    let places = drawn.layout.vertices.clone();
    let on_key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(target) = nearest::target(&event.key(), focused.get_untracked(), &places) else {
            return;
        };
        event.prevent_default();
        focused.set(target);
        focus(list, target);
    };
    let count = drawn.graph.vertices.len();
    let vertices = (0..count)
        .map(|at| view! { <VertexView drawn=Arc::clone(&drawn) at=at focused=focused /> });
    view! {
        <ul node_ref=list class=style::vertices aria-label="Graph of the flow" on:keydown=on_key>
            {vertices.collect_view()}
        </ul>
    }
}

/// Gives a vertex the focus, and scrolls no further than is needed to see it.
fn focus(list: NodeRef<html::Ul>, at: usize) {
    let entry = list
        .get_untracked()
        .and_then(|list| list.children().item(u32::try_from(at).ok()?))
        .and_then(|entry| entry.first_element_child())
        .and_then(|button| button.dyn_into::<HtmlElement>().ok());
    let Some(button) = entry else { return };
    // Focusing an element that is shown cannot fail.
    let _ = button.focus();
    let near = ScrollIntoViewOptions::new();
    near.set_block(ScrollLogicalPosition::Nearest);
    near.set_inline(ScrollLogicalPosition::Nearest);
    button.scroll_into_view_with_scroll_into_view_options(&near);
}

#[component]
fn VertexView(drawn: Arc<Drawn>, at: usize, focused: RwSignal<usize>) -> impl IntoView {
    let shown = Shown::from_context();
    let vertex = drawn.graph.vertices[at];
    let named = drawn.named(vertex);
    let name = words::name(&drawn.flow, vertex);
    let facts = words::facts(&drawn.flow, vertex);
    let sentence = words::sentence(&drawn.flow, &drawn.graph, at);
    let title = name.clone();
    let (x, y) = drawn.layout.vertices.get(at).copied().unwrap_or_default();
    let (width, height) = SIZE;
    let node = match vertex {
        Vertex::Node(index) => drawn.flow.nodes.get(index).map(|node| node.name.clone()),
        Vertex::Inputs | Vertex::Outputs => None,
    };
    let ran = node.map(|node| Selection::from_context().node(Name::from(node)));
    let state =
        Memo::new(move |_| ran?.with(|ran| ran.as_ref().map(|ran| (ran.state, ran.duration_ms))));
    let is_bypassed = move || matches!(state.get(), Some((NodeState::Bypassed, _)));
    let is_selected = move || shown.selected.get() == Some(at);
    let outcome = move || {
        state.get().map(|(state, took)| {
            view! {
                <span class=style::outcome>
                    <StateWord state=state />
                    {took.map(time::duration)}
                </span>
            }
        })
    };
    view! {
        <li
            style:left=px(x - width / 2.0)
            style:top=px(y - height / 2.0)
            style:width=px(width)
            style:height=px(height)
        >
            <button
                type="button"
                class=style::vertex
                class=(style::end, !matches!(vertex, Vertex::Node(_)))
                class=(style::bypassed, is_bypassed)
                aria-current=move || is_selected().then_some("true")
                tabindex=move || if focused.get() == at { "0" } else { "-1" }
                title=title
                on:focus=move |_| focused.set(at)
                on:click=move |_| shown.select(named.clone())
            >
                <span class="visually-hidden">{sentence} " "</span>
                <span aria-hidden="true" class=style::name>{name}</span>
                <span aria-hidden="true" class=style::facts>{facts}</span>
                {outcome}
            </button>
        </li>
    }
}
