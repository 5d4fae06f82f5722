//! Everything about the session: its state, where its environment came from, its steps and log, and what to do when
//! something is wrong. It is in a drawer, so that its code loads when that opens.

mod drawer;
mod ended;
mod facts;
mod failure;
pub(crate) mod image;
pub(crate) mod install;
mod log;
mod not_used;
mod notices;
mod out_of_date;
mod phases;
mod slow;
mod summary;
pub mod timeline;

use flowdeck_contract::session::{PhaseState, SessionState};
use leptos::prelude::*;

pub(crate) use self::{
    drawer::{SESSION_DETAILS, SessionDrawer, SessionDrawerPanel, SessionDrawerState},
    facts::{End, end, focus_keep},
    install::Install,
    log::SessionLog,
    not_used::not_used,
    notices::has_notices,
    slow::slow_start,
};
use self::{
    facts::SessionFacts, image::BaseImage, notices::SessionNotices, phases::Phases,
    summary::Summary, timeline::TimelineFold,
};
use super::FlowContext;
use crate::ui::Skeleton;

stylance::import_crate_style!(style, "src/pages/flow/session/session.module.css");

/// What the drawer holds.
#[component]
fn SessionPanel() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let known = Memo::new(move |_| state.get().is_some());
    let runs = Memo::new(move |_| state.get() == Some(SessionState::Available));
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
        {summary}
        <Show when=move || runs.get()>
            <SessionFacts />
        </Show>
        <SessionNotices />
        <BaseImage />
        <Show when=move || exists.get()>
            <Details state=state />
        </Show>
        <TimelineFold />
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
                    <Phases />
                    <Install />
                    <SessionLog />
                </Show>
            </div>
        </details>
    }
}
