//! Something folded away that is made only when it is unfolded, such as what is asked for from the server then.

use leptos::{ev::MouseEvent, prelude::*};

stylance::import_crate_style!(style, "src/ui/disclosure.module.css");

/// As [`super::Disclosure`], but what is folded away is not there.
#[component]
pub fn Fold(
    /// The line that unfolds it.
    summary: &'static str,
    /// What is folded away.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let toggle = move |event: MouseEvent| {
        event.prevent_default();
        open.update(|open| *open = !*open);
    };
    view! {
        <details class=style::details prop:open=open>
            <summary class=style::summary on:click=toggle>
                {summary}
            </summary>
            <div class=style::content>{move || open.get().then(|| children())}</div>
        </details>
    }
}
