//! Starting a compute session, and everything that can be done with one that runs.

use flowdeck_contract::{
    capability::Action,
    session::{PhaseState, SessionState, SessionView},
};
use leptos::prelude::*;

use super::{
    dialogs::{ResetDialog, StopDialog},
    packages::PackagesDialog,
};
use crate::{
    pages::{
        flow::{FlowContext, actions::Actions, definition::use_definition},
        parts::StateWord,
    },
    ui::{Button, ButtonKind, Elapsed, MenuButton, MenuItem},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/session_control.module.css");

#[component]
pub(super) fn SessionControl() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let control = move || match state.get() {
        None | Some(SessionState::NotExist | SessionState::Failed) => {
            view! { <Start /> }.into_any()
        }
        Some(SessionState::Starting) => view! { <Starting /> }.into_any(),
        Some(SessionState::Available) => view! { <Running /> }.into_any(),
        Some(SessionState::Stopping) => view! { <Stopping /> }.into_any(),
    };
    view! {
        <div class=style::group role="group" aria-label="Compute session">
            {control}
        </div>
    }
}

#[component]
fn Start() -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Start));
    view! {
        <Button kind=ButtonKind::Primary state=state on_press=move |()| actions.ask(Action::Start)>
            "Start compute session"
        </Button>
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
            <StateWord state=SessionState::Starting />
            <span class=style::phase>{phase}</span>
            {move || started.get().map(|started| view! { <Elapsed from=started.0 until=None /> })}
        </span>
        <Button state=stop on_press=move |()| actions.ask(Action::Stop)>
            "Stop compute session"
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
            <StateWord state=SessionState::Stopping />
            "compute session"
        </span>
    }
}

#[component]
fn Running() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let definition = use_definition(context);
    let (packages, reset, stop) = (
        RwSignal::new(false),
        RwSignal::new(false),
        RwSignal::new(false),
    );
    let open_requirements = move || {
        let path = definition.with_untracked(|definition| definition.as_ref()?.requirements());
        if let Some(path) = path {
            context.open_file(path, None);
        }
    };
    let ask_to_stop = move || {
        if loses_work(context) {
            stop.set(true);
        } else {
            actions.ask(Action::Stop);
        }
    };
    let no_requirements = Memo::new(move |_| {
        let outside = definition.with(|known| {
            known
                .as_ref()
                .is_some_and(|known| known.requirements().is_none())
        });
        outside.then_some("The requirements file stands outside of the flow folder.")
    });
    let items = Signal::derive(move || {
        vec![
            MenuItem::new(
                "Install packages from requirements.txt",
                no_requirements.get(),
                open_requirements,
            ),
            MenuItem::new("View installed packages", None, move || packages.set(true)),
            MenuItem::new("Reset compute session", None, move || reset.set(true)),
            MenuItem::new("Stop compute session", None, ask_to_stop),
        ]
    });
    view! {
        <MenuButton label="Compute session running" items=items>
            <span class=style::light aria-hidden="true"></span>
        </MenuButton>
        <PackagesDialog open=packages />
        <ResetDialog open=reset />
        <StopDialog open=stop />
    }
}

/// Whether stopping now ends a run or an install that is under way.
fn loses_work(context: FlowContext) -> bool {
    let running = context
        .live
        .runs
        .with_untracked(|runs| runs.iter().flatten().any(|run| !run.state.is_over()));
    let installing = context
        .live
        .session
        .with_untracked(|session| session.as_ref().is_some_and(is_installing));
    running || installing
}

/// Whether packages are being installed into a session that runs.
pub(super) fn is_installing(session: &SessionView) -> bool {
    session
        .install
        .as_ref()
        .is_some_and(|install| install.state == PhaseState::Running)
}
