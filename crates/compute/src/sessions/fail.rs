//! A session that could not be made or ended, or whose runtime has died.

use std::sync::Arc;

use flowdeck_access::id;
use flowdeck_contract::{ids::OperationId, session::SessionFailure};
use flowdeck_engines::{
    engine::{EngineError, SharedEngine},
    packages,
};

use super::{Book, Live, Shared};
use crate::{
    allotter::Allotter,
    clock::Clock,
    error::ComputeError,
    operations::Operations,
    owner::Owner,
    standby::Standbys,
    state::{Event, transition},
    tasks::Tasks,
};

/// Says that sessions have failed, and removes what is left of them.
pub(crate) struct Failures {
    book: Arc<Book>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    allotter: Arc<Allotter>,
    standbys: Arc<Standbys>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
}

impl Failures {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            allotter: Arc::clone(&shared.allotter),
            standbys: Arc::clone(&shared.standbys),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
        }
    }

    /// As [`Failures::fail`], once whatever is at work on the session has ended.
    pub(super) fn spawn_fail(self: &Arc<Self>, owner: &Owner, error: EngineError) {
        let (failures, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            failures.fail(&owner_id, &error).await;
        });
    }

    /// A session could not be made, or has died: says so, then removes what there is of it. Nothing, when its end was
    /// asked for meanwhile.
    pub(crate) async fn fail(&self, owner: &Owner, error: &EngineError) {
        self.fail_by(owner, Event::Fail, error).await;
    }

    /// A session could not be ended.
    pub(crate) async fn fail_to_end(&self, owner: &Owner, error: &EngineError) {
        self.fail_by(owner, Event::Remain, error).await;
    }

    async fn fail_by(&self, owner: &Owner, by: Event, error: &EngineError) {
        let record = self.book.record(owner);
        if let Err(refused) = transition(record.state, by) {
            return tracing::info!(%owner, %refused, %error, "nobody waits any more for what failed");
        }
        let mut failure = failure(owner, error);
        failure.phase = record.phase();
        let log = self.book.log(owner);
        log.line(format!("Failed: {}", failure.message));
        failure.remedy.iter().for_each(|remedy| log.line(remedy));
        let operation = match self.write_failure(owner, by, &failure) {
            Ok(operation) => operation,
            Err(error) => {
                return tracing::error!(%owner, %error, "a session cannot fail in its state");
            }
        };
        let ends = Ends {
            operations: &self.operations,
            operation,
            failure,
        };
        self.allotter.instance_was_used(&record);
        if let Some(session) = record.session.session_id
            && let Err(error) = self.engine.remove(&session).await
        {
            log.line(&error.failure.message);
            tracing::error!(%owner, %error, "a failed session could not be removed; the next start tries again");
        }
        drop(ends);
        self.book.tell_log(owner);
        self.standbys.replenish();
    }

    /// Gives the operation that failed. A store that cannot be written is often the very reason: then the failure is
    /// known in memory alone, and the next server finds the session as it was and finds out again.
    fn write_failure(
        &self,
        owner: &Owner,
        by: Event,
        failure: &SessionFailure,
    ) -> Result<Option<OperationId>, ComputeError> {
        let now = self.clock.now();
        let fail = |live: &mut Live| {
            let operation = live.record.operation.take();
            live.record.fail(by, failure.clone(), now)?;
            Ok(operation)
        };
        match self.book.change(owner, fail) {
            Err(ComputeError::Store(error)) => {
                tracing::error!(%owner, %error, "a failure could not be written down");
                self.book.change_and_save(owner, fail, |_, _| Ok(()))
            }
            result => result,
        }
    }
}

/// Ends the operation that failed, also when what is left of the session is removed by somebody else.
struct Ends<'a> {
    operations: &'a Operations,
    operation: Option<OperationId>,
    failure: SessionFailure,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.operations.fail(self.operation.take(), &self.failure);
    }
}

/// A failure as the page shows it, and in the server's log under the same id.
pub(super) fn failure(owner: &Owner, error: &EngineError) -> SessionFailure {
    let correlation = id::token();
    tracing::error!(%correlation, %owner, code = %error.failure.code, message = %error.failure.message, "a session failed");
    SessionFailure {
        code: error.failure.code.to_string(),
        phase: None,
        message: error.failure.message.clone(),
        remedy: error.failure.remedy.clone(),
        fault: packages::blamed(error),
        correlation,
    }
}
