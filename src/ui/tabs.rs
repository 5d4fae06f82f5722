//! Tabs by the WAI-ARIA Authoring Practices: arrows, Home and End move and select at once.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::unique_id;

stylance::import_crate_style!(style, "src/ui/tabs.module.css");

/// A tab and what it shows.
#[derive(Clone)]
pub struct Tab {
    /// Its name.
    pub title: &'static str,
    /// What it shows; made again each time it is selected.
    pub panel: ViewFn,
}

fn target(key: &str, at: usize, count: usize) -> Option<usize> {
    match key {
        "ArrowRight" => Some((at + 1) % count),
        "ArrowLeft" => Some((at + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        _ => None,
    }
}

/// Tabs, of which the first is selected, unless `selected` says otherwise.
#[component]
pub fn Tabs(
    /// The name of the list of tabs.
    #[prop(into)]
    label: String,
    /// The tabs, at least one.
    tabs: Vec<Tab>,
    /// Which one is selected, counted from 0.
    #[prop(optional)]
    selected: Option<RwSignal<usize>>,
) -> impl IntoView {
    let selected = selected.unwrap_or_else(|| RwSignal::new(0));
    let list = NodeRef::<html::Div>::new();
    let count = tabs.len();
    let prefix = unique_id("tab");
    let panel_id = format!("{prefix}-panel");
    let controls = panel_id.clone();
    let on_key = move |event: KeyboardEvent| {
        if let Some(index) = target(&event.key(), selected.get_untracked(), count) {
            event.prevent_default();
            selected.set(index);
            let tab = u32::try_from(index)
                .ok()
                .and_then(|index| list.get_untracked()?.children().item(index));
            if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
                // Focusing an element that is shown cannot fail.
                let _ = tab.focus();
            }
        }
    };
    let heads = tabs.iter().enumerate().map(|(index, tab)| {
        let is_selected = move || selected.get() == index;
        view! {
            <button
                type="button"
                role="tab"
                id=format!("{prefix}-{index}")
                class=style::tab
                aria-selected=move || is_selected().to_string()
                aria-controls=controls.clone()
                tabindex=move || if is_selected() { "0" } else { "-1" }
                on:click=move |_| selected.set(index)
            >
                {tab.title}
            </button>
        }
    });
    let heads = heads.collect_view();
    let panels: Vec<ViewFn> = tabs.into_iter().map(|tab| tab.panel).collect();
    view! {
        <div class=style::root>
        <div node_ref=list role="tablist" aria-label=label class=style::list on:keydown=on_key>
            {heads}
        </div>
        <div
            role="tabpanel"
            id=panel_id
            class=style::panel
            aria-labelledby=move || format!("{prefix}-{}", selected.get())
            tabindex="0"
        >
            {move || panels.get(selected.get()).map(ViewFn::run)}
        </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn arrows_go_round_and_the_ends_are_a_key_away() {
        assert_eq!(target("ArrowRight", 2, 3), Some(0));
        assert_eq!(target("ArrowLeft", 0, 3), Some(2));
        assert_eq!(target("Home", 2, 3), Some(0));
        assert_eq!(target("End", 0, 3), Some(2));
        assert_eq!(target("ArrowDown", 0, 3), None);
    }
}
