//! What was said, from the first question on.

use leptos::{html, prelude::*};

use super::{
    style,
    talk::{MESSAGE, Talk},
    turn::{Place, TurnView},
};
use crate::{
    pages::{flow::actions::focus, parts::Failure},
    routes::ChatView,
    ui::{Button, Each, NextStep, Skeleton},
};

/// So near to its end the log follows what comes, in pixels.
const NEAR: i32 = 60;

/// What was said. A screen reader says what's new when it's complete.
#[component]
pub(super) fn Log() -> impl IntoView {
    let talk = Talk::from_context();
    let log = NodeRef::<html::Div>::new();
    let follow = follow_end(talk, log);
    let places = move || {
        talk.whole.with(|whole| {
            let turns = whole.as_ref().map_or(&[][..], |whole| &whole.turns);
            let places = turns.iter().cloned().enumerate();
            places.map(|(at, turn)| Place { at, turn }).collect()
        })
    };
    view! {
        <div
            node_ref=log
            class=style::log
            role="log"
            aria-label="Conversation"
            tabindex="0"
            on:scroll=move |_| follow.set_value(is_at_end(log))
        >
            <Before />
            <Each each=places key=|place: &Place| place.turn.run.to_string() let(place)>
                <TurnView place=place />
            </Each>
        </div>
    }
}

/// What stands in the place of turns.
#[component]
fn Before() -> impl IntoView {
    let talk = Talk::from_context();
    let is_loaded = Memo::new(move |_| talk.whole.with(Option::is_some));
    move || {
        if let Some(error) = talk.failure.get() {
            let new = NextStep::new("New conversation", move || talk.open(ChatView::New));
            return view! {
                <Failure
                    title="Couldn’t load the conversation"
                    error=error
                    on_retry=move |()| talk.load()
                    steps=vec![new]
                />
            }
            .into_any();
        }
        match (is_loaded.get(), talk.id.with(Option::is_some)) {
            (true, _) => ().into_any(),
            (false, true) => {
                view! { <Skeleton lines=4 label="Loading the conversation" /> }.into_any()
            }
            (false, false) => view! { <Beginning /> }.into_any(),
        }
    }
}

/// What to ask first.
#[component]
fn Beginning() -> impl IntoView {
    let talk = Talk::from_context();
    let example = Memo::new(move |_| {
        let given = talk.with_flow(|flow| {
            let default = flow.chat().ok()?.question.default.as_ref()?;
            default.as_str().map(str::to_owned)
        });
        let given = given.flatten().filter(|text| !text.trim().is_empty());
        given.unwrap_or_else(|| "What can you do?".to_owned())
    });
    let take = move |()| {
        talk.type_in(example.get_untracked());
        focus(MESSAGE);
    };
    let use_it = Signal::derive(move || format!("Use the question {}", example.get()));
    view! {
        <div class=style::beginning>
            <p>"Ask the flow a question. Each answer is a run, which gets what was said before."</p>
            <Button label=use_it on_press=take>
                {example}
            </Button>
        </div>
    }
}

fn is_at_end(log: NodeRef<html::Div>) -> bool {
    log.get_untracked()
        .is_none_or(|log| log.scroll_height() - log.scroll_top() - log.client_height() < NEAR)
}

/// Keeps the end of the log in view while the person is there.
fn follow_end(talk: Talk, log: NodeRef<html::Div>) -> StoredValue<bool> {
    let follows = StoredValue::new(true);
    let count = Memo::new(move |_| {
        talk.whole
            .with(|whole| whole.as_ref().map_or(0, |whole| whole.turns.len()))
    });
    Effect::new(move |before: Option<usize>| {
        let count = count.get();
        talk.context.live.details.track();
        // Whoever asks wants to see the answer.
        if before != Some(count) {
            follows.set_value(true);
        }
        if follows.get_value() {
            request_animation_frame(move || {
                if let Some(Some(log)) = log.try_get_untracked() {
                    log.set_scroll_top(log.scroll_height());
                }
            });
        }
        count
    });
    follows
}
