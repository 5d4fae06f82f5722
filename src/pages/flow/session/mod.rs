//! The session panel: where the session stands, how it came about, its log, and what to do when something is wrong.

mod beside;
mod ended;
mod failure;
pub(crate) mod image;
pub(crate) mod install;
mod log;
mod not_used;
pub(crate) mod notices;
mod out_of_date;
mod phases;
mod slow;
mod summary;
pub mod timeline;

use flowdeck_contract::session::{PhaseState, SessionState};
use leptos::prelude::*;

pub use self::beside::InstallBeside;
use self::{
    image::BaseImage, install::Install, log::SessionLog, notices::Notices, phases::Phases,
    summary::Summary, timeline::TimelineFold,
};
use super::{FlowContext, section::Section};
use crate::{
    lazy::{Lazy, SESSION_STEPS},
    ui::Skeleton,
};

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
            <Notices />
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
    // Once made it stays, so that it is as it was left when it is unfolded again.
    let was_open = Memo::new(move |was: Option<&bool>| was == Some(&true) || open.get());
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
                <Show when=move || was_open.get()>
                    <Lazy part=SESSION_STEPS />
                </Show>
            </div>
        </details>
    }
}

/// What the steps and the log show once they are unfolded.
#[component]
pub(crate) fn SessionSteps() -> impl IntoView {
    view! {
        <Phases />
        <Install />
        <SessionLog />
    }
}
