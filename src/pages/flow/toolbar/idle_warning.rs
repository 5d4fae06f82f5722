//! Warns some minutes before a session ends for lack of use.

use leptos::prelude::*;

use crate::{
    lazy::{IDLE_WARNING, Lazy},
    pages::flow::{FlowContext, actions::Actions, session::focus_keep},
    ui::{Button, Clock, Notice, NoticeKind, Status, local_time, time},
};

/// The longest that it warns before the end.
const AHEAD: u64 = 5 * 60_000;

/// How long before the end of a session with that idle time, in milliseconds, the warning begins.
fn ahead(max_idle_seconds: u64) -> u64 {
    (max_idle_seconds.saturating_mul(1000) / 2).min(AHEAD)
}

/// The warning, where a session can end for lack of use.
#[component]
pub(super) fn IdleWarning() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let can_end = Memo::new(move |_| {
        session.with(|session| {
            session
                .as_ref()
                .is_some_and(|session| session.idle_deadline.is_some())
        })
    });
    view! {
        <Show when=move || can_end.get()>
            <Lazy part=IDLE_WARNING />
        </Show>
    }
}

/// Shows itself when the end is near.
#[component]
pub(crate) fn IdleEnd() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let actions = Actions::from_context();
    let status = Status::from_context();
    let clock = Clock::from_context();
    let deadline = Memo::new(move |_| {
        session.with(|session| {
            let session = session.as_ref()?;
            Some((session.idle_deadline?.0, session.max_idle_time_seconds?))
        })
    });
    let near = Memo::new(move |_| {
        let (at, max_idle) = deadline.get()?;
        (clock.until(at) <= ahead(max_idle)).then_some(at)
    });
    Effect::new(move |_| {
        if let Some(at) = near.get() {
            status.announce(format!(
                "The compute session stops at {} because it’s idle. Select Keep running to keep it.",
                local_time(at)
            ));
        }
    });
    let keep = move |()| {
        actions.keep();
        // The button that was pressed goes away with the warning.
        focus_keep();
    };
    move || {
        near.get().map(|at| {
            let words = Memo::new(move |_| time::running(clock.until(at)));
            let title = format!("Your compute session stops at {} because it’s idle", local_time(at));
            view! {
                <Notice kind=NoticeKind::Warning title=title>
                    <p>"It stops in " {words} ". Run, install or edit to keep it, or select " <em>"Keep running"</em> "."</p>
                    <div>
                        <Button on_press=keep>"Keep running"</Button>
                    </div>
                </Notice>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warning_comes_five_minutes_before_the_end_or_halfway() {
        assert_eq!(ahead(3600), 300_000);
        assert_eq!(ahead(600), 300_000);
        assert_eq!(ahead(60), 30_000);
    }
}
