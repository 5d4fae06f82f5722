//! Cancelling a run.

use std::sync::Arc;

use flowdeck_contract::{
    events::FlowEvent,
    ids::{FlowId, RunId},
    runs::{RunDetail, RunState},
};

use crate::{error::ComputeError, executor, sessions::Core};

impl Core {
    /// Asks a run to end; that it has ended comes as an event.
    pub(crate) fn begin_cancel(
        self: &Arc<Self>,
        flow: &FlowId,
        run: &RunId,
    ) -> Result<RunDetail, ComputeError> {
        let Some(live) = self.runs.get(flow, run) else {
            self.run_detail(flow, run)?;
            return Err(ComputeError::Refused("The run is over already.".to_owned()));
        };
        let detail = {
            let mut detail = live.detail();
            if detail.summary.state != RunState::Running {
                return Ok(detail.clone());
            }
            detail.summary.state = RunState::Canceling;
            detail.clone()
        };
        self.store.save_run(flow, &detail)?;
        self.send(&flow.into(), FlowEvent::Run(detail.clone()));
        if let Some(runtime) = self.record(&flow.into()).runtime {
            let (core, run) = (Arc::clone(self), run.clone());
            self.background(async move {
                // The run itself ends however this does: with its answer, or because the runtime is gone.
                if let Err(error) = core.engine.request(&runtime, executor::cancel(&run)).await {
                    tracing::warn!(%run, %error, "a run could not be cancelled");
                }
            });
        }
        Ok(detail)
    }
}
