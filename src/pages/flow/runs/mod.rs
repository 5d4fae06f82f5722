//! The flow's run history.

use flowdeck_contract::runs::RunSummary;
use leptos::prelude::*;

use super::{
    FlowContext,
    section::Section,
    selection::{Selection, run_name},
};
use crate::{
    nav::Link,
    pages::parts::StateWord,
    routes::FlowView,
    ui::{Ago, Each, Elapsed, Skeleton},
};

stylance::import_crate_style!(style, "src/pages/flow/runs/runs.module.css");

/// The flow's runs, newest first.
#[component]
pub fn Runs() -> impl IntoView {
    let live = FlowContext::from_context().live;
    let shape = Memo::new(move |_| live.runs.with(|runs| runs.as_ref().map(Vec::is_empty)));
    let content = move || match shape.get() {
        None => view! { <Skeleton lines=3 label="Loading runs" /> }.into_any(),
        Some(true) => view! { <p class=style::none>"No runs yet."</p> }.into_any(),
        Some(false) => view! {
            <ol class=style::runs>
                <Each
                    each=move || live.runs.get().unwrap_or_default()
                    key=|run| run.id.as_str().to_owned()
                    let(run)
                >
                    <RunRow run=run />
                </Each>
            </ol>
        }
        .into_any(),
    };
    view! { <Section title="Runs">{content}</Section> }
}

#[component]
fn RunRow(run: RunSummary) -> impl IntoView {
    let context = FlowContext::from_context();
    let selected = Selection::from_context().id;
    let id = run.id.clone();
    let current = Signal::derive(move || {
        selected.with(|selected| (selected.as_ref() == Some(&id)).then_some("true"))
    });
    let id = run.id.clone();
    let to = Signal::derive(move || {
        let view = context.view.get();
        context.route(FlowView {
            run: Some(id.clone()),
            compare: None,
            ..view
        })
    });
    let name = run_name(&run);
    view! {
        <li class=style::run>
            <Link to=to class=style::link current=current title=name.clone()>
                {name.clone()}
            </Link>
            <StateWord state=run.state />
            <span class=style::fact>
                <Ago at=run.started.0 />
            </span>
            <span class=style::fact>
                <Elapsed from=run.started.0 until=run.ended.map(|at| at.0) />
            </span>
        </li>
    }
}
