//! The cut between sessions and what they are made of: an engine makes environments, installs packages and keeps
//! runtimes. It knows nothing of flows' states, runs or the store.

mod base;
mod environment;
mod error;
mod runtime;
mod share;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use flowdeck_contract::{
    ids::SessionId,
    image::ImageReference,
    session::{InstalledPackage, SessionImage},
    settings::EnvironmentCache,
};

pub(crate) use self::share::MOST_PROCESSES;
pub use self::{
    base::{Base, BaseState, DefaultImage, PullHeard, Shown, WantedBase},
    environment::{
        Downloads, DryRunStart, EnvironmentId, Inventory, KeptEnvironment, PackageFacts,
        Requirements,
    },
    error::{EngineError, IMAGE_REFUSED, MEMORY_EXCEEDED},
    runtime::{ExecutorReply, ExecutorRequest, Handle, Runtime, RuntimeInfo},
    share::Share,
};
use crate::{log::LogFile, registry::Platform};

/// Makes sessions of one kind. Every method may be dropped at any await; [`Engine::remove`] then cleans up.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Why it cannot run base images, and how to get an engine that can, as sentences; `None` when it can.
    fn images_unavailable(&self) -> Option<String>;

    /// Whether sessions have a network of their own, so that this machine's loopback is not theirs.
    fn has_own_network(&self) -> bool {
        false
    }

    /// The image of sessions that ask for none; `None` on an engine without images.
    fn default_image(&self) -> Option<DefaultImage> {
        None
    }

    /// What images run on here; `None` for this machine's own platform.
    fn platform(&self) -> Option<Platform> {
        None
    }

    /// The image of this name that is here and would be used without asking its registry.
    async fn image_here(
        &self,
        _image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        Ok(None)
    }

    /// For whom a runtime can stand by.
    fn stands_by_for(&self) -> StandsByFor {
        StandsByFor::Anyone
    }

    /// Whether a session that stands by for a flow is what a start would make: of this base and size, at work in these
    /// very folders. Asked only where one stands by for [`StandsByFor::OneFlow`].
    async fn fits(
        &self,
        _session: &SessionId,
        _place: &Place,
        _wanted: &WantedBase<'_>,
        _share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        Ok(true)
    }

    /// Reserves a folder (or its like) for a session. Fails early when none can be had.
    async fn allocate(&self, session: &SessionId, place: &Place) -> Result<PhaseNote, EngineError>;

    /// Bounds what a session's processes may use, those that run and those to come; on a compute instance, together with
    /// those of the other sessions on it. One that uses more memory fails with `MemoryExceeded`, wherever it is. Bounding
    /// it again does no harm.
    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError>;

    /// Makes sure that the base of a session is there: the base packages, or the image that is asked for. A session that
    /// has its base keeps it, whatever has become of the image's tag.
    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError>;

    /// Makes the session's environment from the base.
    async fn create_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<PhaseNote, EngineError>;

    /// The exact command that [`Engine::install`] would run, for people to read.
    async fn install_command(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<String, EngineError>;

    /// Installs a requirements file into an environment; every line of output goes to `log`, and to `heard`, as it comes.
    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        log: &LogFile,
        heard: Heard<'_>,
    ) -> Result<PhaseNote, EngineError>;

    /// What [`Engine::install`] would change of `start`, as the lines it would print. Changes nothing.
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

    /// Makes the environment of one that was kept for the same base and requirements; `None` when none is, or the one that
    /// is there is not whole.
    async fn reuse_environment(
        &self,
        _environment: &EnvironmentId,
        _requirements: &Requirements,
        _log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        Ok(None)
    }

    /// Whether an environment is kept that is the base and more, so that [`Engine::add_kept`] could add it to this one,
    /// which was made from the base alone.
    async fn can_add_kept(
        &self,
        _environment: &EnvironmentId,
        _requirements: &Requirements,
    ) -> Result<bool, EngineError> {
        Ok(false)
    }

    /// Adds what a kept environment has beside the base to one that was made from the base alone and whose runtime stands
    /// by. Nothing that the runtime may have loaded changes. When this gives `None` or fails, the environment is of no
    /// use any more.
    async fn add_kept(
        &self,
        _environment: &EnvironmentId,
        _requirements: &Requirements,
        _log: &LogFile,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        Ok(None)
    }

    /// Keeps a copy of an environment, which it took so long to install, for [`Engine::reuse_environment`]. Says what
    /// came of it, in a line.
    async fn keep_environment(
        &self,
        _environment: &EnvironmentId,
        _requirements: &Requirements,
        _took: Duration,
    ) -> Result<PhaseNote, EngineError> {
        Ok(None)
    }

    /// How many environments are kept; `None` when this engine keeps none.
    fn kept_environments(&self) -> Option<EnvironmentCache> {
        None
    }

    /// Deletes one environment of a session that goes on with another.
    async fn remove_environment(&self, environment: &EnvironmentId) -> Result<(), EngineError>;

    /// Starts promptflow's executor service in an environment. It outlives this process; what it prints goes to `log`.
    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError>;

    /// Waits, within bounds, until the executor is healthy.
    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError>;

    /// Whether the runtime still is that very one, and lives. An error says that nobody could look: it may live.
    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError>;

    /// Waits until the runtime has died, for whatever reason; gives the reason.
    async fn died(&self, runtime: &Runtime) -> EngineError;

    /// Ends a runtime and everything it started.
    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError>;

    /// Ends and deletes everything of a runtime's session but the runtime and the environments of these generations.
    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError>;

    /// Sends a request to the executor and waits for its answer.
    async fn request(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError>;

    /// The packages of an environment, by name.
    async fn packages(
        &self,
        environment: &EnvironmentId,
    ) -> Result<Vec<InstalledPackage>, EngineError>;

    /// Everything that is known of an environment's packages.
    async fn inventory(&self, environment: &EnvironmentId) -> Result<Inventory, EngineError>;

    /// Ends and deletes everything of a session: processes, folders, sockets. Fine when there is nothing.
    async fn remove(&self, session: &SessionId) -> Result<(), EngineError>;

    /// Every session of which something exists, whoever made it.
    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError>;
}

/// For whom a runtime stands by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandsByFor {
    /// Whoever starts next.
    Anyone,
    /// The flow that it was made for: what it works on has to be known when it is made.
    OneFlow,
}

/// Where a session is at work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The flow folder; `None` for a runtime that stands by for anyone.
    pub flow: Option<PathBuf>,
    /// Further folders, which exist, that it reads and writes: what runs leave, and passing copies of the flow.
    pub others: Vec<PathBuf>,
}

/// Told each line that an install prints.
pub type Heard<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// What a phase did, in a line.
pub type PhaseNote = Option<String>;

/// An engine that can be shared.
pub type SharedEngine = Arc<dyn Engine>;

/// Environment variables for a process, by name.
pub(crate) type Variables = BTreeMap<String, String>;
