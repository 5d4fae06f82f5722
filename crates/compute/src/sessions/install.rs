//! Installing into a session that runs: a new environment is made beside the old and takes its place only when it is
//! whole, holds what was asked for, and its runtime is healthy.

use std::{sync::Arc, time::Instant};

use flowdeck_access::disk;
use flowdeck_contract::{
    capability::{Action, INSTALL_UNDER_WAY, RUN_UNDER_WAY},
    codes,
    packages::{InstallCause, InstallFault, InstallKind, RuntimeVersions},
    session::{InstallView, PhaseState},
};
use flowdeck_engines::{
    engine::{DryRunStart, EngineError, EnvironmentId, PhaseNote, Requirements, WantedBase},
    packages::{self, Lines, Progress, RuntimePackages},
};
use parking_lot::Mutex;

use super::{Begun, Core, Record, live::Live, packages::no_plan, swap::Made};
use crate::{
    error::ComputeError,
    flow::{self, Fingerprint, Prepared},
    owner::Owner,
};

impl Core {
    /// Begins an install of the flow's requirements file.
    pub(crate) async fn begin_install(
        self: &Arc<Self>,
        owner: &Owner,
        versions: Option<RuntimeVersions>,
    ) -> Result<Begun, ComputeError> {
        match versions {
            None => self.book.look(owner, refuse)?,
            Some(versions) => self.book.change(owner, |live| {
                refuse(live)?;
                live.record.view.settings.runtime_versions = versions;
                Ok(())
            })?,
        }
        let plan = self.plan(owner).await.map_err(no_install)?;
        let install = InstallView {
            requirements: plan.requirements.file.clone(),
            command: plan.command.clone(),
            state: PhaseState::Running,
            started: self.now(),
            ended: None,
            failure: None,
            fault: None,
            kind: InstallKind::Requirements,
            lines: Vec::new(),
        };
        let begun = self.write_install(owner, install)?;
        self.book.log(owner).line(format!("$ {}", plan.command));
        let (core, owner_id) = (Arc::clone(self), owner.clone());
        self.work(owner, async move {
            core.carry_out_install(&owner_id, plan).await;
        });
        Ok(begun)
    }

    /// Writes down that an install, or what is like one, is in progress.
    pub(super) fn write_install(
        &self,
        owner: &Owner,
        install: InstallView,
    ) -> Result<Begun, ComputeError> {
        let operation = self.operations.begin()?;
        let begun = self.book.change(owner, |live| {
            refuse(live)?;
            live.record.install_operation = Some(operation.clone());
            live.record.last_activity = install.started;
            live.record.view.install = Some(install);
            live.record.require_session()
        });
        let session = begun.inspect_err(|error| {
            self.operations
                .cancel(Some(operation.clone()), &error.to_string());
        })?;
        Ok(Begun { session, operation })
    }

    async fn plan(&self, owner: &Owner) -> Result<Plan, EngineError> {
        let (folder, definition) = self.folders.definition(owner)?;
        let record = self.book.record(owner);
        let old = record
            .environment()
            .ok_or_else(|| EngineError::new(codes::NO_SESSION, "There is no compute session."))?;
        let new = EnvironmentId {
            session: old.session.clone(),
            generation: record.next_generation(),
        };
        let (work, flows) = (
            self.paths.work(owner, new.session.as_str()),
            self.folders.around(owner),
        );
        let Prepared {
            made_of,
            requirements,
            ..
        } = flow::prepared(flows, folder, definition, work).await?;
        let requirements = requirements.ok_or_else(no_requirements)?;
        requirements.set.require_readable()?;
        let requirements = self.as_settings_say(owner, requirements, None);
        let command = self.engine.install_command(&new, &requirements).await?;
        Ok(Plan {
            new,
            requirements,
            made_of,
            command,
        })
    }

    async fn carry_out_install(self: &Arc<Self>, owner: &Owner, plan: Plan) {
        let result = match self.make_beside(owner, &plan).await {
            Ok(made) => self.swap(owner, made).await,
            Err(error) => Err(error),
        };
        let work = self.paths.work(owner, plan.new.session.as_str());
        // While the work folder is there still, the lines at fault can be found.
        if let Err(error) = result {
            let lines = Lines::of_set(&plan.requirements.set);
            self.install_failed(owner, &error, &lines, Some(&plan.new))
                .await;
        } else {
            self.book
                .log(owner)
                .line("The packages are installed and the runtime was restarted.");
        }
        if let Err(error) = disk::remove(&work) {
            tracing::warn!(%error, "a copy of a flow could not be removed");
        }
        self.book.tell_log(owner);
    }

    async fn make_beside(&self, owner: &Owner, plan: &Plan) -> Result<Made, EngineError> {
        let log = self.book.log(owner);
        self.engine
            .prepare_base(&plan.new.session, &WantedBase::default(), &log)
            .await?;
        self.engine.create_environment(&plan.new).await?;
        let began = Instant::now();
        self.install_and_verify(owner, &plan.new, &plan.requirements)
            .await?;
        let took = began.elapsed();
        log.line("Starting a runtime with the new packages …");
        let (runtime, version) = match self.start_checked(owner, &plan.new).await {
            Ok(started) => started,
            Err(error) => {
                let explained = self.explained(&plan.new, &plan.requirements, error);
                return Err(explained.await);
            }
        };
        self.keep(owner, &plan.new, &plan.requirements, took).await;
        Ok(Made {
            environment: plan.new.clone(),
            made_of: Some(plan.made_of.clone()),
            made_at: self.now(),
            runtime,
            version,
        })
    }

    /// Installs into an environment that nobody uses yet, and looks whether it holds what was asked for.
    pub(super) async fn install_and_verify(
        &self,
        owner: &Owner,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<PhaseNote, EngineError> {
        let log = self.book.log(owner);
        let lines = Lines::of_set(&requirements.set);
        let before = self.engine.inventory(environment).await?;
        let runtime = RuntimePackages::of(&before.base);
        if let Some(error) = runtime.pinned(&requirements.set, Some(&before.markers)) {
            return Err(error);
        }
        if requirements.set.needs_hashes() {
            let start = DryRunStart::Environment;
            let steps = self.dry_run(environment, start, requirements).await?;
            if let Some(error) = packages::unhashed(&requirements.set, &steps) {
                return Err(error);
            }
        }
        let progress = Mutex::new(Progress::new(&lines.asked, &before));
        let read_line = |line: &str| {
            let mut progress = progress.lock();
            if progress.read_line(line) {
                self.book.tell_lines(owner, progress.lines());
            }
        };
        let note = self
            .engine
            .install(environment, requirements, &log, &read_line)
            .await?;
        let after = self.engine.inventory(environment).await?;
        let wrong = packages::unsatisfied(&after, &lines.asked);
        if let Some(error) = wrong.or_else(|| runtime.changed_in(&after, &lines)) {
            return Err(error);
        }
        for trouble in packages::new_troubles(&after) {
            log.line(format!("Warning: {trouble}"));
        }
        let mut progress = progress.lock();
        progress.finish(&after);
        self.book.tell_lines(owner, progress.lines());
        Ok(note)
    }

    /// A runtime that didn't start, with what its environment has in the place of the base's packages.
    pub(super) async fn explained(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        error: EngineError,
    ) -> EngineError {
        if error.code != "RuntimeDied" && error.code != "RuntimeNotReady" {
            return error;
        }
        match self.engine.inventory(environment).await {
            Ok(inventory) => {
                let lines = Lines::of_set(&requirements.set);
                packages::does_not_start(error, &inventory, &lines)
            }
            Err(unread) => {
                tracing::warn!(error = %unread, "the packages of a runtime that didn't start can't be read");
                error
            }
        }
    }

    /// The session stays as it was; `made` is removed.
    pub(super) async fn install_failed(
        &self,
        owner: &Owner,
        error: &EngineError,
        lines: &Lines,
        made: Option<&EnvironmentId>,
    ) {
        if let Some(made) = made
            && let Err(error) = self.engine.remove_environment(made).await
        {
            self.book.log(owner).line(&error.message);
        }
        if !self.book.sessions().get(owner).is_some_and(Live::installs) {
            return;
        }
        let failure = self.failure(owner, error);
        self.book.log(owner).line(format!(
            "The install failed: {} The session didn’t change.",
            failure.message
        ));
        let (now, fault) = (self.now(), packages::fault(error, lines));
        let changed = self.book.change(owner, |live| {
            let record = &mut live.record;
            record.last_activity = now;
            end_install(record, PhaseState::Failed, now);
            if let Some(install) = &mut record.view.install {
                packages::give_up(&mut install.lines, &error.about);
                install.failure = Some(failure.clone());
                install.fault = Some(fault);
            }
            Ok(record.install_operation.take())
        });
        match changed {
            Ok(operation) => self.operations.fail(operation, &failure),
            Err(error) => {
                tracing::error!(%owner, %error, "a failed install could not be written down");
            }
        }
    }
}

/// What an install is to do.
struct Plan {
    new: EnvironmentId,
    requirements: Requirements,
    made_of: Fingerprint,
    command: String,
}

/// Marks the install as ended.
pub(super) fn end_install(record: &mut Record, state: PhaseState, now: flowdeck_contract::Millis) {
    if let Some(install) = &mut record.view.install {
        (install.state, install.ended) = (state, Some(now));
    }
}

/// An install that the server's end cut off.
pub(super) fn interrupted() -> InstallFault {
    InstallFault {
        cause: InstallCause::Interrupted,
        requirement: None,
        asked_by: None,
    }
}

pub(super) fn refuse(live: &Live) -> Result<(), ComputeError> {
    let refusal = Action::Install.refusal(live.record.state.public());
    let refusal = refusal.or_else(|| live.installs().then_some(INSTALL_UNDER_WAY));
    let refusal = refusal.or_else(|| (!live.runs.is_empty()).then_some(RUN_UNDER_WAY));
    refusal.map_or(Ok(()), |refusal| {
        Err(ComputeError::Refused(refusal.to_owned()))
    })
}

pub(super) fn no_requirements() -> EngineError {
    EngineError::new(
        codes::REQUIREMENT_FILE_MISSING,
        "The flow has no requirements file.",
    )
    .with_remedy("Add a requirements.txt to the flow folder.")
}

/// What an install is refused for before it begins.
fn no_install(error: EngineError) -> ComputeError {
    match packages::blamed(&error) {
        Some(_) => no_plan((error, Lines::default())),
        None => invalid(error),
    }
}

pub(super) fn invalid(error: EngineError) -> ComputeError {
    ComputeError::Unavailable {
        code: error.code,
        message: error.message,
        remedy: error.remedy,
    }
}
