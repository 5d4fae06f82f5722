//! Going back to the packages from before the last install, and canceling an install.

use std::sync::Arc;

use flowdeck_access::{disk, id};
use flowdeck_contract::{
    codes,
    packages::InstallKind,
    session::{InstallView, PhaseState, SessionFailure},
};
use flowdeck_engines::{
    engine::{EngineError, EnvironmentId},
    packages::{self, Lines},
};

use super::{Begun, Installs, Live, Made, end_install, interrupted, refuse};
use crate::{error::ComputeError, owner::Owner, sessions::Previous, state::State};

impl Installs {
    /// Begins to use the environment from before the last install again.
    pub(crate) fn begin_restore(self: &Arc<Self>, owner: &Owner) -> Result<Begun, ComputeError> {
        let (previous, environment) = self.book.look(owner, |live| {
            refuse(live)?;
            let previous = live.record.previous.clone();
            previous
                .zip(live.record.environment())
                .ok_or_else(|| ComputeError::Refused(NOTHING_TO_RESTORE.to_owned()))
        })?;
        let environment = EnvironmentId {
            generation: previous.generation,
            ..environment
        };
        let file = previous.made_of.as_ref().and_then(|made_of| made_of.file());
        let install = InstallView {
            requirements: file.unwrap_or_default().to_owned(),
            command: String::new(),
            state: PhaseState::Running,
            started: self.clock.now(),
            ended: None,
            failure: None,
            fault: None,
            kind: InstallKind::LastGood,
            lines: Vec::new(),
        };
        let begun = self.write_install(owner, install)?;
        self.book
            .log(owner)
            .line("Restoring the packages from before the last install …");
        let (installs, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            match installs.restore(&owner_id, previous, environment).await {
                Ok(()) => installs
                    .book
                    .log(&owner_id)
                    .line("The packages are restored and the runtime was restarted."),
                Err(error) => {
                    let lines = Lines::default();
                    installs
                        .install_failed(&owner_id, &error, &lines, None)
                        .await;
                }
            }
            installs.book.tell_log(&owner_id);
        });
        Ok(begun)
    }

    async fn restore(
        self: &Arc<Self>,
        owner: &Owner,
        previous: Previous,
        environment: EnvironmentId,
    ) -> Result<(), EngineError> {
        let (runtime, version) = self.swaps.start_checked(owner, &environment).await?;
        let made = Made {
            environment,
            made_of: previous.made_of,
            made_at: previous.made_at,
            runtime,
            version,
        };
        self.swaps.swap(owner, made).await
    }

    /// Ends an install that is in progress; the session is as it was before. Fine when it was canceled already.
    pub(crate) fn cancel(self: &Arc<Self>, owner: &Owner) -> Result<(), ComputeError> {
        let now = self.clock.now();
        let operation = self.book.change(owner, |live| {
            if !live.installs() {
                let install = live.record.session.install.as_ref();
                return match install.map(|install| install.state) {
                    Some(PhaseState::Canceled) => Ok(None),
                    Some(_) => Err(ComputeError::Refused(TOO_LATE.to_owned())),
                    None => Err(ComputeError::Refused(
                        "No install is in progress.".to_owned(),
                    )),
                };
            }
            end_install(&mut live.record, PhaseState::Canceled, now);
            if let Some(install) = &mut live.record.session.install {
                packages::give_up(&mut install.lines, &[]);
            }
            live.record.last_activity = now;
            if let Some(work) = &live.work {
                work.cancel();
            }
            Ok(live.record.install_operation.take())
        })?;
        if operation.is_none() {
            return Ok(());
        }
        self.operations
            .cancel(operation, "The install was canceled.");
        self.book
            .log(owner)
            .line("The install was canceled. The session didn’t change.");
        let (installs, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            installs.tidy_up(&owner_id).await;
        });
        Ok(())
    }

    /// An install that the end of an earlier server has cut off has failed.
    pub(crate) fn interrupt(&self, owner: &Owner) -> Result<(), ComputeError> {
        if !self.book.sessions().get(owner).is_some_and(Live::installs) {
            return Ok(());
        }
        let failure = SessionFailure {
            code: codes::INTERRUPTED.to_owned(),
            phase: None,
            message: "The install was interrupted by a restart of the server.".to_owned(),
            remedy: Some("Install the packages again.".to_owned()),
            fault: None,
            correlation: id::token(),
        };
        tracing::warn!(%owner, correlation = %failure.correlation, "an install was interrupted");
        let now = self.clock.now();
        let operation = self.book.change(owner, |live| {
            end_install(&mut live.record, PhaseState::Failed, now);
            if let Some(install) = &mut live.record.session.install {
                install.failure = Some(failure.clone());
                install.fault = Some(interrupted());
            }
            Ok(live.record.install_operation.take())
        })?;
        self.book
            .log(owner)
            .line(format!("{} The session didn’t change.", failure.message));
        self.operations.fail(operation, &failure);
        Ok(())
    }

    /// Removes what an install that did not come to its end left behind.
    pub(crate) async fn tidy_up(&self, owner: &Owner) {
        let record = self.book.record(owner);
        let (State::Available, Some(runtime)) = (record.state, &record.runtime) else {
            return;
        };
        if let Err(error) = self.engine.tidy(runtime, &record.generations()).await {
            self.book.log(owner).line(&error.failure.message);
        }
        if let Err(error) = disk::remove(&self.paths.work(owner, runtime.session.as_str())) {
            tracing::warn!(%error, "a copy of a flow could not be removed");
        }
    }
}

const NOTHING_TO_RESTORE: &str =
    "There is nothing to restore: no packages were installed since the compute session started.";
const TOO_LATE: &str = "Too late to cancel. The install has finished.";
