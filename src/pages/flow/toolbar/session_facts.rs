//! Beside the menu: what the session runs on, since when, and when and why it ends.

use flowdeck_contract::session::SessionView;
use leptos::prelude::*;

use crate::{
    pages::flow::{FlowContext, actions::Actions},
    ui::{Button, ButtonKind, Clock, local_date_time, time},
};

stylance::import_crate_style!(style, "src/pages/flow/toolbar/session_facts.module.css");

/// The button that puts off the end; it takes the focus when the warning that had it goes away.
pub(super) const PUT_OFF: &str = "put-off";

/// Why a session that is idle is not ended, or when it is.
#[derive(Clone, Debug, PartialEq)]
enum End {
    /// Then, in milliseconds since 1970, if nothing happens.
    At(i64),
    /// Not while this is so, as a sentence.
    Paused(String),
    /// Only when it is stopped.
    Never,
}

fn end(session: &SessionView) -> End {
    match (session.idle_deadline, session.max_idle_time_seconds) {
        (Some(at), _) => End::At(at.0),
        (None, None) => End::Never,
        (None, Some(_)) => End::Paused(
            session
                .idle_paused
                .clone()
                .unwrap_or_else(|| "Does not end while something runs in it.".to_owned()),
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
                                {size}
                            </li>
                        }
                    })
            }}
            <Uptime />
            {move || end.get().map(|end| view! { <EndView end=end /> })}
        </ul>
    }
}

fn capacity(size: &flowdeck_contract::session::SessionSize) -> String {
    let gib = size.memory_mb / 1024;
    let tenths = size.memory_mb % 1024 * 10 / 1024;
    format!("{} vCPUs, {gib}.{tenths} GiB memory", size.v_cpus)
}

#[component]
fn Uptime() -> impl IntoView {
    let clock = Clock::from_context();
    let session = FlowContext::from_context().live.session;
    let since =
        Memo::new(move |_| session.with(|session| session.as_ref().and_then(|it| it.available)));
    let words = Memo::new(move |_| Some(time::rough(clock.since(since.get()?.0))));
    move || {
        since.get().map(|since| {
            let exact = format!("Available since {}", local_date_time(since.0));
            view! { <li title=exact>"Up " {words}</li> }
        })
    }
}

#[component]
fn EndView(end: End) -> impl IntoView {
    let actions = Actions::from_context();
    match end {
        End::Never => view! { <li>"No idle shutdown"</li> }.into_any(),
        End::Paused(reason) => view! { <li class=style::reason>{reason}</li> }.into_any(),
        End::At(at) => {
            let clock = Clock::from_context();
            let words = Memo::new(move |_| time::rough(clock.until(at)));
            let exact = format!("Ends at {} without activity", local_date_time(at));
            view! {
                <li title=exact>"Ends in " {words} " if idle"</li>
                <li>
                    <span id=PUT_OFF tabindex="-1">
                        <Button kind=ButtonKind::Quiet on_press=move |()| actions.keep()>
                            "Put it off"
                        </Button>
                    </span>
                </li>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::{Millis, session::SessionSize};

    #[test]
    fn the_end_is_a_time_or_a_reason() {
        let bounded = SessionView {
            max_idle_time_seconds: Some(600),
            ..SessionView::default()
        };
        assert_eq!(end(&SessionView::default()), End::Never);
        assert!(matches!(end(&bounded), End::Paused(_)));
        let paused = SessionView {
            idle_paused: Some("Run 3 is under way.".into()),
            ..bounded.clone()
        };
        assert_eq!(end(&paused), End::Paused("Run 3 is under way.".into()));
        let counting = SessionView {
            idle_deadline: Some(Millis(9)),
            ..bounded
        };
        assert_eq!(end(&counting), End::At(9));
    }

    #[test]
    fn a_size_says_what_it_has() {
        let size = SessionSize {
            name: "Host_2".into(),
            v_cpus: 2,
            memory_mb: 7680,
        };
        assert_eq!(capacity(&size), "2 vCPUs, 7.5 GiB memory");
    }
}
