//! The chat with a flow: questions, and the runs that answer them. Knows conversations; what a run is, runs know.

mod answer;
mod attachments;
mod composer;
mod conversations;
mod edit;
mod history;
mod log;
mod question;
mod talk;
mod turn;

use flowdeck_flow::NoChat;
use leptos::prelude::*;

use self::{
    composer::Composer,
    conversations::Conversations,
    history::{History, HistoryDialog},
    log::Log,
    talk::Talk,
};
use crate::{
    api::Load,
    lazy::{Lazy, VARIABLES},
    pages::flow::inputs::FieldView,
    routes::ChatView,
    ui::{Button, ButtonKind, Each, Fold, NextStep, NextSteps, Notice, NoticeKind, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/chat/chat.module.css");

/// The chat.
#[component]
pub(crate) fn ChatPane() -> impl IntoView {
    let talk = Talk::provide();
    History::provide(talk);
    let obstacle = Memo::new(move |_| talk.with_flow(|flow| flow.chat().err()));
    let is_loading = Memo::new(move |_| {
        let detail = talk.context.detail;
        detail.state().with(|state| matches!(state, Load::Loading))
    });
    let content = move || match obstacle.get() {
        Some(None) => view! { <Conversing /> }.into_any(),
        Some(Some(obstacle)) => view! { <NotAChat obstacle=obstacle /> }.into_any(),
        None if is_loading.get() => {
            view! { <Skeleton lines=4 label="Loading the flow" /> }.into_any()
        }
        None => {
            let known = talk.definition.get();
            let fix = known.and_then(|known| known.fix_to("chat with this flow"));
            view! { <p class=style::muted>{fix}</p> }.into_any()
        }
    };
    view! {
        <section class=style::pane aria-labelledby="chat-heading">
            <Head />
            {content}
            <HistoryDialog />
        </section>
    }
}

/// Which conversation it is, and what can be done with the whole of it.
#[component]
fn Head() -> impl IntoView {
    let talk = Talk::from_context();
    let history = History::from_context();
    let name = Memo::new(move |_| {
        talk.whole
            .with(|whole| Some(String::from(whole.as_ref()?.summary.name.clone())))
    });
    let is_kept = Memo::new(move |_| talk.id.with(Option::is_some));
    view! {
        <header class=style::head>
            <h2 id="chat-heading">"Chat"</h2>
            <p class=style::name>{name}</p>
            <Show when=move || is_kept.get()>
                <Button kind=ButtonKind::Quiet on_press=move |()| history.show()>
                    "Show history"
                </Button>
                <Button on_press=move |()| talk.open(ChatView::New)>"New conversation"</Button>
            </Show>
        </header>
    }
}

#[component]
fn Conversing() -> impl IntoView {
    let talk = Talk::from_context();
    let why_whole = Memo::new(move |_| talk.with_flow(answer::why_whole).flatten());
    let has_others = Memo::new(move |_| !talk.other_fields().is_empty());
    view! {
        <Conversations />
        {move || why_whole.get().map(|why| view! { <p class=style::muted>{why}</p> })}
        <Log />
        <Show when=move || has_others.get()>
            <Fold summary="Other inputs">
                <div class=style::fields>
                    <Each
                        each=move || talk.other_fields()
                        key=|field| field.name.as_str().to_owned()
                        let(field)
                    >
                        <FieldView field=field />
                    </Each>
                </div>
            </Fold>
        </Show>
        <Fold summary="Environment variables">
            <Lazy part=VARIABLES />
        </Fold>
        <Composer />
    }
}

/// What the flow needs before one can chat with it.
#[component]
fn NotAChat(obstacle: NoChat) -> impl IntoView {
    let context = Talk::from_context().context;
    let open = context.definition_path().map(|path| {
        NextStep::new("Open the flow’s definition", move || {
            context.open_file(path.clone(), None);
        })
    });
    view! {
        <Notice kind=NoticeKind::Warning title="You can’t chat with this flow yet">
            <p>{obstacle.to_string()}</p>
            <NextSteps steps=open.into_iter().collect() />
        </Notice>
    }
}
