//! Asks an earlier question in other words. What was said after it is dropped, which is said before.

use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};

use super::{question::parts_of, style, talk::Talk, turn::Place};
use crate::{
    pages::parts::form_style,
    ui::{Button, ButtonKind, ButtonState, focus_when_shown, pretty, unique_id},
};

#[component]
pub(super) fn Edit(place: Place) -> impl IntoView {
    let talk = Talk::from_context();
    let parts = parts_of(&place.turn.question);
    let (before, pictures) = parts.unwrap_or_else(|| (pretty(&place.turn.question), Vec::new()));
    let run = place.turn.run.clone();
    let text = RwSignal::new(talk.kept_edit(&run).unwrap_or(before));
    // They stay with the question.
    let pictures = StoredValue::new(pictures);
    let fault = RwSignal::new(None::<&'static str>);
    let (field, about) = (unique_id("question"), unique_id("question-about"));
    let (label_for, described_by) = (field.clone(), about.clone());
    let area = NodeRef::<html::Textarea>::new();
    focus_when_shown(area);
    let at = place.at;
    let close = move || talk.stop_editing();
    let ask = move || {
        let typed = text.get_untracked();
        let pictures = pictures.get_value();
        if typed.trim().is_empty() && pictures.is_empty() {
            return fault.set(Some("Enter a question."));
        }
        match talk.value_of(&typed, &pictures) {
            Ok(question) => talk.ask(question, Some(at), close),
            Err(reason) => fault.set(Some(reason)),
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        ask();
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            ask();
        }
        "Escape" => {
            event.prevent_default();
            close();
        }
        _ => {}
    };
    let dropped = move || match talk.turns_after(at) {
        0 => "The answer is replaced.".to_owned(),
        1 => "The answer is replaced, and the question after it is dropped.".to_owned(),
        count => format!("The answer is replaced, and the {count} questions after it are dropped."),
    };
    let state = Signal::derive(move || ButtonState::busy_while(talk.is_asking.get()));
    view! {
        <form class=style::edit on:submit=submit>
            <label class="visually-hidden" for=label_for>
                "Question"
            </label>
            <textarea
                id=field
                node_ref=area
                class=style::message
                rows="2"
                aria-describedby=described_by
                aria-invalid=move || fault.get().map(|_| "true")
                prop:value=text
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    talk.keep_edit(&run, &typed);
                    text.set(typed);
                    fault.set(None);
                }
                on:keydown=on_key
            ></textarea>
            <div id=about>
                <p class=form_style::fault>{fault}</p>
                <p class=style::muted>{dropped}</p>
            </div>
            <div class=style::steps>
                <Button on_press=move |()| close()>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| ask()>
                    "Ask again"
                </Button>
            </div>
        </form>
    }
}
