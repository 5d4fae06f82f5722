//! The session in a line.

use flowdeck_contract::session::{SessionState, SessionView, StartRoute};
use leptos::prelude::*;

use crate::{
    pages::{
        flow::{FlowContext, actions::Actions},
        parts::StateWord,
    },
    ui::{Button, ButtonKind, local_time, time},
};

stylance::import_crate_style!(style, "src/pages/flow/session/summary.module.css");

#[component]
pub(super) fn Summary() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let facts =
        Memo::new(move |_| session.with(|session| session.as_ref().map(facts).unwrap_or_default()));
    let ends = Memo::new(move |_| {
        session.with(|session| session.as_ref().and_then(|session| session.idle_deadline))
    });
    let actions = Actions::from_context();
    view! {
        <div class=style::summary>
            {move || state.get().map(|state| view! { <StateWord state=state /> })}
            {move || facts.get().into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view()}
            {move || {
                ends.get().map(|at| {
                    view! {
                        <span>{format!("Ends at {} if idle", local_time(at.0))}</span>
                        <Button kind=ButtonKind::Quiet on_press=move |()| actions.keep()>
                            "Put it off"
                        </Button>
                    }
                })
            }}
        </div>
    }
}

fn facts(session: &SessionView) -> Vec<String> {
    match session.state {
        SessionState::NotExist => {
            vec!["Start one to run this flow. Its files can be read and edited without.".into()]
        }
        SessionState::Available => {
            let ready = session.started.zip(session.available);
            let ready = ready
                .map(|(from, until)| format!("Ready after {}", time::duration(until.since(from))));
            let version = session
                .runtime_version
                .as_ref()
                .map(|version| format!("promptflow {version}"));
            [
                session.route.map(|route| route_text(route).to_owned()),
                ready,
                version,
                idle_text(session),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        SessionState::Starting | SessionState::Failed | SessionState::Stopping => session
            .route
            .map(|route| route_text(route).to_owned())
            .into_iter()
            .collect(),
    }
}

/// Which way the environment came about, honestly.
fn route_text(route: StartRoute) -> &'static str {
    match route {
        StartRoute::Standby => "Taken from standby",
        StartRoute::Base => "Environment made from ready base packages",
        StartRoute::Fresh => "Base packages installed first",
    }
}

/// Why there is no time at which the session ends.
fn idle_text(session: &SessionView) -> Option<String> {
    match (session.idle_deadline, session.max_idle_time_seconds) {
        (Some(_), _) => None,
        (None, None) => Some("Runs until it is stopped".into()),
        (None, Some(_)) => Some("Does not end while something runs in it".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::Millis;

    #[test]
    fn a_running_session_says_how_it_came_about_and_when_it_ends() {
        let session = SessionView {
            state: SessionState::Available,
            route: Some(StartRoute::Standby),
            started: Some(Millis(1000)),
            available: Some(Millis(2100)),
            max_idle_time_seconds: Some(600),
            ..SessionView::default()
        };
        assert_eq!(
            facts(&session),
            [
                "Taken from standby",
                "Ready after 1.1 s",
                "Does not end while something runs in it"
            ]
        );
        let bounded = SessionView {
            idle_deadline: Some(Millis(9)),
            ..session.clone()
        };
        assert_eq!(facts(&bounded), ["Taken from standby", "Ready after 1.1 s"]);
        let endless = SessionView {
            max_idle_time_seconds: None,
            ..session
        };
        assert_eq!(facts(&endless)[2], "Runs until it is stopped");
    }
}
