//! A field for one line of text.

use leptos::prelude::*;

/// The field: what is typed takes away what was wrong before.
#[component]
pub fn LineField(
    id: &'static str,
    /// The id of what describes it, and says what is wrong.
    about: &'static str,
    /// What is typed.
    text: RwSignal<String>,
    /// What is wrong with it.
    fault: RwSignal<Option<&'static str>>,
    /// What it's typed with, such as `url`.
    #[prop(optional)]
    input_mode: Option<&'static str>,
) -> impl IntoView {
    view! {
        <input
            id=id
            type="text"
            inputmode=input_mode
            autocomplete="off"
            spellcheck="false"
            aria-describedby=about
            aria-invalid=move || fault.get().map(|_| "true")
            prop:value=text
            on:input=move |event| {
                text.set(event_target_value(&event));
                fault.set(None);
            }
        />
    }
}
