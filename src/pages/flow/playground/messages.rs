//! The fields of what the model is asked.

use leptos::prelude::*;

use super::{
    bench::Bench,
    draft::{Asked, Content, Message},
    own,
};
use crate::{
    pages::parts::form_style,
    ui::{Button, ButtonKind, Each, unique_id},
};

const ROLES: [&str; 5] = ["system", "developer", "user", "assistant", "tool"];
/// Of a longer text the rest scrolls.
const MOST_LINES: usize = 16;

/// The messages of a chat, or the text that is to be completed.
#[component]
pub(super) fn AskedFields() -> impl IntoView {
    let bench = Bench::from_context();
    let is_chat = bench
        .draft
        .with_untracked(|draft| matches!(draft.asked, Asked::Messages(_)));
    match is_chat {
        true => view! { <Messages /> }.into_any(),
        false => {
            let read = move || {
                bench.draft.with(|draft| match &draft.asked {
                    Asked::Prompt(prompt) => prompt.clone(),
                    Asked::Messages(_) => Content::Text(String::new()),
                })
            };
            let write = move |text| {
                bench.draft.update(|draft| {
                    if let Asked::Prompt(prompt) = &mut draft.asked {
                        prompt.set(text);
                    }
                });
            };
            let content = Memo::new(move |_| read());
            view! { <TextField label="Prompt".to_owned() content=content on_change=write /> }
                .into_any()
        }
    }
}

#[component]
fn Messages() -> impl IntoView {
    let bench = Bench::from_context();
    let keys = move || {
        bench.draft.with(|draft| match &draft.asked {
            Asked::Messages(messages) => messages.iter().map(|message| message.key).collect(),
            Asked::Prompt(_) => Vec::new(),
        })
    };
    view! {
        <div class=own::fields role="group" aria-label="Messages">
            <Each each=keys key=usize::to_string let(key)>
                <MessageFields key=key />
            </Each>
        </div>
        <div>
            <Button kind=ButtonKind::Quiet on_press=move |()| bench.draft.update(super::Draft::add_message)>
                "Add message"
            </Button>
        </div>
    }
}

#[component]
fn MessageFields(key: usize) -> impl IntoView {
    let bench = Bench::from_context();
    let message = Memo::new(move |_| {
        bench.draft.with(|draft| match &draft.asked {
            Asked::Messages(messages) => {
                let mut messages = messages.iter().enumerate();
                messages
                    .find(|(_, message)| message.key == key)
                    .map(|(at, message)| (at + 1, message.clone()))
            }
            Asked::Prompt(_) => None,
        })
    });
    let number = move || message.with(|message| message.as_ref().map_or(0, |(at, _)| *at));
    let role = Memo::new(move |_| {
        message.with(|message| {
            let message = message.as_ref().map(|(_, message)| message.role.clone());
            message.unwrap_or_default()
        })
    });
    let content = Memo::new(move |_| {
        message.with(|message| match message {
            Some((_, message)) => message.content.clone(),
            None => Content::Text(String::new()),
        })
    });
    let change = move |change: Box<dyn FnOnce(&mut Message)>| {
        bench.draft.update(|draft| {
            if let Asked::Messages(messages) = &mut draft.asked
                && let Some(message) = messages.iter_mut().find(|message| message.key == key)
            {
                change(message);
            }
        });
    };
    let remove = move |()| {
        bench.draft.update(|draft| {
            if let Asked::Messages(messages) = &mut draft.asked {
                messages.retain(|message| message.key != key);
            }
        });
    };
    let (id, label_for) = {
        let id = unique_id("role");
        (id.clone(), id)
    };
    let roles = move || {
        let role = role.get();
        let own = (!ROLES.contains(&role.as_str())).then(|| role.clone());
        let all = own.into_iter().chain(ROLES.map(str::to_owned));
        all.map(|name| {
            let is_chosen = name == role;
            view! {
                <option value=name.clone() selected=is_chosen>
                    {name.clone()}
                </option>
            }
        })
        .collect_view()
    };
    let about = move || format!("Message {}", number());
    view! {
        <div class=form_style::field role="group" aria-label=about>
            <div class=form_style::row>
                <label class=form_style::label for=label_for>
                    {move || format!("Role of message {}", number())}
                </label>
                <select
                    id=id
                    on:change=move |event| {
                        let role = event_target_value(&event);
                        change(Box::new(move |message| message.role = role));
                    }
                >
                    {roles}
                </select>
                <Button
                    kind=ButtonKind::Quiet
                    label=Signal::derive(move || format!("Remove message {}", number()))
                    on_press=remove
                >
                    "Remove"
                </Button>
            </div>
            <TextField
                label=Signal::derive(about)
                content=content
                on_change=move |text| change(Box::new(move |message| message.content.set(text)))
            />
        </div>
    }
}

/// A text of several lines; one that is JSON says so.
#[component]
fn TextField(
    #[prop(into)] label: Signal<String>,
    content: Memo<Content>,
    #[prop(into)] on_change: Callback<String>,
) -> impl IntoView {
    let is_json = content.with_untracked(|content| matches!(content, Content::Json(_)));
    let label = move || match is_json {
        true => format!("{}, as JSON", label.get()),
        false => label.get(),
    };
    // As high as what was recorded, so that nothing jumps while one types.
    let lines = content.with_untracked(|content| content.text().lines().count());
    view! {
        <textarea
            aria-label=label
            rows=lines.clamp(2, MOST_LINES)
            spellcheck="false"
            prop:value=move || content.with(|content| content.text().to_owned())
            on:input=move |event| on_change.run(event_target_value(&event))
        ></textarea>
    }
}
