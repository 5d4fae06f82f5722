//! The last install into the running session: its exact command and how it ended.

use flowdeck_contract::session::{InstallView, SessionFailure};
use leptos::prelude::*;

use super::failure::FailureBody;
use crate::{
    pages::{flow::FlowContext, parts::StateWord},
    ui::{CopyButton, Elapsed, Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/session/install.module.css");

#[component]
pub(super) fn Install() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let install = Memo::new(move |_| session.with(|session| session.as_ref()?.install.clone()));
    move || {
        install
            .get()
            .map(|install| view! { <InstallCard install=install /> })
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
        ..
    } = install;
    view! {
        <div class=style::install>
            <p class=style::head>
                <span>"Install of " <code>{requirements}</code></span>
                <StateWord state=state />
                <Elapsed from=started.0 until=ended.map(|at| at.0) />
            </p>
            <div class=style::command>
                <code>{command.clone()}</code>
                <CopyButton text=Signal::stored(command) what="install command" />
            </div>
            {failure.map(|failure| view! { <Failed failure=failure /> })}
        </div>
    }
}

#[component]
fn Failed(failure: SessionFailure) -> impl IntoView {
    view! {
        <Notice kind=NoticeKind::Error title=failure.message.clone()>
            <p>"The session is as it was before."</p>
            <FailureBody failure=failure />
        </Notice>
    }
}
