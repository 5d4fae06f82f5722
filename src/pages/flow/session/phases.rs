//! The steps of the session's start, each with its state, time and note.

use flowdeck_contract::session::PhaseView;
use leptos::prelude::*;

use crate::{
    pages::{
        flow::FlowContext,
        parts::{SlowPhase, StateWord},
    },
    ui::{Each, Elapsed},
};

stylance::import_crate_style!(style, "src/pages/flow/session/phases.module.css");

#[component]
pub(super) fn Phases() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let phases = Memo::new(move |_| {
        session.with(|session| {
            session
                .as_ref()
                .map(|s| s.phases.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <ol class=style::phases>
            <Each each=move || phases.get() key=|phase| phase.phase.label().to_owned() let(phase)>
                <PhaseRow phase=phase />
            </Each>
        </ol>
    }
}

#[component]
fn PhaseRow(phase: PhaseView) -> impl IntoView {
    let time = phase
        .started
        .map(|from| view! { <Elapsed from=from.0 until=phase.ended.map(|at| at.0) /> });
    view! {
        <li class=style::phase>
            <span class=style::label>{phase.phase.label()}</span>
            <StateWord state=phase.state />
            <span class=style::time>{time}</span>
            <span class=style::note>
                {phase.note.clone()} {phase.note.as_ref().map(|_| " ")} <SlowPhase phase=phase />
            </span>
        </li>
    }
}
