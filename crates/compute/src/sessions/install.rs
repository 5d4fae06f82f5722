//! Installing into a session that runs: a new environment is made beside the old and takes its place only when it is
//! whole, holds what was asked for, and its runtime is healthy.

mod restore;

use std::{sync::Arc, time::Instant};

use flowdeck_access::disk;
use flowdeck_contract::{
    capability::{Action, INSTALL_UNDER_WAY, NO_SESSION, RUN_UNDER_WAY},
    codes,
    packages::{InstallCause, InstallFault, InstallKind, RuntimeVersions},
    session::{InstallView, PhaseState},
};
use flowdeck_engines::{
    engine::{EngineError, EnvironmentId, Pace, Requirements, SharedEngine, WantedBase},
    packages::{self, Lines},
};

use super::{
    Begun, Book, FlowRequirements, Installer, KeptEnvironments, Record, Shared,
    fail::failure,
    live::Live,
    packages::no_plan,
    swap::{Made, Swaps},
};
use crate::{
    clock::Clock,
    error::ComputeError,
    flow::{self, Fingerprint, Prepared},
    operations::Operations,
    owner::Owner,
    owner_folders::OwnerFolders,
    paths::Paths,
    tasks::Tasks,
};

/// Installs into sessions that run.
pub(crate) struct Installs {
    book: Arc<Book>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
    folders: OwnerFolders,
    paths: Paths,
    requirements: Arc<FlowRequirements>,
    installer: Arc<Installer>,
    kept: Arc<KeptEnvironments>,
    swaps: Arc<Swaps>,
}

impl Installs {
    pub(crate) fn new(
        shared: &Shared,
        requirements: &Arc<FlowRequirements>,
        installer: &Arc<Installer>,
        kept: &Arc<KeptEnvironments>,
        swaps: &Arc<Swaps>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
            requirements: Arc::clone(requirements),
            installer: Arc::clone(installer),
            kept: Arc::clone(kept),
            swaps: Arc::clone(swaps),
        }
    }

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
                live.record.session.settings.runtime_versions = versions;
                Ok(())
            })?,
        }
        let plan = self.plan(owner).await.map_err(no_install)?;
        let install = InstallView {
            requirements: plan.requirements.file.clone(),
            command: plan.command.clone(),
            state: PhaseState::Running,
            started: self.clock.now(),
            ended: None,
            failure: None,
            fault: None,
            kind: InstallKind::Requirements,
            lines: Vec::new(),
        };
        let begun = self.write_install(owner, install)?;
        self.book.log(owner).line(format!("$ {}", plan.command));
        let (installs, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            installs.carry_out_install(&owner_id, plan).await;
        });
        Ok(begun)
    }

    /// Writes down that an install, or what is like one, is in progress.
    fn write_install(&self, owner: &Owner, install: InstallView) -> Result<Begun, ComputeError> {
        let operation = self.operations.begin()?;
        let begun = self.book.change(owner, |live| {
            refuse(live)?;
            live.record.install_operation = Some(operation.clone());
            live.record.last_activity = install.started;
            live.record.session.install = Some(install);
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
            .ok_or_else(|| EngineError::new(codes::NO_SESSION, NO_SESSION))?;
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
        let requirements = self.requirements.as_settings_say(owner, requirements, None);
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
            Ok(made) => self.swaps.swap(owner, made).await,
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
        self.engine
            .complete_base(&plan.new.session, Pace::Awaited)
            .await?;
        self.engine.create_environment(&plan.new).await?;
        let began = Instant::now();
        self.installer
            .install_and_verify(owner, &plan.new, &plan.requirements)
            .await?;
        let took = began.elapsed();
        log.line("Starting a runtime with the new packages …");
        let (runtime, version) = match self.swaps.start_checked(owner, &plan.new).await {
            Ok(started) => started,
            Err(error) => {
                let explained = self
                    .installer
                    .explained(&plan.new, &plan.requirements, error);
                return Err(explained.await);
            }
        };
        self.kept
            .keep(owner, &plan.new, &plan.requirements, took)
            .await;
        Ok(Made {
            environment: plan.new.clone(),
            made_of: Some(plan.made_of.clone()),
            made_at: self.clock.now(),
            runtime,
            version,
        })
    }

    /// The session stays as it was; `made` is removed.
    async fn install_failed(
        &self,
        owner: &Owner,
        error: &EngineError,
        lines: &Lines,
        made: Option<&EnvironmentId>,
    ) {
        if let Some(made) = made
            && let Err(error) = self.engine.remove_environment(made).await
        {
            self.book.log(owner).line(&error.failure.message);
        }
        if !self.book.sessions().get(owner).is_some_and(Live::installs) {
            return;
        }
        let failure = failure(owner, error);
        self.book.log(owner).line(format!(
            "The install failed: {} The session didn’t change.",
            failure.message
        ));
        let (now, fault) = (self.clock.now(), packages::fault(error, lines));
        let changed = self.book.change(owner, |live| {
            let record = &mut live.record;
            record.last_activity = now;
            end_install(record, PhaseState::Failed, now);
            if let Some(install) = &mut record.session.install {
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
    if let Some(install) = &mut record.session.install {
        (install.state, install.ended) = (state, Some(now));
    }
}

/// An install that the server's end cut off.
fn interrupted() -> InstallFault {
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
    ComputeError::Unavailable(error.failure)
}
