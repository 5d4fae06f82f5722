//! The phases of a start as bars: how long each took, with a mark at what is usual. The words beside say the same.

use flowdeck_contract::session::{PhaseState, PhaseView};
use leptos::prelude::*;

use crate::{
    pages::parts::{SlowPhase, StateWord, slow_phase::taken},
    ui::{Clock, Elapsed, time},
};

stylance::import_crate_style!(style, "src/pages/parts/timeline/bars.module.css");

#[component]
pub(super) fn Bars(phases: Vec<PhaseView>) -> impl IntoView {
    let clock = Clock::from_context();
    let all = phases.clone();
    let longest =
        Memo::new(move |_| longest(&all, |phase| taken(clock, phase.started, phase.ended)));
    let rows = phases
        .into_iter()
        .map(|phase| view! { <Bar phase=phase longest=longest /> })
        .collect_view();
    view! {
        <ol class=style::bars aria-label="Startup steps">
            {rows}
        </ol>
    }
}

/// What the whole width stands for, in milliseconds.
fn longest(phases: &[PhaseView], taken: impl Fn(&PhaseView) -> u64) -> u64 {
    let times = phases
        .iter()
        .map(|phase| taken(phase).max(phase.usual_ms.unwrap_or(0)));
    times.max().unwrap_or(0).max(1)
}

#[component]
fn Bar(phase: PhaseView, longest: Memo<u64>) -> impl IntoView {
    let clock = Clock::from_context();
    let (from, until, usual) = (phase.started, phase.ended, phase.usual_ms);
    let part = move |millis: u64| {
        #[expect(clippy::cast_precision_loss, reason = "a share of a width")]
        let share = millis as f64 * 100.0 / longest.get() as f64;
        format!("{share:.2}%")
    };
    let time = from.map(|from| view! { <Elapsed from=from.0 until=until.map(|at| at.0) /> });
    let usually = usual
        .filter(|_| from.is_some())
        .map(|usual| format!("usually {}", time::duration(usual)));
    let mark = usual.map(|usual| {
        view! { <span class=style::mark style:inset-inline-start=move || part(usual)></span> }
    });
    let color = match phase.state {
        PhaseState::Failed => style::failed,
        PhaseState::Running => style::running,
        _ => style::done,
    };
    view! {
        <li class=style::row>
            <span>{phase.phase.label()}</span>
            <StateWord state=phase.state />
            <span class=style::track aria-hidden="true">
                <span
                    class=stylance::classes!(style::bar, color)
                    style:inline-size=move || part(taken(clock, from, until))
                ></span>
                {mark}
            </span>
            <span class=style::words>
                <span>{time}</span>
                <span class=style::muted>{usually}</span>
                <SlowPhase phase=phase />
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{Millis, session::Phase};

    fn phase(took: i64, usual: Option<u64>) -> PhaseView {
        PhaseView {
            phase: Phase::Install,
            state: PhaseState::Done,
            started: Some(Millis(0)),
            ended: Some(Millis(took)),
            note: None,
            usual_ms: usual,
        }
    }

    #[test]
    fn the_width_stands_for_the_longest_time_usual_or_real() {
        let took = |phase: &PhaseView| phase.ended.map_or(0, |end| end.since(Millis(0)));
        assert_eq!(longest(&[phase(5, None), phase(9, Some(4))], took), 9);
        assert_eq!(longest(&[phase(5, Some(40)), phase(9, None)], took), 40);
        assert_eq!(longest(&[], took), 1);
    }
}
