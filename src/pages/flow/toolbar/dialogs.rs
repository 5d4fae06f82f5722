//! What is asked before something is lost.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use super::session_control::is_installing;
use crate::{
    pages::flow::{FlowContext, actions::Actions, selection::run_name},
    ui::{Button, ButtonKind, Dialog, DialogKind},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/dialogs.module.css");

#[component]
pub(super) fn ResetDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Reset compute session?" kind=DialogKind::Confirm>
            <p>
                "The session is deleted, and a new one is made from the same base packages and requirements file."
            </p>
            <Losses always="Packages that were installed by hand and what the flow keeps in memory are lost. Files of the flow and past runs stay." />
            <Answers open=open action=Action::Reset label="Reset" />
        </Dialog>
    }
}

#[component]
pub(super) fn StopDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Stop compute session?" kind=DialogKind::Confirm>
            <Losses always="Files of the flow and past runs stay." />
            <Answers open=open action=Action::Stop label="Stop" />
        </Dialog>
    }
}

/// What is under way and would be lost.
#[component]
fn Losses(always: &'static str) -> impl IntoView {
    let live = FlowContext::from_context().live;
    let runs = move || {
        let names: Vec<String> = live.runs.with(|runs| {
            runs.iter()
                .flatten()
                .filter(|run| !run.state.is_over())
                .map(run_name)
                .collect()
        });
        (!names.is_empty())
            .then(|| format!("{} under way: it ends without a result.", names.join(", ")))
    };
    let install = move || {
        let installing = live
            .session
            .with(|session| session.as_ref().is_some_and(is_installing));
        installing.then_some("Packages are being installed: the install ends unfinished.")
    };
    view! {
        {move || runs().map(|text| view! { <p>{text}</p> })}
        {move || install().map(|text| view! { <p>{text}</p> })}
        <p>{always}</p>
    }
}

#[component]
fn Answers(open: RwSignal<bool>, action: Action, label: &'static str) -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(action));
    let confirm = move |()| {
        open.set(false);
        actions.ask(action);
    };
    view! {
        <div class=style::answers>
            <Button first_focus=true on_press=move |()| open.set(false)>
                "Cancel"
            </Button>
            <Button kind=ButtonKind::Danger state=state on_press=confirm>
                {label}
            </Button>
        </div>
    }
}
