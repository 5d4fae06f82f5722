//! One of the two runs, as far as it's here.

use std::sync::Arc;

use flowdeck_contract::{
    codes,
    ids::RunId,
    runs::{RunDetail, RunFiles},
};
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};

use crate::{api::ApiError, pages::flow::FlowContext, routes::ComparedRuns};

/// What is known of the files that a run found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Files {
    /// It isn't here yet.
    Loading,
    /// These.
    Known(RunFiles),
    /// The run doesn't say.
    NotKept,
    /// It couldn't be loaded.
    Failed(ApiError),
}

/// One of the two runs. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Side {
    pub(super) id: Memo<Option<RunId>>,
    pub(super) run: Memo<Option<Arc<RunDetail>>>,
    /// Why it couldn't be loaded.
    pub(super) failure: RwSignal<Option<ApiError>>,
    pub(super) files: RwSignal<Files>,
    /// Loads it again.
    pub(super) retry: Trigger,
}

impl Side {
    /// The run that `pick` takes of those that the address names.
    pub(super) fn new(context: FlowContext, pick: fn(&ComparedRuns) -> &RunId) -> Self {
        let id = Memo::new(move |_| {
            context
                .view
                .with(|view| view.compare.as_ref().map(|runs| pick(runs).clone()))
        });
        let run = Memo::new(move |_| {
            let id = id.get()?;
            let details = context.live.details;
            details.with(|details| details.get(&id).cloned())
        });
        let side = Self {
            id,
            run,
            failure: RwSignal::new(None),
            files: RwSignal::new(Files::Loading),
            retry: Trigger::new(),
        };
        side.load(context);
        side
    }

    fn load(self, context: FlowContext) {
        Effect::new(move |_| {
            self.retry.track();
            self.failure.set(None);
            self.files.set(Files::Loading);
            let Some(id) = self.id.get() else { return };
            spawn_local_scoped_with_cancellation(async move {
                let flow = context.flow();
                if let Err(error) = fetch(context, &id).await {
                    if self.is_still(&id) {
                        self.failure.set(Some(error));
                    }
                    return;
                }
                let files = match context.api.run_files(&flow, &id).await {
                    Ok(files) => Files::Known(files),
                    Err(error) if error.code == codes::FILES_NOT_KEPT => Files::NotKept,
                    Err(error) => Files::Failed(error),
                };
                if self.is_still(&id) {
                    self.files.set(files);
                }
            });
        });
    }

    fn is_still(self, id: &RunId) -> bool {
        self.id
            .try_with_untracked(|now| now.as_ref() == Some(id))
            .unwrap_or(false)
    }
}

/// Asks for a run that isn't here.
pub(super) async fn fetch(context: FlowContext, id: &RunId) -> Result<(), ApiError> {
    let details = context.live.details;
    if details.with_untracked(|details| details.contains_key(id)) {
        return Ok(());
    }
    let run = context.api.run(&context.flow(), id).await?;
    context.live.put_answer(run);
    Ok(())
}
