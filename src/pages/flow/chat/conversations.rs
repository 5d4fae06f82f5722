//! The conversations with the flow: shown, renamed, deleted.

use flowdeck_contract::{
    conversations::ConversationSummary, help::HelpTopic, ids::ConversationName,
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local_scoped_with_cancellation};

use super::{style, talk::Talk};
use crate::{
    api::Load,
    nav::{Link, Step},
    pages::parts::{Failure, form_style, tell_failure},
    routes::{ChatView, FlowView},
    ui::{
        Ago, Button, ButtonKind, ButtonState, Dialog, DialogKind, Disclosure, Each, NextStep,
        Status, open_while_asked,
    },
};

const FIELD: &str = "conversation-name";

/// What a person is asked about conversations. Cheap to copy.
#[derive(Clone, Copy)]
struct Asked {
    rename: RwSignal<Option<ConversationSummary>>,
    delete: RwSignal<Option<ConversationSummary>>,
}

/// The list, and what is asked of it.
#[component]
pub(super) fn Conversations() -> impl IntoView {
    let talk = Talk::from_context();
    provide_context(Asked {
        rename: RwSignal::new(None),
        delete: RwSignal::new(None),
    });
    let all = Memo::new(move |_| talk.list.get().map(|list| list.conversations));
    let count = Memo::new(move |_| all.with(|all| all.as_ref().map_or(0, Vec::len)));
    let failure = move || talk.list.state().with(Load::error);
    view! {
        {move || failure().map(|error| view! {
            <Failure
                title="Couldn’t load the conversations"
                error=error
                on_retry=move |()| talk.list.retry()
            />
        })}
        <Show when=move || count.get() != 0>
            <Disclosure summary=move || move || format!("Conversations ({})", count.get())>
                <ul class=style::conversations>
                    <Each
                        each=move || all.get().unwrap_or_default()
                        key=|one: &ConversationSummary| one.id.to_string()
                        let(one)
                    >
                        <Row one=one />
                    </Each>
                </ul>
            </Disclosure>
        </Show>
        <RenameDialog />
        <DeleteDialog />
    }
}

#[component]
fn Row(one: ConversationSummary) -> impl IntoView {
    let talk = Talk::from_context();
    let Asked { rename, delete } = expect_context();
    let name = String::from(one.name.clone());
    let (id, id_shown) = (one.id.clone(), one.id.clone());
    let to = Signal::derive(move || {
        let view = talk.context.view.get();
        talk.context.route(FlowView {
            chat: Some(ChatView::Of(id.clone())),
            ..view
        })
    });
    let current = Signal::derive(move || {
        let is_shown = talk.id.with(|shown| shown.as_ref() == Some(&id_shown));
        is_shown.then_some("true")
    });
    let (to_rename, to_delete) = (one.clone(), one.clone());
    let (rename_it, delete_it) = (format!("Rename {name}"), format!("Delete {name}"));
    view! {
        <li class=style::conversation>
            <Link to=to current=current class=style::title>
                {name}
            </Link>
            <span class=style::muted>
                <Ago at=one.changed.0 />
            </span>
            <Button
                kind=ButtonKind::Quiet
                label=rename_it
                on_press=move |()| rename.set(Some(to_rename.clone()))
            >
                "Rename"
            </Button>
            <Button
                kind=ButtonKind::Quiet
                label=delete_it
                on_press=move |()| delete.set(Some(to_delete.clone()))
            >
                "Delete"
            </Button>
        </li>
    }
}

/// Asks for a conversation's new name.
#[component]
fn RenameDialog() -> impl IntoView {
    let asked = expect_context::<Asked>().rename;
    let open = open_while_asked(asked);
    view! {
        <Dialog open=open title="Rename conversation" kind=DialogKind::Form help=HelpTopic::Chat.address()>
            <NameForm />
        </Dialog>
    }
}

#[component]
fn NameForm() -> impl IntoView {
    let talk = Talk::from_context();
    let asked = expect_context::<Asked>().rename;
    let one = asked.get_untracked();
    let known = one.as_ref().map(|one| String::from(one.name.clone()));
    let name = RwSignal::new(known.unwrap_or_default());
    let fault = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let one = StoredValue::new(one);
    let rename = move || {
        let Some(one) = one.get_value() else { return };
        let typed = name.get_untracked();
        let to = match ConversationName::try_from(typed.trim()) {
            Ok(to) if to == one.name => return asked.set(None),
            Ok(to) => to,
            Err(_) => return fault.set(Some("Enter a name of at most 200 bytes.".to_owned())),
        };
        let (context, flow) = (talk.context, talk.context.flow());
        is_busy.set(true);
        talk.spawn(async move {
            let answer = context.api.rename_conversation(&flow, &one.id, to).await;
            is_busy.try_set(false);
            match answer {
                Ok(_) => asked.set(None),
                Err(error) => {
                    fault.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        rename();
    };
    let state = Signal::derive(move || ButtonState::busy_while(is_busy.get()));
    view! {
        <form class=style::edit on:submit=submit>
            <div class=form_style::field>
                <label for=FIELD class=form_style::label>
                    "Name"
                </label>
                <input
                    id=FIELD
                    type="text"
                    autofocus=true
                    autocomplete="off"
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    aria-describedby="conversation-name-fault"
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        fault.set(None);
                    }
                />
                <p id="conversation-name-fault" class=form_style::fault>
                    {fault}
                </p>
            </div>
            <div class=style::steps>
                <Button on_press=move |()| asked.set(None)>"Cancel"</Button>
                <Button kind=ButtonKind::Primary state=state on_press=move |()| rename()>
                    "Rename"
                </Button>
            </div>
        </form>
    }
}

/// Offers to bring a conversation back, as long as the flow's page is open: the chat may be closed by then.
fn offer_undo(talk: Talk, status: Status, one: ConversationSummary) {
    let (context, deleting) = (talk.context, talk.deleting);
    let text = format!("{} deleted", one.name);
    let restore = move || {
        let one = one.clone();
        spawn_local_scoped_with_cancellation(async move {
            let flow = context.flow();
            match context.api.restore_conversation(&flow, &one.id).await {
                Ok(_) => {
                    deleting.try_set_value(None);
                    let view = context.view.get_untracked();
                    let chat = Some(ChatView::Of(one.id));
                    context.show(FlowView { chat, ..view }, Step::Push);
                    status.announce(format!("{} restored.", one.name));
                }
                Err(error) => {
                    tell_failure(status, &format!("Couldn’t restore {}", one.name), &error);
                }
            }
        });
    };
    let undo = NextStep::new("Undo", move || context.owner.get_value().with(&restore));
    status.offer(text, undo);
}

/// Asks before a conversation is deleted.
#[component]
fn DeleteDialog() -> impl IntoView {
    let talk = Talk::from_context();
    let asked = expect_context::<Asked>().delete;
    let status = Status::from_context();
    let open = open_while_asked(asked);
    let title = Signal::derive(move || {
        let name = asked.with(|asked| asked.as_ref().map(|one| String::from(one.name.clone())));
        format!("Delete {}?", name.unwrap_or_default())
    });
    let lost = move || match asked.with(|asked| asked.as_ref().map_or(0, |one| one.turns)) {
        1 => "Its question and answer go. The run stays in the run history.".to_owned(),
        count => {
            format!("Its {count} questions and answers go. Their runs stay in the run history.")
        }
    };
    let confirm = move |()| {
        let Some(one) = asked.get_untracked() else {
            return;
        };
        asked.set(None);
        talk.deleting.set_value(Some(one.id.clone()));
        talk.spawn(async move {
            let (context, flow) = (talk.context, talk.context.flow());
            match context.api.delete_conversation(&flow, &one.id).await {
                Ok(()) => {
                    offer_undo(talk, status, one.clone());
                    if talk.id.get_untracked() == Some(one.id) {
                        talk.open(ChatView::New);
                    }
                }
                Err(error) => {
                    talk.deleting.set_value(None);
                    tell_failure(status, &format!("Couldn’t delete {}", one.name), &error);
                }
            }
        });
    };
    view! {
        <Dialog open=open title=title kind=DialogKind::Confirm help=HelpTopic::Chat.address()>
            <p>{lost}</p>
            <div class=style::steps>
                <Button first_focus=true on_press=move |()| open.set(false)>
                    "Cancel"
                </Button>
                <Button kind=ButtonKind::Danger on_press=confirm>
                    "Delete"
                </Button>
            </div>
        </Dialog>
    }
}
