//! The button that runs the flow.

use flowdeck_contract::{capability::Action, session::SessionState};
use leptos::prelude::*;

use crate::{
    pages::flow::{FlowContext, actions::Actions},
    ui::{Button, ButtonKind, Icon},
};

#[component]
pub(super) fn RunButton() -> impl IntoView {
    let actions = Actions::from_context();
    let session = FlowContext::from_context().live.session;
    let state = Signal::derive(move || actions.state(Action::Run));
    // One button of the page leads: until there is a session that is the one that starts it.
    let runs = Memo::new(move |_| {
        let state = session.with(|session| session.as_ref().map(|session| session.state));
        state == Some(SessionState::Available)
    });
    let kind = Signal::derive(move || match runs.get() {
        true => ButtonKind::Primary,
        false => ButtonKind::Plain,
    });
    view! {
        <Button
            kind=kind
            state=state
            on_press=move |()| actions.run(None)
            on_refused=move |()| actions.needs_session.set(true)
        >
            {Icon::Play.view()}
            "Run"
        </Button>
    }
}
