//! Starting a compute session, and everything that can be done with one that runs.

use flowdeck_contract::{
    capability::Action,
    session::{PhaseState, SessionState, SessionView},
};
use leptos::{html, prelude::*};

use super::{presets::PresetItems, session_menu::Running};
use crate::{
    lazy::{Lazy, PILL_FACTS},
    pages::flow::{
        FlowContext,
        actions::{Actions, SESSION_CONTROL, focus_session_control, open_wizard},
        session::{SESSION_DETAILS, SessionDrawerState, has_notices},
    },
    ui::{Button, ButtonKind, DrawerButton, Elapsed, Icon, MenuButton, MenuItem},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/session_control.module.css");

#[component]
pub(super) fn SessionControl() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let pill = NodeRef::<html::Div>::new();
    let control = move || {
        keep_focus(pill);
        match state.get() {
            None | Some(SessionState::NotExist | SessionState::Failed) => {
                view! { <Start /> }.into_any()
            }
            Some(SessionState::Starting) => view! { <Starting /> }.into_any(),
            Some(SessionState::Available) => view! { <Running /> }.into_any(),
            Some(SessionState::Stopping) => view! { <Stopping /> }.into_any(),
        }
    };
    view! {
        <div class=style::group role="group" aria-label="Compute session">
            <div node_ref=pill id=SESSION_CONTROL tabindex="-1" class=style::pill>
                {control}
            </div>
            <Details />
        </div>
    }
}

/// Opens the drawer; marked while there is something in it that the person should read.
#[component]
fn Details() -> impl IntoView {
    let SessionDrawerState(state) = SessionDrawerState::from_context();
    let has_notices = has_notices(FlowContext::from_context());
    let mark = move || {
        has_notices
            .get()
            .then(|| view! { <span class=style::mark></span> })
    };
    view! {
        <DrawerButton state=state id=SESSION_DETAILS label="Compute session details">
            {Icon::Panel.view()}
            {mark}
        </DrawerButton>
    }
}

/// What is focused goes away when the state changes: what comes in its place takes the focus then.
fn keep_focus(pill: NodeRef<html::Div>) {
    let active = document().active_element();
    let has_focus = pill
        .get_untracked()
        .is_some_and(|pill| active.is_some() && pill.contains(active.as_deref()));
    if has_focus {
        focus_session_control();
    }
}

#[component]
fn Start() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Start));
    let presets = PresetItems::new(context, actions);
    let items = Signal::derive(move || {
        let advanced = MenuItem::new("Start with advanced settings", None, move || {
            open_wizard(context);
        });
        [advanced].into_iter().chain(presets.items()).collect()
    });
    // The presets are asked for when somebody comes near, not with every page.
    view! {
        <div
            class=style::split
            on:pointerenter=move |_| presets.look()
            on:focusin=move |_| presets.look()
        >
            <Button kind=ButtonKind::Primary state=state on_press=move |()| actions.ask(Action::Start)>
                "Start compute session"
            </Button>
            <MenuButton label="Compute session options" label_hidden=true items=items />
        </div>
    }
}

#[component]
fn Starting() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let actions = Actions::from_context();
    let started = Memo::new(move |_| session.with(|session| session.as_ref()?.started));
    let phase =
        Memo::new(move |_| session.with(|session| session.as_ref().and_then(current_phase)));
    let stop = Signal::derive(move || actions.state(Action::Stop));
    view! {
        <span class=style::progress>
            {Icon::Spinner.view()}
            <span class=style::phase>
                "Starting" <Lazy part=PILL_FACTS />
                {move || phase.get().map(|phase| format!(" · {phase}"))}
            </span>
            {move || started.get().map(|started| view! { <Elapsed from=started.0 until=None /> })}
        </span>
        <Button state=stop label="Stop compute session" on_press=move |()| actions.ask(Action::Stop)>
            "Stop"
        </Button>
    }
}

fn current_phase(session: &SessionView) -> Option<&'static str> {
    session
        .phases
        .iter()
        .find(|phase| phase.state == PhaseState::Running)
        .map(|phase| phase.phase.label())
}

#[component]
fn Stopping() -> impl IntoView {
    view! {
        <span class=style::progress>
            {Icon::Spinner.view()}
            <span class=style::phase>"Stopping compute session"</span>
        </span>
    }
}
