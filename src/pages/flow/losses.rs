//! What ending a session would lose.

use flowdeck_contract::session::{PhaseState, SessionView};
use leptos::prelude::*;

use super::{FlowContext, selection::run_name};

/// What is in progress in the session and would be lost, a sentence each; nothing when nothing would.
pub(super) fn losses(context: FlowContext) -> Vec<String> {
    let runs: Vec<String> = context.live.runs.with(|runs| {
        runs.iter()
            .flatten()
            .filter(|run| !run.state.is_over())
            .map(run_name)
            .collect()
    });
    let mut losses = Vec::new();
    match runs.as_slice() {
        [] => {}
        [run] => losses.push(format!("{run} is in progress and will be canceled.")),
        _ => losses.push(format!(
            "{} are in progress and will be canceled.",
            runs.join(", ")
        )),
    }
    let installing = context
        .live
        .session
        .with(|session| session.as_ref().is_some_and(is_installing));
    if installing {
        losses.push("Packages are being installed. The install will be canceled.".to_owned());
    }
    losses
}

/// Whether packages are being installed into a session that runs.
pub(super) fn is_installing(session: &SessionView) -> bool {
    session
        .install
        .as_ref()
        .is_some_and(|install| install.state == PhaseState::Running)
}
