//! Which run is shown, and where it stands.

use std::sync::Arc;

use flowdeck_contract::runs::{RunDetail, RunState};
use leptos::prelude::*;

use crate::{
    pages::{
        flow::{actions::Actions, selection::run_name},
        parts::StateWord,
    },
    ui::{Ago, Button, ButtonState, Elapsed},
};

stylance::import_crate_style!(style, "src/pages/flow/outputs/head.module.css");

#[component]
pub(super) fn RunHead(run: Arc<RunDetail>) -> impl IntoView {
    let actions = Actions::from_context();
    let summary = run.summary.clone();
    let id = summary.id.clone();
    let cancel = match summary.state {
        RunState::Running => Some(ButtonState::Ready),
        RunState::Canceling => Some(ButtonState::Busy),
        _ => None,
    };
    let cancel = cancel.map(|state| {
        let press = move |()| actions.cancel(id.clone());
        view! { <Button state=Signal::stored(state) on_press=press>"Cancel run"</Button> }
    });
    view! {
        <div class=style::head>
            <h3>{run_name(&summary)}</h3>
            <StateWord state=summary.state />
            <span class=style::fact>
                <Elapsed from=summary.started.0 until=summary.ended.map(|at| at.0) />
            </span>
            <span class=style::fact>
                <Ago at=summary.started.0 />
            </span>
            {cancel}
        </div>
    }
}
