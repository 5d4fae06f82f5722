//! Another environment and its runtime take the place of those in use, which can be restored until the next time.

use std::sync::Arc;

use flowdeck_contract::{Millis, session::PhaseState};
use flowdeck_engines::engine::{EngineError, EnvironmentId, Runtime, SharedEngine};

use super::{Book, OutOfDate, Previous, Shared, Watcher, install::end_install};
use crate::{
    clock::Clock, error::ComputeError, flow::Fingerprint, operations::Operations, owner::Owner,
};

/// A healthy runtime in an environment that is to be used.
pub(super) struct Made {
    pub(super) environment: EnvironmentId,
    pub(super) made_of: Option<Fingerprint>,
    pub(super) made_at: Millis,
    pub(super) runtime: Runtime,
    pub(super) version: String,
}

/// Puts runtimes into the place of those in use.
pub(crate) struct Swaps {
    book: Arc<Book>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    clock: Arc<dyn Clock>,
    watcher: Arc<Watcher>,
    out_of_date: Arc<OutOfDate>,
}

impl Swaps {
    pub(crate) fn new(
        shared: &Shared,
        watcher: &Arc<Watcher>,
        out_of_date: &Arc<OutOfDate>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            clock: Arc::clone(&shared.clock),
            watcher: Arc::clone(watcher),
            out_of_date: Arc::clone(out_of_date),
        }
    }

    /// Starts a runtime and waits until it is healthy; ends one that is not.
    pub(super) async fn start_checked(
        &self,
        owner: &Owner,
        environment: &EnvironmentId,
    ) -> Result<(Runtime, String), EngineError> {
        let log = self.book.log(owner);
        let runtime = self.engine.start_runtime(environment, &log).await?;
        match self.engine.check(&runtime, &log).await {
            Ok(info) => Ok((runtime, info.version)),
            Err(error) => {
                self.engine.end_runtime(&runtime).await?;
                Err(error)
            }
        }
    }

    /// Refused when the install was canceled in between: what was made is ended then.
    pub(super) async fn swap(&self, owner: &Owner, made: Made) -> Result<(), EngineError> {
        let new = made.runtime.clone();
        let packages = self.count_packages(owner).await?;
        let swapped = self.write_swap(owner, made, packages);
        let (old, unused, operation) = match swapped {
            Ok(swapped) => swapped,
            Err(error) => {
                self.engine.end_runtime(&new).await?;
                return Err(EngineError::new("StoreFailed", error.to_string()));
            }
        };
        self.watcher.watch(owner);
        // The new one is in use already: what is left of the old doesn't make the install fail.
        if let Some(old) = old
            && let Err(error) = self.engine.end_runtime(&old).await
        {
            self.book.log(owner).line(&error.failure.message);
        }
        if let Some(unused) = unused
            && let Err(error) = self.engine.remove_environment(&unused).await
        {
            self.book.log(owner).line(&error.failure.message);
        }
        self.operations.succeed(operation);
        self.out_of_date.look(owner);
        Ok(())
    }

    fn write_swap(
        &self,
        owner: &Owner,
        made: Made,
        packages: u32,
    ) -> Result<Swapped, ComputeError> {
        let now = self.clock.now();
        self.book.change(owner, |live| {
            if !live.installs() {
                return Err(ComputeError::Refused(
                    "The install was canceled.".to_owned(),
                ));
            }
            let record = &mut live.record;
            let left = Previous {
                generation: record.generation,
                made_of: record.made_of.take(),
                made_at: record.made_at.or(record.session.available).unwrap_or(now),
                packages,
            };
            let unused = record.previous.replace(left);
            let unused = unused.filter(|unused| unused.generation != made.environment.generation);
            record.generation = made.environment.generation;
            (record.made_of, record.made_at) = (made.made_of, Some(made.made_at));
            record.session.runtime_version = Some(made.version);
            record.last_activity = now;
            // What it was out of date with is what has been installed; a later change is noticed again.
            record.session.out_of_date = None;
            end_install(record, PhaseState::Done, now);
            let unused = unused.map(|unused| EnvironmentId {
                session: made.environment.session,
                generation: unused.generation,
            });
            Ok((
                record.runtime.replace(made.runtime),
                unused,
                record.install_operation.take(),
            ))
        })
    }

    async fn count_packages(&self, owner: &Owner) -> Result<u32, EngineError> {
        let Some(environment) = self.book.record(owner).environment() else {
            return Ok(0);
        };
        let packages = self.engine.packages(&environment).await?;
        Ok(u32::try_from(packages.len()).unwrap_or(u32::MAX))
    }
}

/// The runtime that was in use, the environment that nobody needs any more, and the operation that is done.
type Swapped = (
    Option<Runtime>,
    Option<EnvironmentId>,
    Option<flowdeck_contract::ids::OperationId>,
);
