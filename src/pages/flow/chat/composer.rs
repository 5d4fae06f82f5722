//! The box for the next question, and what stands in its way.

use flowdeck_contract::{capability::Action, codes};
use leptos::{
    ev::{ClipboardEvent, DragEvent, KeyboardEvent, SubmitEvent},
    prelude::*,
};
use web_sys::FileList;

use super::{
    attachments::{Attach, Attached},
    question::TEXT_ONLY,
    style,
    talk::{MESSAGE, Talk},
};
use crate::{
    pages::{
        flow::{next_steps::next_steps, start_first::StartFirst},
        parts::{Failure, PictureSource},
    },
    routes::ChatView,
    ui::{Button, ButtonKind, ButtonState, NextStep},
};

/// The box, with what it's refused for above.
#[component]
pub(super) fn Composer() -> impl IntoView {
    let talk = Talk::from_context();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send_or_say(talk);
    };
    let on_key = move |event: KeyboardEvent| {
        // A key that ends the entry of a character with several keys isn't one of ours.
        let is_send = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        if is_send {
            event.prevent_default();
            send_or_say(talk);
        }
    };
    let source = PictureSource::new(talk.context.flow(), move |picture| {
        talk.attach(|pictures| pictures.push(picture));
    });
    let drop = move |event: DragEvent| {
        if may_attach(talk, event.data_transfer().and_then(|data| data.files())) {
            source.drop(&event);
        }
    };
    let paste = move |event: ClipboardEvent| {
        if may_attach(talk, event.clipboard_data().and_then(|data| data.files())) {
            source.paste(&event);
        }
    };
    view! {
        <StartFirst title="Start a compute session to chat" />
        <Refused />
        <form class=style::composer on:submit=submit>
            <label class="visually-hidden" for=MESSAGE>
                "Message"
            </label>
            <Attached />
            <textarea
                id=MESSAGE
                class=style::message
                on:dragover=move |event: DragEvent| event.prevent_default()
                on:drop=drop
                on:paste=paste
                rows="2"
                placeholder="Ask a question"
                aria-describedby="chat-keys"
                prop:value=talk.draft
                on:input=move |event| talk.type_in(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <div class=style::sending>
                <p id="chat-keys" class=style::muted>
                    "Enter sends. Shift+Enter starts a new line."
                </p>
                <SendOrStop />
            </div>
        </form>
        <Attach source=source />
    }
}

/// Whether these files can go with a question; where the flow takes none, that's said.
fn may_attach(talk: Talk, files: Option<FileList>) -> bool {
    let has_files = files.is_some_and(|files| files.length() > 0);
    let takes = untrack(|| talk.takes_pictures());
    if has_files && !takes {
        talk.no_pictures.set(Some(TEXT_ONLY));
    }
    takes
}

/// Sends what's typed; where it can't be sent, what stands in the way is on the button.
fn send_or_say(talk: Talk) {
    match untrack(|| talk.actions.state(Action::Run)) {
        ButtonState::Ready => talk.send(),
        ButtonState::Busy => {}
        ButtonState::Refused(_) => talk.actions.needs_session.set(true),
    }
}

#[component]
fn SendOrStop() -> impl IntoView {
    let talk = Talk::from_context();
    let is_empty = Memo::new(move |_| {
        talk.draft.with(|draft| draft.trim().is_empty()) && talk.pictures.with(Vec::is_empty)
    });
    let state = Signal::derive(move || match talk.actions.state(Action::Run) {
        _ if talk.is_asking.get() => ButtonState::Busy,
        ButtonState::Ready if is_empty.get() => {
            ButtonState::Refused("Enter a question first.".to_owned())
        }
        state => state,
    });
    move || match talk.coming.get() {
        Some(run) => {
            let stop = move |()| talk.actions.cancel(run.clone());
            view! { <Button on_press=stop>"Stop"</Button> }.into_any()
        }
        None => view! {
            <Button
                kind=ButtonKind::Primary
                state=state
                on_press=move |()| talk.send()
                on_refused=move |()| {
                    if !is_empty.get_untracked() {
                        talk.actions.needs_session.set(true);
                    }
                }
            >
                "Send"
            </Button>
        }
        .into_any(),
    }
}

/// Why the last question wasn't asked.
#[component]
fn Refused() -> impl IntoView {
    let talk = Talk::from_context();
    move || {
        let error = talk.refused.get()?;
        let again = Callback::new(move |()| talk.send());
        let steps = match error.code.as_str() {
            codes::CONVERSATION_FULL => vec![NextStep::new("New conversation", move || {
                talk.open(ChatView::New);
            })],
            codes::HISTORY_PICTURES_LOST => vec![
                NextStep::new("Ask without lost pictures", move || {
                    talk.ask_without_lost_pictures();
                }),
                NextStep::new("New conversation", move || talk.open(ChatView::New)),
            ],
            _ => next_steps(talk.context, &error, again),
        };
        Some(view! { <Failure title="Couldn’t ask the question" error=error steps=steps /> })
    }
}
