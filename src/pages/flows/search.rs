//! The search for flows. Its text is in the address, so that a search can be linked to and survives a reload.

use flowdeck_contract::flows::FlowSummary;
use leptos::prelude::*;

use crate::{
    nav::{Step, use_nav},
    pages::parts::type_label,
    routes::Route,
    ui::unique_id,
};

stylance::import_crate_style!(style, "src/pages/flows/search.module.css");

/// What is searched for; empty for nothing.
pub(super) fn use_search() -> Memo<String> {
    let route = use_nav().route;
    Memo::new(move |_| match route.get() {
        Some(Route::Flows { search }) => search.unwrap_or_default(),
        _ => String::new(),
    })
}

/// Whether `flow` is among what is searched for: every word is in its name, folder, description or type.
pub(super) fn matches(flow: &FlowSummary, search: &str) -> bool {
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
    let search = use_search();
    let id = unique_id("search");
    let seek = move |event| {
        let text = event_target_value(&event);
        nav.go(&Route::Flows { search: Some(text) }, Step::Replace);
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
    use flowdeck_contract::{flows::FlowType, ids::FlowId, session::SessionState};

    fn flow() -> FlowSummary {
        FlowSummary {
            id: FlowId::try_from("web-classification").unwrap(),
            name: "Classify Web Pages".into(),
            description: Some("Sorts addresses".into()),
            flow_type: Some(FlowType::Evaluation),
            changed: None,
            session: SessionState::NotExist,
            problem: None,
        }
    }

    #[test]
    fn every_word_must_be_somewhere() {
        for search in ["", "  ", "web", "WEB pages", "sorts eval", "web-class"] {
            assert!(matches(&flow(), search), "{search}");
        }
        for search in ["chat", "web chat"] {
            assert!(!matches(&flow(), search), "{search}");
        }
    }
}
