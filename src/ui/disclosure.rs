//! Something folded away behind a line that unfolds it.

use leptos::prelude::*;

stylance::import_crate_style!(style, "src/ui/disclosure.module.css");

/// The browser's own disclosure.
#[component]
pub fn Disclosure(
    /// The line that unfolds it.
    #[prop(into)]
    summary: ViewFn,
    /// Whether it is unfolded at first.
    #[prop(optional)]
    open: bool,
    /// What is folded away.
    children: Children,
) -> impl IntoView {
    view! {
        <details class=style::details prop:open=open>
            <summary class=style::summary>{summary.run()}</summary>
            <div class=style::content>{children()}</div>
        </details>
    }
}
