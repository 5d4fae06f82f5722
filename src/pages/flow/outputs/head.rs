//! Which run is shown, and where it stands.

use flowdeck_contract::runs::{RunState, RunSummary};
use leptos::prelude::*;

use crate::{
    pages::{
        flow::{
            actions::Actions,
            selection::{Selection, run_name},
        },
        parts::StateWord,
    },
    ui::{Ago, Button, ButtonState, Elapsed},
};

stylance::import_crate_style!(style, "src/pages/flow/outputs/head.module.css");

/// The head of the selected run.
#[component]
pub(crate) fn RunHead() -> impl IntoView {
    let run = Selection::from_context().run;
    let summary = Memo::new(move |_| run.with(|run| Some(run.as_ref()?.summary.clone())));
    move || {
        summary
            .get()
            .map(|summary| view! { <Head summary=summary /> })
    }
}

#[component]
fn Head(summary: RunSummary) -> impl IntoView {
    let actions = Actions::from_context();
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
