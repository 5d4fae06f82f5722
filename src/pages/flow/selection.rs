//! Which run the page shows: the one the address names, else the newest.

use std::sync::Arc;

use flowdeck_contract::{
    ids::RunId,
    runs::{NodeRun, RunDetail, RunState, RunSummary},
    shown::Name,
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use super::FlowContext;
use crate::{api::ApiError, ui::Status};

/// The run that is shown. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Selection {
    /// Its id; `None` when the flow never ran.
    pub id: Memo<Option<RunId>>,
    /// The run, whole; `None` until it is loaded.
    pub run: Memo<Option<Arc<RunDetail>>>,
    /// Why it could not be loaded.
    pub failure: RwSignal<Option<ApiError>>,
    /// Asks for it again.
    pub retry: Trigger,
}

impl Selection {
    /// Makes the selection available below and loads what is selected.
    pub(super) fn provide(context: FlowContext) -> Self {
        let live = context.live;
        let newest = move || {
            live.runs
                .with(|runs| Some(runs.as_ref()?.first()?.id.clone()))
        };
        let id = Memo::new(move |_| context.view.with(|view| view.run.clone()).or_else(newest));
        let run = Memo::new(move |_| {
            let id = id.get()?;
            live.details.with(|details| details.get(&id).cloned())
        });
        let selection = Self {
            id,
            run,
            failure: RwSignal::new(None),
            retry: Trigger::new(),
        };
        selection.load_run(context);
        selection.load_log(context);
        provide_context(selection);
        selection
    }

    /// The one in the context.
    #[must_use]
    pub fn from_context() -> Self {
        expect_context::<Selection>()
    }

    /// What happened to the node `name` in it.
    #[must_use]
    pub fn node(&self, name: Name) -> Memo<Option<NodeRun>> {
        let run = self.run;
        Memo::new(move |_| {
            run.with(|run| {
                run.as_ref()?
                    .nodes
                    .iter()
                    .find(|node| node.name == name.as_str())
                    .cloned()
            })
        })
    }

    fn load_run(self, context: FlowContext) {
        let missing = Memo::new(move |_| {
            let known = self.run.with(Option::is_some) || context.live.runs.with(Option::is_none);
            self.id.get().filter(|_| !known)
        });
        Effect::new(move |_| {
            self.retry.track();
            self.failure.set(None);
            let Some(id) = missing.get() else { return };
            spawn_local_scoped_with_cancellation(async move {
                match context.api.run(&context.flow(), &id).await {
                    Ok(run) => context.live.put_answer(run),
                    Err(error) => self.failure.set(Some(error)),
                }
            });
        });
    }

    /// Live events tell a run's log from when the page was opened; what was before is asked for once.
    fn load_log(self, context: FlowContext) {
        let id = Memo::new(move |_| self.run.with(|run| Some(run.as_ref()?.summary.id.clone())));
        Effect::new(move |_| {
            let Some(id) = id.get() else { return };
            spawn_local_scoped_with_cancellation(async move {
                // A run's log is beside the point of the page: without it the run is still shown whole.
                if let Ok(text) = context.api.run_log(&context.flow(), &id).await {
                    context
                        .live
                        .run_logs
                        .update(|logs| logs.entry(id).or_default().backfill(&text));
                }
            });
        });
    }
}

/// What the screen calls a run.
#[must_use]
pub fn run_name(run: &RunSummary) -> String {
    let mut name = format!("Run {}", run.number);
    if let Some(node) = &run.node {
        name = format!("{name} of {}", Name::from(node.as_str()));
    }
    match &run.variant {
        Some(variant) if run.node.is_some() => {
            format!("{name} ({})", Name::from(variant.id.as_str()))
        }
        Some(variant) => format!(
            "{name} ({} {})",
            Name::from(variant.node.as_str()),
            Name::from(variant.id.as_str())
        ),
        None => name,
    }
}

/// Tells every end of a run to those who do not see it.
pub(super) fn announce_runs(context: FlowContext) {
    let status = Status::from_context();
    let newest = Memo::new(move |_| {
        context.live.runs.with(|runs| {
            let run = runs.as_ref()?.first()?;
            Some((run_name(run), run.state))
        })
    });
    // `None` as the effect's memory is "never looked"; the inner `None` is "no run yet".
    Effect::new(move |known: Option<Option<(String, RunState)>>| {
        let now = newest.get();
        if let (Some(known), Some((name, state))) = (known, &now)
            && context.live.runs.with_untracked(Option::is_some)
            && known.as_ref() != now.as_ref()
        {
            status.announce(format!("{name} {}.", ending(*state)));
        }
        now
    });
}

fn ending(state: RunState) -> &'static str {
    match state {
        RunState::Running => "is in progress",
        RunState::Canceling => "is being canceled",
        RunState::Completed => "completed",
        RunState::Failed => "failed",
        RunState::Canceled => "was canceled",
        RunState::Interrupted => "was interrupted",
    }
}
