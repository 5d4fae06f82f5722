//! The session in a line.

use flowdeck_contract::session::{SessionState, SessionView, StartRoute};
use leptos::prelude::*;

use crate::{
    pages::{flow::FlowContext, parts::StateWord},
    ui::time,
};

stylance::import_crate_style!(style, "src/pages/flow/session/summary.module.css");

#[component]
pub(super) fn Summary() -> impl IntoView {
    let session = FlowContext::from_context().live.session;
    let state =
        Memo::new(move |_| session.with(|session| session.as_ref().map(|session| session.state)));
    let facts =
        Memo::new(move |_| session.with(|session| session.as_ref().map(facts).unwrap_or_default()));
    view! {
        <div class=style::summary>
            {move || state.get().map(|state| view! { <StateWord state=state /> })}
            {move || facts.get().into_iter().map(|fact| view! { <span>{fact}</span> }).collect_view()}
        </div>
    }
}

fn facts(session: &SessionView) -> Vec<String> {
    match session.state {
        SessionState::NotExist => {
            vec![
                "Start a session to run this flow. You can view and edit files without one.".into(),
            ]
        }
        SessionState::Available => {
            let ready = session.started.zip(session.available);
            let ready = ready
                .map(|(from, until)| format!("Started in {}", time::duration(until.since(from))));
            let version = session
                .runtime_version
                .as_ref()
                .map(|version| format!("promptflow {version}"));
            let saved = session
                .saved_millis
                .map(|saved| format!("Saved {}", time::duration(saved)));
            [
                session.route.map(|route| route_text(route).to_owned()),
                saved,
                ready,
                version,
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

/// Which way the environment came about.
fn route_text(route: StartRoute) -> &'static str {
    match route {
        StartRoute::Standby => "Started instantly from a warm runtime",
        StartRoute::Base => "New environment on the base packages",
        StartRoute::Fresh => "Base packages installed first",
        StartRoute::Kept => "Reused a cached environment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::Millis;

    #[test]
    fn a_running_session_says_how_it_came_about() {
        let session = SessionView {
            state: SessionState::Available,
            route: Some(StartRoute::Standby),
            started: Some(Millis(1000)),
            available: Some(Millis(2100)),
            runtime_version: Some("1.18.5".into()),
            ..SessionView::default()
        };
        assert_eq!(
            facts(&session),
            [
                "Started instantly from a warm runtime",
                "Started in 1.1 s",
                "promptflow 1.18.5"
            ]
        );
    }
}
