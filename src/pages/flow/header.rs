//! The head of the flow page: where one is, which flow, and what can be done with it. It stays in view.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{FlowContext, toolbar::Toolbar};
use crate::{
    nav::Link,
    pages::parts::{PageHeading, TypeChip},
    routes::Route,
};

stylance::import_crate_style!(style, "src/pages/flow/header.module.css");

/// The head.
#[component]
pub(super) fn Header(
    /// The flow's name.
    title: Signal<String>,
    /// Whether there is such a flow.
    exists: Signal<bool>,
) -> impl IntoView {
    view! {
        <header class=style::header>
            <div class=style::name>
                <nav aria-label="Breadcrumb" class=style::crumbs>
                    <Link to=Route::flows()>"Prompt flow"</Link>
                    <span aria-hidden="true">"/"</span>
                </nav>
                <PageHeading title=title />
                <Kind />
                <Unsaved />
            </div>
            <Show when=move || exists.get()>
                <Toolbar />
            </Show>
        </header>
    }
}

/// The flow's type.
#[component]
fn Kind() -> impl IntoView {
    let detail = FlowContext::from_context().detail;
    let kind = move || detail.get()?.summary.flow_type;
    move || kind().map(|kind| view! { <TypeChip kind=kind /> })
}

/// How many files have edits that a run does not see.
#[component]
fn Unsaved() -> impl IntoView {
    let unsaved = FlowContext::from_context().unsaved;
    let words = move || match unsaved.with(BTreeSet::len) {
        0 => None,
        1 => Some("1 unsaved file".to_owned()),
        count => Some(format!("{count} unsaved files")),
    };
    move || {
        words().map(|words| {
            view! {
                <span class=style::unsaved title="Runs use saved files.">
                    {words}
                    <span class="visually-hidden">". Runs use saved files."</span>
                </span>
            }
        })
    }
}
