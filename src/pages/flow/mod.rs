//! The flow page: session, inputs, outputs, nodes, runs and files of one flow.

mod actions;
mod announced;
mod asked_by;
pub(crate) mod chat;
pub(crate) mod compare;
pub mod context;
mod definition;
pub(crate) mod dialogs;
mod error_view;
mod fault;
pub(crate) mod files;
pub(crate) mod findings;
pub(crate) mod graph;
mod header;
pub mod inputs;
mod losses;
pub(crate) mod needs;
mod next_steps;
pub(crate) mod nodes;
pub(crate) mod outputs;
pub(crate) mod playground;
mod put_back;
pub(crate) mod raw;
mod runs;
mod section;
mod selection;
pub(crate) mod session;
mod start_first;
pub(crate) mod toolbar;
pub(crate) mod trace;
pub(crate) mod wizard;

use std::sync::Arc;

use flowdeck_contract::{capability::Action, ids::FlowId};
use leptos::{ev, prelude::*};

pub use self::{
    actions::Actions, context::FlowContext, definition::use_definition, dialogs::Dialogs,
};
use self::{
    actions::focus,
    announced::announce_session,
    definition::Definition,
    dialogs::PageDialogs,
    files::FilesRegion,
    findings::Findings,
    header::Header,
    inputs::{InputForm, Inputs},
    needs::ConnectionNeeds,
    nodes::Nodes,
    outputs::Outputs,
    raw::Doorway,
    runs::Runs,
    selection::{Selection, announce_runs},
    session::{SessionDrawer, SessionDrawerState},
    wizard::AdvancedSettings,
};
use super::parts::Failure;
use crate::{
    api::{ApiError, Load},
    lazy::{CHAT, COMPARE, GRAPH, Lazy, PLAYGROUND, RAW_MODE},
    live::Streams,
    nav::{Link, use_nav},
    routes::{FlowView, Page, Route},
    ui::{About, Button, ButtonKind, ButtonState, Lasts, Status, Trouble, is_dialog_open},
};

stylance::import_crate_style!(style, "src/pages/flow/flow.module.css");

/// The page of the flow that the address names.
#[component]
pub fn FlowAtAddress() -> impl IntoView {
    match use_nav().page.get_untracked() {
        Page::Flow(flow) => view! { <FlowPage flow=flow /> }.into_any(),
        _ => ().into_any(),
    }
}

/// The page of a flow.
#[component]
fn FlowPage(
    /// The flow.
    flow: FlowId,
) -> impl IntoView {
    let folder = flow.to_string();
    let context = FlowContext::provide(flow);
    let definition = use_definition(context);
    let form = InputForm::provide(context, definition);
    Actions::provide(context, form);
    Dialogs::provide();
    Selection::provide(context);
    Doorway::provide(context);
    SessionDrawerState::provide(context);
    run_by_key(context);
    announce_session(context);
    announce_runs(context);

    let title = Signal::derive(move || {
        context
            .detail
            .get()
            .map_or_else(|| folder.clone(), |detail| detail.summary.name)
    });
    let failure = Memo::new(move |_| context.detail.state().with(failure_of));
    let exists = Signal::derive(move || failure.with(Option::is_none));
    let content = move || match failure.get() {
        Some(error) => view! { <NotLoaded error=error /> }.into_any(),
        None => view! {
            <Body definition=definition />
            <AdvancedSettings />
            <PageDialogs />
            <SessionDrawer />
        }
        .into_any(),
    };
    let is_frame = move || context.view.with(|view| view.raw) && exists.get();
    view! {
        <div class=style::page class=(style::frame, is_frame)>
            <Header title=title exists=exists />
            {content}
        </div>
    }
}

fn failure_of(state: &Load<flowdeck_contract::flows::FlowDetail>) -> Option<ApiError> {
    match state {
        Load::Failed(error) => Some(error.clone()),
        Load::Loading | Load::Ready(_) => None,
    }
}

/// Why the flow is not shown, and where to go next: back to the flows when there is no such flow.
#[component]
fn NotLoaded(error: ApiError) -> impl IntoView {
    let detail = FlowContext::from_context().detail;
    let streams = expect_context::<Streams>();
    let title = if error.is_not_found() {
        "This flow doesn’t exist"
    } else {
        "Can’t load the flow"
    };
    let retry = Callback::new(move |()| {
        streams.reopen();
        detail.retry();
    });
    view! {
        <Failure title=title error=error on_retry=retry />
        <p>
            <Link to=Route::flows()>"See all flows"</Link>
        </p>
    }
}

/// The parts of the page. The files stay where they are when raw file mode is switched on and off.
#[component]
fn Body(definition: Memo<Option<Arc<Definition>>>) -> impl IntoView {
    let view = FlowContext::from_context().view;
    let raw = Memo::new(move |_| view.with(|view| view.raw));
    let instead = Memo::new(move |_| view.with(Instead::of));
    let main = move || {
        let part = match instead.get() {
            Instead::Nothing => return view! { <FormBody definition=definition /> }.into_any(),
            Instead::Raw => RAW_MODE,
            Instead::Comparison => COMPARE,
            Instead::Playground => PLAYGROUND,
            Instead::Graph => GRAPH,
        };
        view! { <Lazy part=part /> }.into_any()
    };
    view! {
        <SkipLinks />
        <Show when=move || !raw.get()>
            <Findings definition=definition />
        </Show>
        <ConnectionNeeds definition=definition />
        <div class=style::body>
            <div class=style::main>{main}</div>
            <div class=style::aside>
                <div id=FILES tabindex="-1">
                    <FilesRegion />
                </div>
                <div id=RUNS tabindex="-1">
                    <Runs />
                </div>
            </div>
        </div>
    }
}

/// What is in the place of the form.
#[derive(Clone, Copy, PartialEq)]
enum Instead {
    Nothing,
    Raw,
    Comparison,
    Playground,
    Graph,
}

impl Instead {
    fn of(view: &FlowView) -> Self {
        if view.raw {
            Self::Raw
        } else if view.compare.is_some() {
            Self::Comparison
        } else if view.playground.is_some() {
            Self::Playground
        } else if view.graph.is_some() {
            Self::Graph
        } else {
            Self::Nothing
        }
    }
}

const FILES: &str = "flow-files";
const RUNS: &str = "flow-runs";

/// Ways past the inputs and nodes, of which there may be thousands, for the keyboard.
#[component]
fn SkipLinks() -> impl IntoView {
    let skip = |id: &'static str, name: &'static str| {
        view! {
            <Button kind=ButtonKind::Plain on_press=move |()| focus(id)>
                {name}
            </Button>
        }
    };
    view! {
        <div class=style::skips>{skip(FILES, "Skip to files")} {skip(RUNS, "Skip to runs")}</div>
    }
}

/// Ctrl+Enter runs the flow from wherever one is on its page; where it can't, the reason is announced.
fn run_by_key(context: FlowContext) {
    let actions = Actions::from_context();
    let status = Status::from_context();
    let listener = window_event_listener(ev::keydown, move |event| {
        let asked = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if !asked || event.default_prevented() || is_dialog_open() {
            return;
        }
        event.prevent_default();
        status.tried_again(&RUN_BY_KEY);
        match untrack(|| actions.state(Action::Run)) {
            ButtonState::Ready => actions.run(None),
            ButtonState::Busy => {}
            ButtonState::Refused(reason) => {
                if context.live.session.with_untracked(Option::is_some) {
                    actions.needs_session.set(true);
                }
                status.fail(Trouble {
                    about: RUN_BY_KEY,
                    text: "Can’t run yet".to_owned(),
                    detail: Some(reason),
                    reference: None,
                    lasts: Lasts::UntilTriedAgain,
                    steps: Vec::new(),
                });
            }
        }
    });
    on_cleanup(move || listener.remove());
}

const RUN_BY_KEY: About = About::Named("run by key");

/// The flow as a form, or the chat with it, beside its nodes.
#[component]
fn FormBody(definition: Memo<Option<Arc<Definition>>>) -> impl IntoView {
    let view = FlowContext::from_context().view;
    let chats = Memo::new(move |_| view.with(|view| view.chat.is_some()));
    let first = move || {
        if chats.get() {
            view! { <Lazy part=CHAT /> }.into_any()
        } else {
            view! {
                <Inputs />
                <Outputs />
            }
            .into_any()
        }
    };
    view! {
        <div class=style::column>{first}</div>
        <div class=style::column>
            <Nodes definition=definition />
        </div>
    }
}
