//! What is installed in a session and why, and what an install would change.

use flowdeck_contract::{
    capability::Action,
    packages::{InstallPlan, LastGood, PackagesView},
};

use super::{Core, Record, install};
use crate::{
    engine::{DryRunStart, EngineError, EnvironmentId, Requirements},
    error::ComputeError,
    flow, id,
    owner::Owner,
    packages::{self, Lines},
    paths,
};

impl Core {
    /// Every package of the session, and what differs from what the requirements file asks for.
    pub(crate) async fn packages_view(&self, owner: &Owner) -> Result<PackagesView, ComputeError> {
        let (record, environment) = self.running(owner)?;
        let engine = &self.engine;
        let inventory = engine
            .inventory(&environment)
            .await
            .map_err(install::invalid)?;
        let work = self.paths.work(&id::token());
        let (lines, steps) = match self.requirements(owner, &work) {
            Ok(Some((requirements, lines))) => {
                let start = DryRunStart::Environment;
                let printed = engine.dry_run(&environment, start, &requirements).await;
                (lines, printed.map(|lines| packages::steps(&lines)))
            }
            Ok(None) => (Lines::default(), Ok(Vec::new())),
            Err(error) => (Lines::default(), Err(error)),
        };
        forget(&work);
        let views = packages::origins(&inventory, &lines.asked);
        let (steps, error) = match steps {
            Ok(steps) => (Some(steps), None),
            Err(error) => (None, Some(sentences(error))),
        };
        let differences = steps
            .map(|steps| packages::differences(&inventory, &lines.asked, &steps, &views))
            .unwrap_or_default();
        Ok(PackagesView {
            base: inventory.base_name,
            lock: packages::lock(&inventory.packages),
            packages: views,
            differences,
            differences_error: error,
            restorable: record.previous.map(|previous| LastGood {
                made_at: previous.made_at,
                packages: previous.packages,
            }),
        })
    }

    /// What an install of the requirements file as it is on disk would do. Changes nothing.
    pub(crate) async fn install_plan(&self, owner: &Owner) -> Result<InstallPlan, ComputeError> {
        let (record, environment) = self.running(owner)?;
        let work = self.paths.work(&id::token());
        let read = self.requirements(owner, &work);
        let plan = match read.and_then(|read| read.ok_or_else(install::no_requirements)) {
            Ok((requirements, lines)) => {
                let plan = self.plan_of(&record, &environment, &requirements, &lines);
                plan.await.map_err(|error| (error, lines))
            }
            Err(error) => Err((error, Lines::default())),
        };
        forget(&work);
        plan.map_err(|(error, lines)| ComputeError::Install {
            fault: Box::new(packages::fault(&error, &lines)),
            code: error.code,
            message: error.message,
            remedy: error.remedy,
        })
    }

    async fn plan_of(
        &self,
        record: &Record,
        environment: &EnvironmentId,
        requirements: &Requirements,
        lines: &Lines,
    ) -> Result<InstallPlan, EngineError> {
        let engine = &self.engine;
        let printed = engine
            .dry_run(environment, DryRunStart::Base, requirements)
            .await?;
        let inventory = engine.inventory(environment).await?;
        let steps = packages::steps(&printed);
        let (changes, unchanged) = packages::changes(&inventory, &lines.asked, &steps);
        let new = EnvironmentId {
            session: environment.session.clone(),
            generation: record.next_generation(),
        };
        Ok(InstallPlan {
            file: requirements.file.clone(),
            base: inventory.base_name,
            changes,
            unchanged,
            command: engine.install_command(&new, requirements).await?,
        })
    }

    fn requirements(
        &self,
        owner: &Owner,
        work: &std::path::Path,
    ) -> Result<Option<(Requirements, Lines)>, EngineError> {
        let (folder, definition) = self.definition(owner)?;
        let parsed = definition.report.flow.as_ref();
        let found = flow::for_install(&self.folders(owner), &folder, parsed, work)?;
        let Some(requirements) = found else {
            return Ok(None);
        };
        let lines = Lines::read(&requirements)
            .map_err(|error| EngineError::io(&format!("Reading {}", requirements.file), &error))?;
        Ok(Some((requirements, lines)))
    }

    fn running(&self, owner: &Owner) -> Result<(Record, EnvironmentId), ComputeError> {
        let record = self.record(owner);
        if let Some(refusal) = Action::Install.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let environment = record
            .environment()
            .ok_or_else(|| ComputeError::Refused("There is no compute session.".to_owned()))?;
        Ok((record, environment))
    }
}

fn forget(work: &std::path::Path) {
    if let Err(error) = paths::remove(work) {
        tracing::warn!(%error, "a copy of a flow could not be removed");
    }
}

fn sentences(error: EngineError) -> String {
    match error.remedy {
        Some(remedy) => format!("{} {remedy}", error.message),
        None => error.message,
    }
}
