//! The offer to start a session, after a run was tried without one.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use crate::{
    lazy::{Lazy, NEEDS_SESSION},
    pages::flow::actions::Actions,
    ui::{Button, ButtonKind, ButtonState, NextStep, NextSteps, Notice, NoticeKind},
};

/// The offer, once a run was tried.
#[component]
pub(super) fn NeedsSession() -> impl IntoView {
    let asked = Actions::from_context().needs_session;
    view! {
        <Show when=move || asked.get()>
            <Lazy part=NEEDS_SESSION />
        </Show>
    }
}

/// The offer itself, as long as it holds.
#[component]
pub(crate) fn SessionOffer() -> impl IntoView {
    let actions = Actions::from_context();
    let reason = move || match actions.state(Action::Run) {
        ButtonState::Refused(reason) => Some(reason),
        ButtonState::Ready | ButtonState::Busy => None,
    };
    move || {
        let reason = reason()?;
        let start = NextStep::new("Start compute session now", move || {
            actions.ask(Action::Start);
        });
        let steps = match actions.state(Action::Start) {
            ButtonState::Ready => vec![start],
            ButtonState::Busy | ButtonState::Refused(_) => Vec::new(),
        };
        Some(view! {
            <div role="alert">
                <Notice kind=NoticeKind::Info title=reason>
                    <NextSteps steps=steps />
                    <div>
                        <Button kind=ButtonKind::Quiet on_press=move |()| actions.needs_session.set(false)>
                            "Not now"
                        </Button>
                    </div>
                </Notice>
            </div>
        })
    }
}
