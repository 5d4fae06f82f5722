//! What takes three times its usual time says so, also while it is under way.

use flowdeck_contract::{
    Millis,
    session::{PhaseState, PhaseView, SessionState},
    timeline::{Life, is_slow},
};
use leptos::prelude::*;

use crate::{
    pages::flow::FlowContext,
    ui::{Clock, Notice, NoticeKind, Status, time},
};

stylance::import_crate_style!(style, "src/pages/flow/session/slow.module.css");

/// How long something takes, or took, in milliseconds; moves on while it is under way.
pub(super) fn taken(clock: Clock, from: Option<Millis>, until: Option<Millis>) -> u64 {
    match (from, until) {
        (Some(from), Some(until)) => until.since(from),
        (Some(from), None) => clock.since(from.0),
        (None, _) => 0,
    }
}

/// Says of a phase that it takes three times its usual time.
#[component]
pub(super) fn SlowPhase(phase: PhaseView) -> impl IntoView {
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
            let words = format!("Three times its usual {} or more", time::duration(usual));
            view! { <span class=style::slow>{words}</span> }
        })
    }
}

/// Says of a start under way that it takes three times its usual time, as soon as it does.
#[component]
pub(super) fn SlowStart() -> impl IntoView {
    let life = FlowContext::from_context().live.life;
    let clock = Clock::from_context();
    let status = Status::from_context();
    let slow = Memo::new(move |_| {
        let (id, from, usual) = life.with(|life| under_way(life.as_ref()?))?;
        is_slow(clock.since(from.0), usual).then_some((id, from, usual))
    });
    Effect::new(move |_| {
        if slow.get().is_some() {
            status.announce(TITLE);
        }
    });
    move || {
        slow.get().map(|(_, from, usual)| {
            let words = Memo::new(move |_| time::running(clock.since(from.0)));
            let usual = format!(
                " so far. On this host a start like it usually takes {}.",
                time::duration(usual)
            );
            view! {
                <Notice kind=NoticeKind::Warning title=TITLE>
                    <p>{words} {usual}</p>
                </Notice>
            }
        })
    }
}

const TITLE: &str = "This start takes three times its usual time or more";

/// A start under way: whose, since when, and its usual time.
fn under_way(life: &Life) -> Option<(u64, Millis, u64)> {
    let starting = life.state == SessionState::Starting;
    Some((life.id, life.started, life.usual_ms.filter(|_| starting)?))
}
