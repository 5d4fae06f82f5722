//! A start that takes three times its usual time says so while it is in progress.

use flowdeck_contract::{
    Millis,
    session::SessionState,
    timeline::{SessionHistory, is_slow},
};
use leptos::prelude::*;

use crate::{
    pages::flow::FlowContext,
    ui::{Clock, Notice, NoticeKind, Status, time},
};

/// Says of a start in progress that it takes three times its usual time, as soon as it does.
#[component]
pub(super) fn SlowStart() -> impl IntoView {
    let clock = Clock::from_context();
    let status = Status::from_context();
    let slow = slow_start(FlowContext::from_context());
    Effect::new(move |_| {
        if slow.get().is_some() {
            status.announce(TITLE);
        }
    });
    move || {
        slow.get().map(|(_, from, usual)| {
            let words = Memo::new(move |_| time::running(clock.since(from.0)));
            let usual = format!(
                " so far. A start like this usually takes {} on this server.",
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

/// A start in progress that takes three times its usual time: whose, since when, and its usual time.
pub(crate) fn slow_start(context: FlowContext) -> Memo<Option<(u64, Millis, u64)>> {
    let life = context.live.life;
    let clock = Clock::from_context();
    Memo::new(move |_| {
        let (id, from, usual) = life.with(|life| under_way(life.as_ref()?))?;
        is_slow(clock.since(from.0), usual).then_some((id, from, usual))
    })
}

const TITLE: &str = "This start is taking at least 3 times longer than usual";

/// A start in progress: whose, since when, and its usual time.
fn under_way(life: &SessionHistory) -> Option<(u64, Millis, u64)> {
    let starting = life.state == SessionState::Starting;
    Some((life.id, life.started, life.usual_ms.filter(|_| starting)?))
}
