//! The toolbar of the flow page.

mod idle_warning;
mod presets;
mod run_button;
mod session_control;
mod session_facts;
mod session_menu;

use leptos::prelude::*;

pub(crate) use self::{idle_warning::IdleEnd, session_facts::SessionFacts};
use self::{idle_warning::IdleWarning, run_button::RunButton, session_control::SessionControl};
use super::{FlowContext, actions::Actions};
use crate::{
    nav::Step,
    routes::FlowView,
    ui::{Button, ButtonKind, ButtonState, Icon, Notice, NoticeKind, Switch},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/toolbar.module.css");

/// The toolbar: the session, raw file mode, running and saving.
#[component]
pub fn Toolbar() -> impl IntoView {
    let context = FlowContext::from_context();
    let raw = Signal::derive(move || context.view.get().raw);
    let switch = move |on| {
        let run = context.view.get_untracked().run;
        context.show(
            FlowView {
                raw: on,
                run,
                ..FlowView::default()
            },
            Step::Push,
        );
    };
    view! {
        <div class=style::bar role="group" aria-label="Flow actions">
            <SessionControl />
            <div class=style::actions>
                <Switch on=raw on_change=switch>
                    "Raw file mode"
                </Switch>
                <SaveControl />
                <RunButton />
            </div>
        </div>
        <IdleWarning />
        <Unsaved />
        <NeedsSession />
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

#[component]
fn Unsaved() -> impl IntoView {
    let unsaved = FlowContext::from_context().unsaved;
    let text = move || match unsaved.with(std::collections::BTreeSet::len) {
        0 => None,
        1 => Some("1 unsaved file. Runs use saved files.".to_owned()),
        count => Some(format!("{count} unsaved files. Runs use saved files.")),
    };
    move || text().map(|text| view! { <p class=style::unsaved>{Icon::Warning.view()} {text}</p> })
}

/// The offer to start a session, after a run was tried without one.
#[component]
fn NeedsSession() -> impl IntoView {
    use flowdeck_contract::capability::Action;
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Start));
    let reason = move || match actions.state(Action::Run) {
        ButtonState::Refused(reason) => Some(reason),
        ButtonState::Ready | ButtonState::Busy => None,
    };
    move || {
        let reason = reason().filter(|_| actions.needs_session.get())?;
        Some(view! {
            <div role="alert">
                <Notice kind=NoticeKind::Info title=reason>
                    <div class=style::offer>
                        <Button
                            kind=ButtonKind::Primary
                            state=state
                            on_press=move |()| actions.ask(Action::Start)
                        >
                            "Start compute session now"
                        </Button>
                        <Button kind=ButtonKind::Quiet on_press=move |()| actions.needs_session.set(false)>
                            "Not now"
                        </Button>
                    </div>
                </Notice>
            </div>
        })
    }
}
