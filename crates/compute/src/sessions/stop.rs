//! Ending a session, and ending it to begin anew.

use std::sync::Arc;

use flowdeck_contract::{capability::Action, ids::OperationId};

use super::Core;
use crate::{engine::EngineError, error::ComputeError, id, owner::Owner};

impl Core {
    /// Begins the end of a session: of one that runs, has failed, or is being made.
    pub(crate) fn begin_stop(
        self: &Arc<Self>,
        flow: &Owner,
        why: &str,
    ) -> Result<OperationId, ComputeError> {
        self.begin_end(flow, Action::Stop, why)
    }

    /// Begins the end of a session that is followed by a new one.
    pub(crate) fn begin_reset(self: &Arc<Self>, flow: &Owner) -> Result<OperationId, ComputeError> {
        self.folder(flow)?;
        self.begin_end(flow, Action::Reset, "Resetting the compute session.")
    }

    fn begin_end(
        self: &Arc<Self>,
        flow: &Owner,
        action: Action,
        why: &str,
    ) -> Result<OperationId, ComputeError> {
        let operation = self.begin_operation()?;
        let begun = self.change(flow, |live| {
            if let Some(refusal) = action.refusal(live.record.state.public()) {
                return Err(ComputeError::Refused(refusal.to_owned()));
            }
            live.record.stop(action == Action::Reset)?;
            if let Some(work) = &live.work {
                work.cancel.cancel();
            }
            Ok((
                live.record.operation.replace(operation.clone()),
                live.record.install_operation.take(),
            ))
        });
        let (start, install) =
            begun.inspect_err(|error| self.cancel(Some(operation.clone()), &error.to_string()))?;
        self.cancel(start, "The compute session was stopped.");
        self.cancel(install, "The compute session was stopped.");
        self.log(flow).line(why);
        self.spawn_stop(flow);
        Ok(operation)
    }

    /// Carries out the end that the session's record says is under way.
    pub(crate) fn spawn_stop(self: &Arc<Self>, flow: &Owner) {
        let (core, flow_id) = (Arc::clone(self), flow.clone());
        self.work(flow, async move {
            if let Err(error) = core.carry_out_stop(&flow_id).await {
                core.fail(&flow_id, &error).await;
            }
        });
    }

    async fn carry_out_stop(self: &Arc<Self>, flow: &Owner) -> Result<(), EngineError> {
        let record = self.record(flow);
        if let Some(session) = &record.view.session_id {
            self.engine.remove(session).await?;
        }
        self.log(flow).line("The compute session is gone.");
        self.tell_log(flow);
        let internal = |error: ComputeError| EngineError::new("StoreFailed", error.to_string());
        if record.start_again {
            return self.start_again(flow).map_err(internal);
        }
        let operation = self.change(flow, |live| {
            live.record.gone()?;
            Ok(live.record.operation.take())
        });
        let operation = operation.map_err(internal)?;
        self.forget_unless_it_exists(flow);
        self.succeed(operation);
        self.standbys.replenish();
        Ok(())
    }

    fn start_again(self: &Arc<Self>, flow: &Owner) -> Result<(), ComputeError> {
        let (session, now) = (id::random(), self.now());
        self.change(flow, |live| {
            let max_idle = live.record.view.max_idle_time_seconds;
            live.record.gone()?;
            Ok(live.record.start(session, max_idle, now)?)
        })?;
        self.spawn_start(flow);
        Ok(())
    }
}
