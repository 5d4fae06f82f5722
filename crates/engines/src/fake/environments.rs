//! Environments in memory.

use std::time::Duration;

use async_trait::async_trait;
use flowdeck_contract::{session::InstalledPackage, settings::EnvironmentCache};

use super::{FakeEngine, Step, packages};
use crate::{
    engine::{
        DryRunStart, EngineError, EnvironmentId, Environments, Inventory, KeptEnvironment,
        OutputSink, PhaseNote, Requirements,
    },
    log::LogFile,
};

#[async_trait]
impl Environments for FakeEngine {
    async fn create_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<PhaseNote, EngineError> {
        self.world()
            .environments
            .entry(environment.session.clone())
            .or_default()
            .insert(environment.generation);
        self.pass(Step::CreateEnvironment, &environment.session, &|_| ())
            .await?;
        Ok(None)
    }

    async fn install_command(
        &self,
        _: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<String, EngineError> {
        Ok(format!("install -r {}", requirements.file))
    }

    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
        sink: OutputSink<'_>,
    ) -> Result<PhaseNote, EngineError> {
        let say = |line: &str| {
            log.line(line);
            sink(line);
        };
        log.line(format!("installing {}", requirements.file));
        say("Using Python 3.11.7 environment at: nowhere");
        self.pass_install(environment, &say).await?;
        packages::printed(requirements, &self.base(), &[])?
            .iter()
            .for_each(|line| say(line));
        let brings = packages::asked(requirements, &self.base())?;
        self.world().brought.insert(environment.clone(), brings);
        Ok(Some("installed".to_owned()))
    }

    async fn dry_run(
        &self,
        environment: &EnvironmentId,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<String>, EngineError> {
        self.pass(Step::DryRun, &environment.session, &|_| ())
            .await?;
        let there = match start {
            DryRunStart::Base => Vec::new(),
            DryRunStart::Environment => self.brought(environment),
        };
        packages::printed(requirements, &self.base(), &there)
    }

    async fn satisfies(&self, _: &EnvironmentId, _: &Requirements) -> Result<bool, EngineError> {
        Ok(self.world().satisfied)
    }

    async fn remove_environment(&self, environment: &EnvironmentId) -> Result<(), EngineError> {
        let mut world = self.world();
        world.brought.remove(environment);
        if let Some(generations) = world.environments.get_mut(&environment.session) {
            generations.remove(&environment.generation);
        }
        Ok(())
    }

    async fn packages(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Vec<InstalledPackage>, EngineError> {
        Ok([self.base(), self.brought(environment)].concat())
    }

    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, EngineError> {
        packages::inventory(self.base(), &self.brought(environment))
    }

    async fn reuse_environment(
        &self,
        _: &EnvironmentId,
        _: &Requirements,
        _: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        Ok(None)
    }

    async fn can_add_kept(&self, _: &EnvironmentId, _: &Requirements) -> Result<bool, EngineError> {
        Ok(false)
    }

    async fn add_kept(
        &self,
        _: &EnvironmentId,
        _: &Requirements,
        _: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        Ok(None)
    }

    async fn keep_environment(
        &self,
        _: &EnvironmentId,
        _: &Requirements,
        _: Duration,
    ) -> Result<PhaseNote, EngineError> {
        Ok(None)
    }

    fn kept_environments(&self) -> Option<EnvironmentCache> {
        None
    }
}
