//! What is done with sessions' environments.

use std::time::Duration;

use async_trait::async_trait;
use flowdeck_contract::{session::InstalledPackage, settings::EnvironmentCache};

use super::{
    DryRunStart, EngineError, EnvironmentId, Inventory, KeptEnvironment, OutputSink, PhaseNote,
    Requirements,
};
use crate::log::LogFile;

/// Makes environments, and installs into them. Whoever runs [`Commands`](super::Commands) has it; each may be dropped
/// at any await.
#[async_trait]
pub trait Environments: Send + Sync {
    /// Makes the session's environment from the base.
    async fn create_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<PhaseNote, EngineError>;

    /// The exact command that [`Environments::install`] would run, for people to read.
    async fn install_command(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<String, EngineError>;

    /// Installs a requirements file into an environment; every line of output goes to `log`, and to `sink`, as it
    /// comes.
    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
        sink: OutputSink<'_>,
    ) -> Result<PhaseNote, EngineError>;

    /// What [`Environments::install`] would change of `start`, as the lines it would print. Changes nothing.
    async fn dry_run(
        &self,
        environment: &EnvironmentId,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<String>, EngineError>;

    /// Whether the environment satisfies the requirements file already; quick, without a network.
    async fn satisfies(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError>;

    /// Makes the environment of one that was kept for the same base and requirements; `None` when none is, or the one
    /// that is there is not whole.
    async fn reuse_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError>;

    /// Whether an environment is kept that is the base and more, so that [`Environments::add_kept`] could add it to
    /// this one, which was made from the base alone.
    async fn can_add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<bool, EngineError>;

    /// Adds what a kept environment has beside the base to one that was made from the base alone, with a standby runtime.
    /// Nothing that the runtime may have loaded changes. When this gives `None` or fails, the environment can't be used.
    async fn add_kept(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError>;

    /// Keeps a copy of an environment, with how long its install took, for [`Environments::reuse_environment`]. Says
    /// what came of it, in a line.
    async fn keep_environment(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        took: Duration,
    ) -> Result<PhaseNote, EngineError>;

    /// How many environments are kept; `None` when this engine keeps none.
    fn kept_environments(&self) -> Option<EnvironmentCache>;

    /// Deletes one environment of a session that goes on with another.
    async fn remove_environment(&self, environment: &EnvironmentId) -> Result<(), EngineError>;

    /// The packages of an environment, by name.
    async fn packages(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Vec<InstalledPackage>, EngineError>;

    /// Everything that is known of an environment's packages.
    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, EngineError>;
}
