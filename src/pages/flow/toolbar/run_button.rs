//! The button that runs the flow.

use flowdeck_contract::capability::Action;
use leptos::prelude::*;

use crate::{
    pages::flow::actions::Actions,
    ui::{Button, ButtonKind, Icon},
};

#[component]
pub(super) fn RunButton() -> impl IntoView {
    let actions = Actions::from_context();
    let state = Signal::derive(move || actions.state(Action::Run));
    view! {
        <Button
            kind=ButtonKind::Primary
            state=state
            on_press=move |()| actions.run(None)
            on_refused=move |()| actions.needs_session.set(true)
        >
            {Icon::Play.view()}
            "Run"
        </Button>
    }
}
