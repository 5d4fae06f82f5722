//! A session that could not be made or ended, or whose runtime has died.

use flowdeck_contract::{ids::OperationId, session::SessionFailure};

use super::Core;
use crate::{engine::EngineError, error::ComputeError, owner::Owner};

impl Core {
    /// A session has failed: says so, then removes what there is of it.
    pub(crate) async fn fail(&self, flow: &Owner, error: &EngineError) {
        let mut failure = self.failure(flow, error);
        let record = self.record(flow);
        failure.phase = record.phase();
        let log = self.log(flow);
        log.line(format!("Failed: {}", failure.message));
        failure.remedy.iter().for_each(|remedy| log.line(remedy));
        let operation = match self.write_failure(flow, &failure) {
            Ok(operation) => operation,
            Err(error) => {
                return tracing::error!(%flow, %error, "a session cannot fail in its state");
            }
        };
        self.instance_was_used(&record);
        if let Some(session) = record.view.session_id
            && let Err(error) = self.engine.remove(&session).await
        {
            log.line(&error.message);
            tracing::error!(%flow, %error, "a failed session could not be removed; the next start tries again");
        }
        self.fail_operation(operation, &failure);
        self.tell_log(flow);
        self.standbys.replenish();
    }

    /// Gives the operation that failed. A store that cannot be written is often the very reason: then the failure is
    /// known in memory alone, and the next server finds the session as it was and finds out again.
    fn write_failure(
        &self,
        flow: &Owner,
        failure: &SessionFailure,
    ) -> Result<Option<OperationId>, ComputeError> {
        let now = self.now();
        let fail = |live: &mut super::Live| {
            let operation = live.record.operation.take();
            live.record.fail(failure.clone(), now)?;
            Ok(operation)
        };
        match self.change(flow, fail) {
            Err(ComputeError::Store(error)) => {
                tracing::error!(%flow, %error, "a failure could not be written down");
                self.change_and_save(flow, fail, |_, _| Ok(()))
            }
            result => result,
        }
    }
}
