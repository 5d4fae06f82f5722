//! The install in progress, or why it failed, beside the editor in which it was asked for.

use flowdeck_contract::session::{InstallView, PhaseState};
use leptos::prelude::*;

use super::install::{CancelInstall, Failed};
use crate::{
    pages::{flow::FlowContext, parts::StateWord},
    ui::Elapsed,
};

stylance::import_crate_style!(style, "src/pages/flow/session/beside.module.css");

/// Shows the last install from its start on until it has succeeded; one that was over before isn't shown.
#[component]
pub fn InstallBeside() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let install = Memo::new(move |_| session.with(|session| session.as_ref()?.install.clone()));
    let running = Memo::new(move |_| {
        install.with(|install| {
            let install = install.as_ref()?;
            (install.state == PhaseState::Running).then_some(install.started)
        })
    });
    // The install that was seen in progress here.
    let seen = Memo::new(move |before: Option<&Option<_>>| running.get().or(before.copied()?));
    let shown = Memo::new(move |_| {
        let install = install.get()?;
        let relevant = matches!(install.state, PhaseState::Running | PhaseState::Failed);
        (relevant && seen.get() == Some(install.started)).then_some(install)
    });
    view! {
        {move || shown.get().map(|install| view! { <Line install=install /> })}
        <Show when=move || running.get().is_some()>
            <CancelInstall />
        </Show>
    }
}

#[component]
fn Line(install: InstallView) -> impl IntoView {
    let done = progress(&install);
    let asked_by = install.fault.and_then(|fault| fault.asked_by);
    view! {
        <p class=style::line>
            "Install of " <code>{install.requirements}</code> <StateWord state=install.state />
            <span>{done}</span>
            <Elapsed from=install.started.0 until=install.ended.map(|at| at.0) />
        </p>
        {install.failure.map(|failure| view! { <Failed failure=failure asked_by=asked_by /> })}
    }
}

/// How many lines of the file are in place.
fn progress(install: &InstallView) -> Option<String> {
    use flowdeck_contract::packages::RequirementProgress::{AlreadyThere, Installed, NotNeeded};
    let lines = &install.lines;
    let done = lines
        .iter()
        .filter(|line| matches!(line.state, Installed(_) | AlreadyThere(_) | NotNeeded));
    (!lines.is_empty()).then(|| format!("{} of {} packages", done.count(), lines.len()))
}
