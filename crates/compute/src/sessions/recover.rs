//! What an earlier server left, however it ended: sessions that run are taken over, what was in progress is finished or
//! begun again, and what belongs to nobody is removed.

use std::{collections::HashSet, sync::Arc};

use flowdeck_access::id;
use flowdeck_engines::engine::{EngineError, MEMORY_EXCEEDED, SharedEngine};

use super::{
    Book, Failures, Installs, InstanceStops, OutOfDate, OwnEnvironments, SessionLogs, Shared,
    Starts, Stops, Watcher, may_live,
};
use crate::{
    clock::Clock, error::ComputeError, operations::Operations, owner::Owner, runs::Runs,
    standby::Standbys, state::State, tasks::Tasks,
};

/// Says what could not be taken over of what belongs to no single session.
fn note(what: &str, taken_over: Result<(), ComputeError>) {
    if let Err(error) = taken_over {
        tracing::error!(what, %error, "not all of what an earlier server left could be taken over");
    }
}

/// Takes over what an earlier server left.
pub(crate) struct Recovery {
    book: Arc<Book>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
    standbys: Arc<Standbys>,
    parts: RecoveryParts,
}

/// What takes over each of its own.
pub(crate) struct RecoveryParts {
    pub(crate) runs: Arc<Runs>,
    pub(crate) logs: Arc<SessionLogs>,
    pub(crate) own: Arc<OwnEnvironments>,
    pub(crate) starts: Arc<Starts>,
    pub(crate) installs: Arc<Installs>,
    pub(crate) stops: Arc<Stops>,
    pub(crate) instances: Arc<InstanceStops>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) watcher: Arc<Watcher>,
    pub(crate) out_of_date: Arc<OutOfDate>,
}

impl Recovery {
    pub(crate) fn new(shared: &Shared, parts: RecoveryParts) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
            standbys: Arc::clone(&shared.standbys),
            parts,
        }
    }

    /// Takes over what is remembered. Called once, before anything else happens. What goes wrong with one session is
    /// its own failure, and keeps neither another nor the server from going on.
    pub(crate) async fn recover(&self) {
        self.parts.logs.open_all();
        note("Standby runtimes", self.standbys.recover_standbys().await);
        let owners: Vec<Owner> = self.book.sessions().keys().cloned().collect();
        for owner in &owners {
            if let Err(error) = self.recover_one(owner).await {
                tracing::error!(%owner, %error, "a session could not be taken over");
                let message =
                    format!("The session couldn’t be taken over after a restart: {error}");
                let failed = EngineError::new("SessionNotRecovered", message);
                self.parts
                    .failures
                    .spawn_fail(owner, failed.with_remedy("Start the session again."));
            }
        }
        self.standbys.recall_starts();
        note(
            "Folders of sessions",
            self.parts.own.forget_what_is_nobodys(),
        );
        self.parts
            .instances
            .end_sessions_on_stopped("Its compute instance is stopped.");
        note("Runs", self.parts.runs.interrupt_runs());
        note("Operations", self.end_lost_operations());
        self.remove_leftovers().await;
    }

    async fn recover_one(&self, owner: &Owner) -> Result<(), ComputeError> {
        match self.book.record(owner).state {
            State::NotExist | State::Failed => Ok(()),
            State::Available => self.recover_available(owner).await,
            State::Starting(_) => self.recover_starting(owner),
            State::Stopping => {
                self.book
                    .log(owner)
                    .line("The server was restarted. Ending the session.");
                self.parts.stops.spawn_stop(owner);
                Ok(())
            }
        }
    }

    async fn recover_available(&self, owner: &Owner) -> Result<(), ComputeError> {
        self.parts.installs.interrupt(owner)?;
        let record = self.book.record(owner);
        let Some(runtime) = record.runtime.clone() else {
            self.parts.failures.spawn_fail(
                owner,
                EngineError::new("RuntimeDied", "The session has no runtime."),
            );
            return Ok(());
        };
        if let Some(share) = record.share()
            && let Err(error) = self.engine.limit(&runtime.session, &share).await
        {
            self.parts.failures.spawn_fail(owner, error);
            return Ok(());
        }
        if !may_live(&*self.engine, &runtime, true).await {
            let death = self.engine.died(&runtime).await;
            if death.failure.code == MEMORY_EXCEEDED {
                self.parts.failures.spawn_fail(owner, death);
                return Ok(());
            }
            let died = EngineError::new(
                "RuntimeDied",
                "The runtime ended while the server was down.",
            );
            self.parts
                .failures
                .spawn_fail(owner, died.with_remedy("Start the session again."));
            return Ok(());
        }
        self.parts.installs.tidy_up(owner).await;
        self.parts.watcher.watch(owner);
        self.parts.out_of_date.look(owner);
        Ok(())
    }

    fn recover_starting(&self, owner: &Owner) -> Result<(), ComputeError> {
        let now = self.clock.now();
        self.book.change(owner, |live| {
            let session = live
                .record
                .session
                .session_id
                .clone()
                .unwrap_or_else(id::random);
            Ok(live.record.restart(session, now)?)
        })?;
        self.book
            .log(owner)
            .line("The server was restarted. Starting the session again.");
        self.parts.starts.spawn_restart(owner);
        Ok(())
    }

    /// Operations that nobody carries on, such as one that was begun but whose session was not changed yet.
    fn end_lost_operations(&self) -> Result<(), ComputeError> {
        let carried_on: HashSet<_> = self
            .book
            .sessions()
            .values()
            .filter_map(|live| live.record.operation.clone())
            .collect();
        self.operations.cancel_lost(&carried_on)
    }

    /// What belongs to nobody is known at once, and removed while the server is at work already.
    async fn remove_leftovers(&self) {
        self.parts.logs.remove_unknown();
        self.parts.logs.remove_of_ended();
        let found = match self.engine.sessions().await {
            Ok(found) => found,
            Err(error) => return tracing::error!(%error, "leftovers could not be looked for"),
        };
        let owned = self.standbys.owned_sessions();
        let engine = Arc::clone(&self.engine);
        self.tasks.background(async move {
            for session in found.iter().filter(|session| !owned.contains(session)) {
                tracing::info!(%session, "removing what belongs to no session");
                if let Err(error) = engine.remove(session).await {
                    tracing::error!(%session, %error, "a leftover could not be removed");
                }
            }
        });
    }
}
