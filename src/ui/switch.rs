//! A switch: on or off, at once.

use leptos::prelude::*;

stylance::import_crate_style!(style, "src/ui/switch.module.css");

/// A switch.
#[component]
pub fn Switch(
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Told what it becomes.
    #[prop(into)]
    on_change: Callback<bool>,
    /// Its name.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            role="switch"
            class=style::switch
            aria-checked=move || on.get().to_string()
            on:click=move |_| on_change.run(!on.get_untracked())
        >
            <span class=style::track aria-hidden="true">
                <span class=style::thumb></span>
            </span>
            {children()}
        </button>
    }
}
