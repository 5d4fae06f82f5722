//! The session panel: where the session stands, how it came about, its log, and what to do when something is wrong.

mod beside;
mod ended;
mod failure;
pub(crate) mod image;
pub(crate) mod install;
mod log;
mod not_used;
mod phases;
mod slow;
mod summary;
pub mod timeline;

use flowdeck_contract::{
    capability::Action,
    session::{PhaseState, SessionState},
};
use leptos::prelude::*;

pub use self::beside::InstallBeside;
use self::{
    ended::Ended, failure::FailureNotice, image::BaseImage, install::Install, log::SessionLog,
    not_used::ImageNotUsed, phases::Phases, slow::SlowStart, summary::Summary,
    timeline::TimelineFold,
};
use super::{FlowContext, actions::Actions, dialogs::Dialogs, section::Section};
use crate::ui::{Button, Notice, NoticeKind, Skeleton};

stylance::import_crate_style!(style, "src/pages/flow/session/session.module.css");

/// The session panel.
#[component]
pub fn SessionPanel() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let known = Memo::new(move |_| state.get().is_some());
    let exists = Memo::new(move |_| {
        state
            .get()
            .is_some_and(|state| state != SessionState::NotExist)
    });
    let summary = move || {
        if known.get() {
            view! { <Summary /> }.into_any()
        } else {
            view! { <Skeleton lines=1 label="Loading the session" /> }.into_any()
        }
    };
    view! {
        <Section title="Compute session" summary=summary>
            <Ended />
            <OutOfDate />
            <ImageNotUsed />
            <SlowStart />
            <FailureNotice />
            <BaseImage />
            <Show when=move || exists.get()>
                <Details state=state />
            </Show>
            <TimelineFold />
        </Section>
    }
}

/// Phases, install and log; unfolded while something happens or went wrong, unless the person chose otherwise.
#[component]
fn Details(state: Memo<Option<SessionState>>) -> impl IntoView {
    let chosen = RwSignal::new(None::<bool>);
    let session = FlowContext::from_context().live.session;
    let install =
        Memo::new(move |_| session.with(|session| Some(session.as_ref()?.install.as_ref()?.state)));
    let active = move || {
        let installs = matches!(
            install.get(),
            Some(PhaseState::Running | PhaseState::Failed)
        );
        installs || state.get() != Some(SessionState::Available)
    };
    let open = Memo::new(move |_| chosen.get().unwrap_or_else(active));
    let toggle = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        chosen.set(Some(!open.get_untracked()));
    };
    view! {
        <details class=style::details prop:open=open>
            <summary class=style::fold on:click=toggle>
                "Startup steps and log"
            </summary>
            <div class=style::content>
                <Phases />
                <Install />
                <SessionLog />
            </div>
        </details>
    }
}

#[component]
fn OutOfDate() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let actions = Actions::from_context();
    let dialogs = Dialogs::from_context();
    let reason = Memo::new(move |_| session.with(|session| session.as_ref()?.out_of_date.clone()));
    let install = Signal::derive(move || actions.state(Action::Install));
    let reset = Signal::derive(move || actions.state(Action::Reset));
    move || {
        reason.get().map(|reason| {
            view! {
                <Notice kind=NoticeKind::Warning title=reason>
                    <div class=style::actions>
                        <Button state=install on_press=move |()| dialogs.plan.set(true)>
                            "Install"
                        </Button>
                        <Button state=reset on_press=move |()| dialogs.reset.set(true)>
                            "Reset compute session"
                        </Button>
                    </div>
                </Notice>
            }
        })
    }
}
