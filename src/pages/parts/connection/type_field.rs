//! What the connection leads to.

use leptos::prelude::*;

use super::{form::Form, services::Choice, style};
use crate::pages::parts::form_style;

/// The list of types.
#[component]
pub(super) fn TypeField() -> impl IntoView {
    let form = Form::from_context();
    let chosen = Memo::new(move |_| form.entries.with(|entries| entries.choice));
    let options = form.accepts.with_value(|accepts| Choice::all(accepts));
    let shown = options.clone();
    let options = options.into_iter().map(|choice| {
        view! {
            <option value=choice.word() prop:selected=move || chosen.get() == choice>
                {choice.label()}
            </option>
        }
    });
    let choose = move |event| {
        let word = event_target_value(&event);
        if let Some(choice) = shown.iter().find(|choice| choice.word() == word) {
            form.edit(|entries| entries.choose(*choice));
        }
    };
    view! {
        <div class=form_style::field>
            <label for="connection-type" class=form_style::label>
                "Type"
                <span class=style::optional>" (required)"</span>
            </label>
            <select id="connection-type" aria-describedby="connection-type-help" on:change=choose>
                {options.collect_view()}
            </select>
            <p id="connection-type-help" class=form_style::help>
                {move || help(chosen.get())}
            </p>
        </div>
    }
}

fn help(choice: Choice) -> &'static str {
    match choice {
        Choice::Kind(_) => "",
        Choice::Compatible(_) if choice.takes_any_key() => {
            "Stored as an OpenAI connection. The server takes any key, but promptflow requires one."
        }
        Choice::Compatible(_) => "Stored as an OpenAI connection.",
    }
}
