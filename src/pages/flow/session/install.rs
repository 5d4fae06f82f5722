//! The last install into the running session: its exact command, where each requirement stands, how it ended.

use flowdeck_contract::{
    packages::{AskedBy, InstallKind, RequirementProgress, RequirementState},
    session::{InstallView, PhaseState, SessionFailure},
};
use leptos::prelude::*;

use crate::{
    pages::{
        flow::{
            FlowContext,
            actions::Actions,
            asked_by::{OpenLine, place},
        },
        parts::{SessionFailureBody, StateWord, tell_failure},
    },
    ui::{Button, ButtonState, CopyButton, Elapsed, Notice, NoticeKind, Status},
};

stylance::import_crate_style!(style, "src/pages/flow/session/install.module.css");

/// The last install, once there is one.
#[component]
pub(crate) fn Install() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let is_there = Memo::new(move |_| {
        session.with(|session| {
            session
                .as_ref()
                .is_some_and(|session| session.install.is_some())
        })
    });
    view! {
        <Show when=move || is_there.get()>
            <LastInstall />
        </Show>
    }
}

/// Where it stands, and a way to cancel it.
#[component]
fn LastInstall() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let install = Memo::new(move |_| session.with(|session| session.as_ref()?.install.clone()));
    let is_running = Memo::new(move |_| {
        install.with(|install| install.as_ref().map(|install| install.state))
            == Some(PhaseState::Running)
    });
    view! {
        <div class=style::last>
            <Show when=move || is_running.get()>
                <CancelInstall />
            </Show>
            {move || install.get().map(|install| view! { <InstallCard install=install /> })}
        </div>
    }
}

/// Stands beside the card, which is made again with every change, and so keeps the focus.
#[component]
fn CancelInstall() -> impl IntoView {
    let context = FlowContext::from_context();
    let actions = Actions::from_context();
    let status = Status::from_context();
    let is_asked = RwSignal::new(false);
    let state = Signal::derive(move || {
        if is_asked.get() {
            ButtonState::Busy
        } else {
            ButtonState::Ready
        }
    });
    let cancel = move |()| {
        is_asked.set(true);
        actions.spawn(async move {
            if let Err(error) = context.api.cancel_install(&context.flow()).await {
                is_asked.try_set(false);
                tell_failure(status, "Couldn’t cancel the install", &error);
            }
        });
    };
    view! {
        <div class=style::cancel>
            <Button state=state on_press=cancel>
                "Cancel install"
            </Button>
        </div>
    }
}

#[component]
fn InstallCard(install: InstallView) -> impl IntoView {
    let InstallView {
        requirements,
        command,
        state,
        started,
        ended,
        failure,
        fault,
        kind,
        lines,
    } = install;
    let what = match kind {
        InstallKind::Requirements => view! { "Install of " <code>{requirements}</code> }.into_any(),
        InstallKind::LastGood => "Restoring the last good set of packages".into_any(),
    };
    let lines = (!lines.is_empty()).then(|| view! { <Lines lines=lines /> });
    let asked_by = fault.and_then(|fault| fault.asked_by);
    view! {
        <div class=style::install>
            <p class=style::head>
                <span>{what}</span>
                <StateWord state=state />
                <Elapsed from=started.0 until=ended.map(|at| at.0) />
            </p>
            <div class=style::command>
                <code>{command.clone()}</code>
                <CopyButton text=Signal::stored(command) what="install command" />
            </div>
            {lines}
            {failure.map(|failure| view! { <Failed failure=failure asked_by=asked_by /> })}
        </div>
    }
}

#[component]
fn Lines(lines: Vec<RequirementState>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let version = match &line.state {
                RequirementProgress::Installed(version)
                | RequirementProgress::AlreadyThere(version) => Some(version.clone()),
                _ => None,
            };
            view! {
                <li class=style::line>
                    <code>{line.asked_by.text.clone()}</code>
                    <span class=style::place>{place(&line.asked_by)}</span>
                    <StateWord state=&line.state />
                    <span>{version}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class=style::lines aria-label="Requirements">
            {rows}
        </ul>
    }
}

#[component]
fn Failed(failure: SessionFailure, asked_by: Option<AskedBy>) -> impl IntoView {
    let open = asked_by.map(|line| view! { <OpenLine line=line /> });
    view! {
        <Notice kind=NoticeKind::Error title=failure.message.clone()>
            <p>"The compute session didn’t change."</p>
            <SessionFailureBody failure=failure />
            {open}
        </Notice>
    }
}
