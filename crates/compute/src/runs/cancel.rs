//! Cancelling a run.

use std::sync::Arc;

use flowdeck_contract::{
    ids::{FlowId, RunId},
    runs::{RunDetail, RunState},
};
use flowdeck_engines::executor;

use crate::{error::ComputeError, runs::Runs};

impl Runs {
    /// Asks a run to end; that it has ended comes as an event.
    pub(crate) fn begin_cancel(
        self: &Arc<Self>,
        flow: &FlowId,
        run: &RunId,
    ) -> Result<RunDetail, ComputeError> {
        let Some(live) = self.live.get(flow, run) else {
            self.run_detail(flow, run)?;
            return Err(ComputeError::Refused(
                "The run has already ended.".to_owned(),
            ));
        };
        let mut first = false;
        let detail = live.change(self, |detail| {
            first = detail.summary.state == RunState::Running;
            detail.summary.state = RunState::Canceling;
            Ok(())
        })?;
        if !first {
            return Ok(detail);
        }
        if let Some(runtime) = self.parts.book.record(&flow.into()).runtime {
            let (runs, run) = (Arc::clone(self), run.clone());
            self.parts.tasks.background(async move {
                // The run itself ends however this does: with its answer, or because the runtime is gone.
                if let Err(error) = runs
                    .parts
                    .engine
                    .request(&runtime, executor::cancel(&run))
                    .await
                {
                    tracing::warn!(%run, %error, "a run could not be cancelled");
                }
            });
        }
        Ok(detail)
    }
}
