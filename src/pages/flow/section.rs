//! A titled part of the flow page.

use leptos::prelude::*;

use crate::ui::unique_id;

stylance::import_crate_style!(style, "src/pages/flow/section.module.css");

/// A region with a heading, and beside it what can be done with the whole of it.
#[component]
pub fn Section(
    /// Its heading and name.
    title: &'static str,
    /// What is said in the heading's line.
    #[prop(optional, into)]
    summary: Option<ViewFn>,
    /// What stands at the end of the heading's line.
    #[prop(optional, into)]
    actions: ViewFn,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let id = unique_id("section");
    let labelled_by = id.clone();
    view! {
        <section class=style::section aria-labelledby=labelled_by>
            <header class=style::header>
                <h2 id=id>{title}</h2>
                {summary.map(|summary| view! { <div class=style::summary>{move || summary.run()}</div> })}
                <div class=style::actions>{move || actions.run()}</div>
            </header>
            {children()}
        </section>
    }
}
