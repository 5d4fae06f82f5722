//! What the session runs on, since when, and when and why it ends.

use flowdeck_contract::session::SessionView;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    pages::{
        flow::{
            FlowContext,
            actions::{Actions, SESSION_CONTROL},
        },
        parts::capacity,
    },
    ui::{Button, ButtonKind, Clock, breakable, local_time, time},
};

stylance::import_crate_style!(style, "src/pages/flow/session/facts.module.css");

const KEEP: &str = "keep-running";

/// Why a session that is idle is not ended, or when it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// At a time if nothing happens, because nothing has since another; both in milliseconds since 1970.
    At { end: i64, idle_since: i64 },
    /// Not while this is so, as a sentence.
    Paused(String),
    /// Only when it is stopped.
    Never,
}

pub(crate) fn end(session: &SessionView) -> End {
    match (session.idle_deadline, session.max_idle_time_seconds) {
        (Some(end), _) => End::At {
            end: end.0,
            idle_since: session.last_activity.unwrap_or(end).0,
        },
        (None, None) => End::Never,
        (None, Some(_)) => End::Paused(
            session
                .idle_paused
                .clone()
                .unwrap_or_else(|| "Something is in progress.".to_owned()),
        ),
    }
}

#[component]
pub(super) fn SessionFacts() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let of = move |read: fn(&SessionView) -> Option<String>| {
        Memo::new(move |_| session.with(|session| session.as_ref().and_then(read)))
    };
    let size = of(|session| session.size.as_ref().map(|size| size.name.clone()));
    let capacity = of(|session| session.size.as_ref().map(capacity));
    let instance = of(|session| match &session.settings.compute {
        flowdeck_contract::settings::ComputeChoice::Instance { name } => Some(name.clone()),
        flowdeck_contract::settings::ComputeChoice::Serverless { .. } => None,
    });
    let end = Memo::new(move |_| session.with(|session| session.as_ref().map(end)));
    view! {
        <ul class=style::facts aria-label="Compute session facts">
            {move || {
                instance.get().map(|name| view! { <li title="Compute instance">{name}</li> })
            }}
            {move || {
                size.get()
                    .map(|size| {
                        view! {
                            <li title=capacity>
                                <span class="visually-hidden">"VM size "</span>
                                {breakable(&size)}
                            </li>
                        }
                    })
            }}
            <Uptime />
            <EndFact end=end />
        </ul>
    }
}

#[component]
fn Uptime() -> impl IntoView {
    let clock = Clock::from_context();
    let session = FlowContext::from_context().live.session;
    let since =
        Memo::new(move |_| session.with(|session| session.as_ref().and_then(|it| it.available)));
    let words = Memo::new(move |_| Some(time::coarse(clock.since(since.get()?.0))));
    move || {
        since.get().map(|since| {
            let exact = format!("Running since {}", local_time(since.0));
            view! { <li title=exact>"Up " {words}</li> }
        })
    }
}

/// When it ends, or why it does not.
#[component]
fn EndFact(end: Memo<Option<End>>) -> impl IntoView {
    let counts = Memo::new(move |_| end.with(|end| matches!(end, Some(End::At { .. }))));
    move || {
        if counts.get() {
            return view! { <Counting end=end /> }.into_any();
        }
        let words = match end.get() {
            Some(End::Never) => "No idle shutdown".to_owned(),
            Some(End::Paused(reason)) => format!("Won’t stop now. {reason}"),
            Some(End::At { .. }) | None => return ().into_any(),
        };
        view! { <li class=style::reason>{words}</li> }.into_any()
    }
}

/// The time that is left, and the button that keeps the session running. They stay in place when it was pressed.
#[component]
fn Counting(end: Memo<Option<End>>) -> impl IntoView {
    let actions = Actions::from_context();
    let clock = Clock::from_context();
    let times = move || match end.get() {
        Some(End::At { end, idle_since }) => Some((end, idle_since)),
        _ => None,
    };
    let words = Memo::new(move |_| {
        let (end, idle_since) = times()?;
        let left = time::rough(clock.until(end));
        let since = local_time(idle_since);
        Some(format!("Idle since {since} · stops in {left}"))
    });
    let exact = move || {
        let (end, _) = times()?;
        let end = local_time(end);
        Some(format!("Stops at {end} unless you run, install or edit"))
    };
    view! {
        <li class=style::counting>
            <span title=exact>{words}</span>
            <span id=KEEP class=style::put_off>
                <Button kind=ButtonKind::Quiet on_press=move |()| actions.keep()>
                    "Keep running"
                </Button>
            </span>
        </li>
    }
}

/// Brings the focus to the button that keeps the session running, or to the session's menu where that is not shown.
pub(crate) fn focus_keep() {
    let button = document()
        .get_element_by_id(KEEP)
        .and_then(|item| item.first_element_child());
    let menu = || {
        let control = document().get_element_by_id(SESSION_CONTROL)?;
        control.query_selector("button").ok().flatten()
    };
    let place = button.or_else(menu);
    if let Some(Ok(place)) = place.map(JsCast::dyn_into::<web_sys::HtmlElement>) {
        // Focusing an element that is shown cannot fail.
        let _ = place.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::Millis;

    #[test]
    fn the_end_is_a_time_or_a_reason() {
        let bounded = SessionView {
            max_idle_time_seconds: Some(600),
            ..SessionView::default()
        };
        assert_eq!(end(&SessionView::default()), End::Never);
        assert!(matches!(end(&bounded), End::Paused(_)));
        let paused = SessionView {
            idle_paused: Some("Run 3 is in progress.".into()),
            ..bounded.clone()
        };
        assert_eq!(end(&paused), End::Paused("Run 3 is in progress.".into()));
        let counting = SessionView {
            idle_deadline: Some(Millis(9)),
            last_activity: Some(Millis(3)),
            ..bounded
        };
        let at = End::At {
            end: 9,
            idle_since: 3,
        };
        assert_eq!(end(&counting), at);
    }
}
