//! What is asked before something is lost.

use flowdeck_contract::{capability::Action, help::HelpTopic, settings::ComputeChoice};
use leptos::prelude::*;

use super::Dialogs;
use crate::{
    lazy::{Lazy, STOP},
    pages::{
        flow::{FlowContext, actions::Actions, losses::losses},
        parts::ByHand,
    },
    ui::{Button, ButtonKind, Dialog, DialogKind},
};

stylance::import_crate_style!(style, "src/pages/flow/dialogs/ending.module.css");

#[component]
pub(super) fn StopDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title="Stop compute session?" kind=DialogKind::Confirm help=HelpTopic::Sessions.address()>
            <Lazy part=STOP />
        </Dialog>
    }
}

/// What is lost, and the answers.
#[component]
pub(crate) fn StopQuestion() -> impl IntoView {
    let open = Dialogs::from_context().stop;
    let actions = Actions::from_context();
    let context = FlowContext::from_context();
    let session = context.live.session;
    let is_on_instance = Memo::new(move |_| {
        session.with(|session| {
            let compute = session.as_ref().map(|session| &session.settings.compute);
            matches!(compute, Some(ComputeChoice::Instance { .. }))
        })
    });
    let what_goes = move || {
        if is_on_instance.get() {
            "Deletes this session. The compute instance stays and becomes idle when no other session uses it."
        } else {
            "Deletes this session and its compute."
        }
    };
    view! {
        <Losses />
        <ByHand flow=context.flow() />
        <p>{what_goes} " Files and past runs are kept."</p>
        <Answers
            open=open
            action=Action::Stop
            label="Stop"
            on_confirm=move |()| actions.ask(Action::Stop)
        />
    }
}

/// What is in progress and would be lost.
#[component]
pub(super) fn Losses() -> impl IntoView {
    let context = FlowContext::from_context();
    let lost = Memo::new(move |_| losses(context));
    move || {
        let lost = lost.get().into_iter();
        lost.map(|loss| view! { <p>{loss}</p> }).collect_view()
    }
}

/// The ways out of a question.
#[component]
pub(super) fn Answers(
    /// Whether it is asked.
    open: RwSignal<bool>,
    /// What it is about.
    action: Action,
    /// The name of the answer that goes on.
    label: &'static str,
    /// What that does.
    #[prop(into)]
    on_confirm: Callback<()>,
) -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(action));
    let confirm = move |()| {
        open.set(false);
        on_confirm.run(());
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
