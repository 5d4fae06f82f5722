//! The timeline of a run: its nodes and what they called, when, how long and for how many tokens.

mod bars;
pub(super) mod cost;
mod details;
mod grid;
mod keys;
pub(super) mod model_call;
pub(super) mod tokens;
mod tree;
pub(super) mod waits;

use std::{collections::HashMap, sync::Arc};

use flowdeck_contract::{ids::RunId, prices::Prices, runs::RunDetail};
use leptos::prelude::*;

use self::{
    details::Details,
    grid::TreeGrid,
    tree::{Subject, Tree},
    waits::Wait,
};
use super::{FlowContext, selection::Selection};
use crate::{
    api::Remote,
    live::LogBuffer,
    nav::Step,
    routes::{CallPath, FlowView},
    ui::{Elapsed, Notice, NoticeKind},
};

stylance::import_crate_style!(style, "src/pages/flow/trace/trace.module.css");

/// The timeline of the selected run.
#[component]
pub(crate) fn RunTimeline() -> impl IntoView {
    let context = FlowContext::from_context();
    let run = Selection::from_context().run;
    let prices = Remote::new(move || async move { context.api.prices().await });
    let tree = Memo::new(move |_| run.get().map(|run| Arc::new(Tree::new(run))));
    let shown = Memo::new(move |_| {
        let path = context.view.with(|view| view.timeline.clone());
        path.filter(|path| !path.is_empty())
    });
    let open = move |path: CallPath| {
        let view = context.view.get_untracked();
        let timeline = Some(path);
        context.show(FlowView { timeline, ..view }, Step::Replace);
    };
    let is_empty =
        Memo::new(move |_| tree.with(|tree| tree.as_ref().is_none_or(|tree| tree.rows.is_empty())));
    let content = move || match is_empty.get() {
        true => view! { <p class=style::muted>"No node or call is recorded for this run."</p> }
            .into_any(),
        false => {
            view! { <TreeGrid tree=tree shown=shown on_open=Callback::new(open) /> }.into_any()
        }
    };
    view! {
        <div class=style::timeline>
            <Totals run=run tree=tree prices=prices />
            {move || tree.get().and_then(|tree| unread(&tree))}
            {content}
            <ShownDetails tree=tree shown=shown prices=prices on_close=Callback::new(move |()| open(CallPath::default())) />
        </div>
    }
}

/// What the whole run took.
#[component]
fn Totals(
    run: Memo<Option<Arc<RunDetail>>>,
    tree: Memo<Option<Arc<Tree>>>,
    prices: Remote<Prices>,
) -> impl IntoView {
    let times = Memo::new(move |_| {
        run.with(|run| {
            run.as_ref().map(|run| {
                (
                    run.summary.started.0,
                    run.summary.ended.map(|at| at.0),
                    run.summary.state.is_over(),
                )
            })
        })
    });
    let tokens = Memo::new(move |_| tree.with(|tree| tree.as_ref()?.tokens));
    let time = move || {
        times
            .get()
            .map(|(from, until, _)| view! { <Elapsed from=from until=until /> })
    };
    let parts = move || match tokens.get() {
        Some(tokens) => {
            let parts = tokens.parts().into_iter();
            parts
                .map(|(name, value)| fact(name, value.into_any()))
                .collect_view()
                .into_any()
        }
        None if times.get().is_some_and(|(.., is_over)| is_over) => {
            fact("Tokens", "no model was called".into_any()).into_any()
        }
        None => fact("Tokens", "known when the run ends".into_any()).into_any(),
    };
    let costs = Memo::new(move |_| {
        let run = run.get()?;
        let prices = prices.state();
        prices.with(|now| cost::shown_of_run(now, &run))
    });
    view! {
        <dl class=style::totals aria-label="Totals of the run">
            {fact("Duration", time.into_any())} {parts}
            {move || costs.get().map(|cost| fact("Cost", cost.into_any()))}
        </dl>
    }
}

fn fact(name: &'static str, value: AnyView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// Says whose calls can't be read.
fn unread(tree: &Tree) -> Option<impl IntoView + use<>> {
    let names: Vec<String> = tree.unread.iter().map(ToString::to_string).collect();
    (!names.is_empty()).then(|| {
        view! {
            <Notice kind=NoticeKind::Warning title="This page can’t read all calls of the run">
                <p>
                    {format!("The server is newer than this page, which can’t show the calls of {}. Reload the page.", names.join(", "))}
                </p>
            </Notice>
        }
    })
}

#[component]
fn ShownDetails(
    tree: Memo<Option<Arc<Tree>>>,
    shown: Memo<Option<CallPath>>,
    prices: Remote<Prices>,
    on_close: Callback<()>,
) -> impl IntoView {
    let logs = FlowContext::from_context().live.run_logs;
    let waits = Memo::new(move |_| {
        let (tree, path) = (tree.get(), shown.get());
        let waits = tree
            .zip(path)
            .and_then(|(tree, path)| waits_of(&tree, &path, logs));
        waits.unwrap_or_default()
    });
    move || {
        let (tree, path) = (tree.get()?, shown.get()?);
        Some(
            view! { <Details tree=tree path=path prices=prices waits=waits.into() on_close=on_close /> },
        )
    }
}

/// How often a node has asked again: by its own text once that is known, by the run's log before.
fn waits_of(
    tree: &Tree,
    path: &CallPath,
    logs: RwSignal<HashMap<RunId, LogBuffer>>,
) -> Option<Vec<Wait>> {
    let Subject::Node(node) = tree.subject(path)? else {
        return None;
    };
    if let Some(log) = &node.log {
        return Some(waits::in_text(log));
    }
    let lines = logs.with(|logs| logs.get(tree.run_id()).map(LogBuffer::lines))?;
    Some(waits::in_log(
        &node.name,
        lines.iter().map(|(_, line)| line.as_ref()),
    ))
}
