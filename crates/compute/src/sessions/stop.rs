//! Ending a session, and ending it to start again.

use std::sync::Arc;

use flowdeck_access::{disk, id};
use flowdeck_contract::{capability::Action, ids::SessionId, settings::SessionSettings};
use flowdeck_engines::engine::{EngineError, SharedEngine};

use super::{Begun, Book, Failures, OwnEnvironments, SessionLogs, Shared, Starts};
use crate::{
    allotter::{Allotment, Allotter, Anew},
    clock::Clock,
    error::ComputeError,
    operations::Operations,
    owner::Owner,
    owner_folders::OwnerFolders,
    paths::Paths,
    preflight::Checks,
    standby::Standbys,
    tasks::Tasks,
};

/// Ends sessions.
pub(crate) struct Stops {
    book: Arc<Book>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
    folders: OwnerFolders,
    paths: Paths,
    allotter: Arc<Allotter>,
    standbys: Arc<Standbys>,
    checks: Arc<Checks>,
    own: Arc<OwnEnvironments>,
    logs: Arc<SessionLogs>,
    starts: Arc<Starts>,
    failures: Arc<Failures>,
}

impl Stops {
    pub(crate) fn new(
        shared: &Shared,
        checks: &Arc<Checks>,
        own: &Arc<OwnEnvironments>,
        logs: &Arc<SessionLogs>,
        starts: &Arc<Starts>,
        failures: &Arc<Failures>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
            allotter: Arc::clone(&shared.allotter),
            standbys: Arc::clone(&shared.standbys),
            checks: Arc::clone(checks),
            own: Arc::clone(own),
            logs: Arc::clone(logs),
            starts: Arc::clone(starts),
            failures: Arc::clone(failures),
        }
    }

    /// Begins the end of a session: of one that runs, has failed, or is being made.
    pub(crate) fn begin_stop(
        self: &Arc<Self>,
        owner: &Owner,
        why: &str,
    ) -> Result<Begun, ComputeError> {
        self.begin_end(owner, Action::Stop, None, why)
    }

    /// Begins the end of a session that is followed by a new one.
    pub(crate) fn begin_reset(
        self: &Arc<Self>,
        owner: &Owner,
        settings: Option<&SessionSettings>,
        why: &str,
    ) -> Result<Begun, ComputeError> {
        self.begin_again(owner, settings, Anew::default(), why)
    }

    /// As [`Stops::begin_reset`], with parts of the session made again.
    pub(crate) fn begin_renewal(
        self: &Arc<Self>,
        owner: &Owner,
        anew: Anew,
    ) -> Result<Begun, ComputeError> {
        let why = match (anew.environment, anew.image) {
            (false, false) => "Resetting the compute session.",
            (true, false) => "Resetting the compute session and rebuilding its environment.",
            (false, true) => "Resetting the compute session and pulling its image.",
            (true, true) => {
                "Resetting the compute session, pulling its image and rebuilding its environment."
            }
        };
        self.begin_again(owner, None, anew, why)
    }

    fn begin_again(
        self: &Arc<Self>,
        owner: &Owner,
        settings: Option<&SessionSettings>,
        anew: Anew,
        why: &str,
    ) -> Result<Begun, ComputeError> {
        self.folders.of(owner)?;
        let record = self.book.record(owner);
        if let Some(refusal) = Action::Reset.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        self.checks.require_image_reference(owner)?;
        let _allotting = self.allotter.allotting();
        let next = Allotment {
            anew,
            keep: record.session.image.clone().filter(|_| !anew.image),
            ..self
                .allotter
                .allot(owner, settings.unwrap_or(&record.session.settings))?
        };
        self.begin_end(owner, Action::Reset, Some(next), why)
    }

    fn begin_end(
        self: &Arc<Self>,
        owner: &Owner,
        action: Action,
        next: Option<Allotment>,
        why: &str,
    ) -> Result<Begun, ComputeError> {
        let operation = self.operations.begin()?;
        let begun = self.book.change(owner, |live| {
            if let Some(refusal) = action.refusal(live.record.state.public()) {
                return Err(ComputeError::Refused(refusal.to_owned()));
            }
            live.record.stop(next)?;
            if let Some(work) = &live.work {
                work.cancel();
            }
            Ok((
                live.record.require_session()?,
                live.record.operation.replace(operation.clone()),
                live.record.install_operation.take(),
            ))
        });
        let (session, start, install) = begun.inspect_err(|error| {
            self.operations
                .cancel(Some(operation.clone()), &error.to_string());
        })?;
        self.operations
            .cancel(start, "The compute session was stopped.");
        self.operations
            .cancel(install, "The compute session was stopped.");
        self.book.log(owner).line(why);
        self.spawn_stop(owner);
        Ok(Begun { session, operation })
    }

    /// Carries out the end that the session's record says is in progress.
    pub(crate) fn spawn_stop(self: &Arc<Self>, owner: &Owner) {
        let (stops, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            if let Err(error) = stops.carry_out_stop(&owner_id).await {
                stops.failures.fail_to_end(&owner_id, &error).await;
            }
        });
    }

    async fn carry_out_stop(self: &Arc<Self>, owner: &Owner) -> Result<(), EngineError> {
        let record = self.book.record(owner);
        if let Some(session) = &record.session.session_id {
            self.engine.remove(session).await?;
            let work = self.paths.work(owner, session.as_str());
            if let Err(error) = disk::remove(&work) {
                tracing::warn!(%error, "a copy of a flow could not be removed");
            }
        }
        self.book.log(owner).line("The compute session is gone.");
        self.book.tell_log(owner);
        let internal = |error: ComputeError| EngineError::new("StoreFailed", error.to_string());
        self.allotter.instance_was_used(&record);
        if let Some(next) = record.next {
            return self.start_again(owner, next).map_err(internal);
        }
        let operation = self.book.change(owner, |live| {
            live.record.gone()?;
            Ok(live.record.operation.take())
        });
        let operation = operation.map_err(internal)?;
        self.own.forget_unless_it_exists(owner);
        self.logs.remove_of_ended();
        self.operations.succeed(operation);
        self.standbys.replenish();
        Ok(())
    }

    fn start_again(self: &Arc<Self>, owner: &Owner, given: Allotment) -> Result<(), ComputeError> {
        let (session, now) = (id::random::<SessionId>(), self.clock.now());
        self.book.change(owner, |live| {
            live.record.gone()?;
            Ok(live.record.start(session.clone(), given, now)?)
        })?;
        self.starts.spawn_start(owner, session);
        Ok(())
    }
}
