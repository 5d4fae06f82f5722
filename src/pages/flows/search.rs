//! The search for flows, and what the list shows of them. Both are in the address, so that a list can be linked to and
//! survives a reload.

use flowdeck_contract::flows::FlowSummary;
use leptos::prelude::*;

use crate::{
    nav::{Nav, Step, use_nav},
    pages::parts::type_label,
    routes::{FlowsView, Route},
    ui::unique_id,
};

stylance::import_crate_style!(style, "src/pages/flows/search.module.css");

/// What the page shows, as the address says.
pub(super) fn use_view() -> Memo<FlowsView> {
    let route = use_nav().route;
    Memo::new(move |_| match route.get() {
        Some(Route::Flows(view)) => view,
        _ => FlowsView::default(),
    })
}

/// Shows `view` instead.
pub(super) fn show(nav: Nav, view: FlowsView) {
    nav.go(&Route::Flows(view), Step::Replace);
}

/// Whether `flow` is among what is searched for: every word is in its name, folder, description or type.
pub(super) fn matches(flow: &FlowSummary, search: &str) -> bool {
    if search.trim().is_empty() {
        return true;
    }
    let kind = flow.flow_type.map(type_label).unwrap_or_default();
    let description = flow.description.as_deref().unwrap_or_default();
    let text = [flow.name.as_str(), flow.id.as_str(), description, kind]
        .join("\n")
        .to_lowercase();
    search
        .to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
}

/// The search box.
#[component]
pub(super) fn SearchBox() -> impl IntoView {
    let nav = use_nav();
    let view = use_view();
    let search = Memo::new(move |_| view.get().search.unwrap_or_default());
    let id = unique_id("search");
    let seek = move |event| {
        let search = Some(event_target_value(&event));
        show(
            nav,
            FlowsView {
                search,
                ..view.get_untracked()
            },
        );
    };
    view! {
        <div role="search" class=style::search>
            <label for=id.clone() class="visually-hidden">
                "Search flows"
            </label>
            <input
                id=id
                type="search"
                placeholder="Search flows"
                title="Press / to search"
                autocomplete="off"
                prop:value=search
                on:input=seek
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::flows::samples::flow;
    use flowdeck_contract::flows::FlowType;

    #[test]
    fn every_word_must_be_somewhere() {
        let flow = FlowSummary {
            name: "Classify Web Pages".into(),
            description: Some("Sorts addresses".into()),
            flow_type: Some(FlowType::Evaluation),
            ..flow("web-classification")
        };
        for search in ["", "  ", "web", "WEB pages", "sorts eval", "web-class"] {
            assert!(matches(&flow, search), "{search}");
        }
        for search in ["chat", "web chat"] {
            assert!(!matches(&flow, search), "{search}");
        }
    }
}
