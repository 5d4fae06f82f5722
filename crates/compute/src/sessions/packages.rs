//! What is installed in a session and why, and what an install would change.

mod look_up;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use flowdeck_access::{disk, feeds::LookUps, id};
use flowdeck_contract::{
    capability::{Action, NO_SESSION},
    packages::{Difference, InstallPlan, LastGood, PackagesView, RuntimeVersions},
    session::InstalledPackage,
};
use flowdeck_engines::{
    engine::{DryRunStart, EngineError, EnvironmentId, Inventory, Requirements, SharedEngine},
    packages::{self, Lines, RuntimePackages},
};

pub use self::look_up::required_names;
use super::{Book, FlowRequirements, Installer, Record, Shared, install};
use crate::{
    error::ComputeError, flow, owner::Owner, owner_folders::OwnerFolders, paths::Paths,
    tasks::Tasks,
};

/// Answers what is asked about the packages of sessions.
pub(crate) struct Packages {
    book: Arc<Book>,
    engine: SharedEngine,
    tasks: Arc<Tasks>,
    folders: OwnerFolders,
    paths: Paths,
    requirements: Arc<FlowRequirements>,
    installer: Arc<Installer>,
    look_ups: LookUps,
}

impl Packages {
    pub(crate) fn new(
        shared: &Shared,
        requirements: &Arc<FlowRequirements>,
        installer: &Arc<Installer>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            tasks: Arc::clone(&shared.tasks),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
            requirements: Arc::clone(requirements),
            installer: Arc::clone(installer),
            look_ups: LookUps::default(),
        }
    }

    /// The packages of the session's environment, by name.
    pub(crate) async fn installed(
        &self,
        owner: &Owner,
    ) -> Result<Vec<InstalledPackage>, ComputeError> {
        let record = self.book.record(owner);
        if let Some(refusal) = Action::Update.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let environment = record
            .environment()
            .ok_or_else(|| ComputeError::Refused(NO_SESSION.to_owned()))?;
        let packages = self.engine.packages(&environment).await;
        packages.map_err(install::invalid)
    }

    /// Every package of the session and why it is there. Asks no package index, and so answers soon.
    pub(crate) async fn packages_view(&self, owner: &Owner) -> Result<PackagesView, ComputeError> {
        let (record, environment) = self.running(owner)?;
        let inventory = self.inventory(&environment).await?;
        let work = self.paths.work(owner, &id::token());
        let read = self.read(owner, &work, None).await;
        self.forget(work);
        // What asks for a package is not known while a file can't be read: that nothing does would be a guess.
        let (lines, unread) = match read {
            Ok(Some((_, lines))) => (lines, None),
            Ok(None) => (Lines::default(), None),
            Err(error) => (Lines::default(), Some(error)),
        };
        let mut views = packages::origins(&inventory, &lines.asked);
        if unread.is_some() {
            packages::without_lines(&mut views);
        }
        Ok(PackagesView {
            requirements_problem: unread.map(|error| error.failure.message),
            packages: views,
            lock: packages::lock(&lines.feeds, &inventory.packages),
            base: inventory.base_name,
            restorable: record.previous.map(|previous| LastGood {
                made_at: previous.made_at,
                packages: previous.packages,
            }),
        })
    }

    /// Where the session's packages are not what the requirements file asks for; none without such a file.
    pub(crate) async fn package_differences(
        &self,
        owner: &Owner,
    ) -> Result<Vec<Difference>, ComputeError> {
        let (_, environment) = self.running(owner)?;
        let inventory = self.inventory(&environment).await?;
        let work = self.paths.work(owner, &id::token());
        let found = match self.read(owner, &work, None).await {
            Ok(Some((requirements, lines))) => {
                let start = DryRunStart::Environment;
                match self
                    .installer
                    .dry_run(&environment, start, &requirements)
                    .await
                {
                    Ok(steps) => Ok((steps, lines)),
                    Err(error) => Err((error, lines)),
                }
            }
            Ok(None) => Ok((Vec::new(), Lines::default())),
            Err(error) => Err((error, Lines::default())),
        };
        self.forget(work);
        let (steps, lines) = found.map_err(no_plan)?;
        let views = packages::origins(&inventory, &lines.asked);
        Ok(packages::differences(
            &inventory,
            &lines.asked,
            &steps,
            &views,
        ))
    }

    /// What an install of the requirements file as it is on disk would do. Changes nothing.
    pub(crate) async fn install_plan(
        &self,
        owner: &Owner,
        versions: Option<RuntimeVersions>,
    ) -> Result<InstallPlan, ComputeError> {
        let (record, environment) = self.running(owner)?;
        let work = self.paths.work(owner, &id::token());
        let read = self.read(owner, &work, versions).await;
        let plan = match read.and_then(|read| read.ok_or_else(install::no_requirements)) {
            Ok((requirements, lines)) => {
                let plan = self.plan_of(&record, &environment, &requirements, &lines);
                plan.await.map_err(|error| (error, lines))
            }
            Err(error) => Err((error, Lines::default())),
        };
        self.forget(work);
        plan.map_err(no_plan)
    }

    async fn plan_of(
        &self,
        record: &Record,
        environment: &EnvironmentId,
        requirements: &Requirements,
        lines: &Lines,
    ) -> Result<InstallPlan, EngineError> {
        let engine = &self.engine;
        let inventory = engine.inventory(environment).await?;
        let runtime = RuntimePackages::of(&inventory.base);
        if let Some(error) = runtime.pinned(&requirements.set, Some(&inventory.markers)) {
            return Err(error);
        }
        let start = DryRunStart::Base;
        let steps = self
            .installer
            .dry_run(environment, start, requirements)
            .await?;
        let unhashed = || packages::unhashed(&requirements.set, &steps);
        if let Some(error) = runtime.changed_by(&steps, lines).or_else(unhashed) {
            return Err(error);
        }
        let (changes, unchanged) = packages::changes(&inventory, &lines.asked, &steps);
        let passed_over = requirements.passed_over.as_deref();
        let new = EnvironmentId {
            session: environment.session.clone(),
            generation: record.next_generation(),
        };
        let files = requirements
            .set
            .files()
            .iter()
            .map(|file| file.name.clone());
        Ok(InstallPlan {
            file: requirements.file.clone(),
            files: files.collect(),
            warnings: packages::warnings(&inventory, lines, &changes, passed_over),
            base: inventory.base_name,
            runtime_versions: match passed_over {
                Some(_) => RuntimeVersions::KeepBase,
                None => RuntimeVersions::AsAsked,
            },
            changes,
            unchanged,
            command: engine.install_command(&new, requirements).await?,
        })
    }

    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, ComputeError> {
        let inventory = self.engine.inventory(environment).await;
        inventory.map_err(install::invalid)
    }

    async fn read(
        &self,
        owner: &Owner,
        work: &Path,
        versions: Option<RuntimeVersions>,
    ) -> Result<Option<(Requirements, Lines)>, EngineError> {
        let (folder, definition) = self.folders.definition(owner)?;
        let around = self.folders.around(owner);
        let parsed = definition.report.flow;
        let found = flow::for_install(around, folder, parsed, work.to_owned()).await?;
        let Some(requirements) = found else {
            return Ok(None);
        };
        let requirements = self
            .requirements
            .as_settings_say(owner, requirements, versions);
        let lines = Lines::of_set(&requirements.set);
        Ok(Some((requirements, lines)))
    }

    fn running(&self, owner: &Owner) -> Result<(Record, EnvironmentId), ComputeError> {
        let record = self.book.record(owner);
        if let Some(refusal) = Action::Install.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let environment = record
            .environment()
            .ok_or_else(|| ComputeError::Refused(NO_SESSION.to_owned()))?;
        Ok((record, environment))
    }

    fn forget(&self, work: PathBuf) {
        self.tasks.blocking(move || {
            if let Err(error) = disk::remove(&work) {
                tracing::warn!(%error, "a copy of a flow could not be removed");
            }
        });
    }
}

/// What an install would fail with.
pub(super) fn no_plan((error, lines): (EngineError, Lines)) -> ComputeError {
    ComputeError::Install {
        fault: Box::new(packages::fault(&error, &lines)),
        failure: error.failure,
    }
}
