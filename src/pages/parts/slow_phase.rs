//! A step of a start that takes three times its usual time says so, also while it is in progress.

use flowdeck_contract::{
    Millis,
    session::{PhaseState, PhaseView},
    timeline::is_slow,
};
use leptos::prelude::*;

use crate::ui::{Clock, time};

stylance::import_crate_style!(style, "src/pages/parts/slow_phase.module.css");

/// How long something takes, or took, in milliseconds; moves on while it is in progress.
pub(super) fn taken(clock: Clock, from: Option<Millis>, until: Option<Millis>) -> u64 {
    match (from, until) {
        (Some(from), Some(until)) => until.since(from),
        (Some(from), None) => clock.since(from.0),
        (None, _) => 0,
    }
}

/// Says of a phase that it takes three times its usual time.
#[component]
pub fn SlowPhase(
    /// The phase.
    phase: PhaseView,
) -> impl IntoView {
    let clock = Clock::from_context();
    let runs = matches!(
        phase.state,
        PhaseState::Running | PhaseState::Done | PhaseState::Failed
    );
    let usual = phase.usual_ms.filter(|_| runs);
    let slow = Memo::new(move |_| {
        usual.filter(|usual| is_slow(taken(clock, phase.started, phase.ended), *usual))
    });
    move || {
        slow.get().map(|usual| {
            let words = format!(
                "At least 3 times longer than usual ({})",
                time::duration(usual)
            );
            view! { <span class=style::slow>{words}</span> }
        })
    }
}
