//! What can be done with the flow, in the page's head: the session, raw file mode, saving and running.

mod idle_warning;
mod needs_session;
mod pill_facts;
mod presets;
mod run_button;
mod session_control;
mod session_menu;

use leptos::prelude::*;

pub(crate) use self::{
    idle_warning::IdleEnd,
    needs_session::SessionOffer,
    pill_facts::PillFacts,
    presets::{AskPresets, ask as ask_presets},
};
use self::{
    idle_warning::IdleWarning, needs_session::NeedsSession, run_button::RunButton,
    session_control::SessionControl,
};
use super::FlowContext;
use crate::{
    api::Load,
    nav::Step,
    routes::{ChatView, FlowView},
    ui::{Button, ButtonState, Switch},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/toolbar.module.css");

/// The toolbar: the session, raw file mode, saving and running. Its messages lie over the page, so that nothing
/// moves when it comes and goes.
#[component]
pub fn Toolbar() -> impl IntoView {
    let context = FlowContext::from_context();
    let raw = Signal::derive(move || context.view.get().raw);
    let switch = move |on| {
        let view = context.view.get_untracked();
        context.show(
            FlowView {
                raw: on,
                run: view.run,
                details: view.details,
                ..FlowView::default()
            },
            Step::Push,
        );
    };
    view! {
        <div class=style::bar role="group" aria-label="Flow actions">
            <SessionControl />
            <ChatSwitch />
            <Switch on=raw on_change=switch>
                "Raw file mode"
            </Switch>
            <SaveControl />
            <RunButton />
            <div class=style::below>
                <NeedsSession />
            </div>
        </div>
        <div class=style::warning>
            <IdleWarning />
        </div>
    }
}

/// Shows the chat with a flow that takes questions.
#[component]
fn ChatSwitch() -> impl IntoView {
    let context = FlowContext::from_context();
    let takes_questions = Memo::new(move |_| {
        context.detail.state().with(|state| {
            let Load::Ready(detail) = state else {
                return false;
            };
            let flow = detail
                .report
                .as_ref()
                .and_then(|report| report.flow.as_ref());
            flow.is_some_and(|flow| flow.inputs.iter().any(|input| input.is_chat_input))
        })
    });
    let on = Signal::derive(move || context.view.with(|view| view.chat.is_some()));
    let switch = move |on: bool| {
        let chat = on.then_some(ChatView::New);
        context.show(
            FlowView {
                chat,
                ..FlowView::default()
            },
            Step::Push,
        );
    };
    view! {
        <Show when=move || takes_questions.get()>
            <Switch on=on on_change=switch>
                "Chat"
            </Switch>
        </Show>
    }
}

/// What raw file mode put here; without it, a button that says where saving is.
#[component]
fn SaveControl() -> impl IntoView {
    let slot = FlowContext::from_context().save_slot;
    let refused = ButtonState::Refused("Turn on raw file mode to edit.".into());
    move || match slot.get() {
        Some(controls) => controls.run(),
        None => {
            view! { <Button state=Signal::stored(refused.clone()) on_press=|()| {}>"Save"</Button> }
                .into_any()
        }
    }
}
