//! The cut between sessions and what they are made of: an engine makes environments, installs packages and keeps
//! runtimes. It knows nothing of flows' states, runs or the store.

mod base;
mod commands;
mod environment;
mod environments;
mod running;
mod runtime;
mod share;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use flowdeck_access::registry::Platform;
use flowdeck_contract::{ids::SessionId, image::ImageReference, session::SessionImage};

pub use flowdeck_access::{Variables, error::EngineError};

pub use self::{
    base::{Base, BaseState, DefaultImage, IMAGE_REFUSED, PullSink, RegistryAccess, WantedBase},
    environment::{
        Downloads, DryRunStart, EnvironmentId, Inventory, KeptEnvironment, PackageFacts,
        Requirements,
    },
    environments::Environments,
    runtime::{Address, ExecutorReply, ExecutorRequest, Handle, Runtime, RuntimeInfo},
    share::{MEMORY_EXCEEDED, Share, gib},
};
pub(crate) use self::{
    commands::{AboutBase, Command, Commands, End, Follow, Output, Shelf, Workspace},
    running::{Printed, Running},
    share::MOST_PROCESSES,
};
use crate::{
    executor::{death, health, http},
    log::LogFile,
};

/// Makes sessions of one kind. Every method may be dropped at any await; [`Engine::remove`] then cleans up.
#[async_trait]
pub trait Engine: Environments + Send + Sync + 'static {
    /// What is always so of it.
    fn abilities(&self) -> Abilities;

    /// The image of this name that is here and would be used without asking its registry.
    async fn image_here(
        &self,
        _image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        Ok(None)
    }

    /// Whether a standby session of a flow is what a start would make: of this base and size, at work in these
    /// very folders. Asked only where one is kept for [`StandsByFor::OneFlow`].
    async fn fits(
        &self,
        _session: &SessionId,
        _place: &WorkFolders,
        _wanted: &WantedBase<'_>,
        _share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        Ok(true)
    }

    /// Reserves a folder (or its like) for a session. Fails early when there can be none.
    async fn allocate(
        &self,
        session: &SessionId,
        place: &WorkFolders,
    ) -> Result<PhaseNote, EngineError>;

    /// Bounds what a session's processes may use, those that run and those to come; on a compute instance, together
    /// with those of the other sessions on it. One that uses more memory fails with `MemoryExceeded`, wherever it is.
    /// Bounding it again does no harm.
    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError>;

    /// Makes sure that the base of a session is there: the base packages, or the image that is asked for. A session
    /// that has its base keeps it, even when the image's tag has moved.
    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError>;

    /// Does what no runtime waits for to the base of a session, such as compiling what flows alone load, and gives it to
    /// the session's environments. An install waits for it: what it makes is kept with all that the base has.
    async fn complete_base(&self, _session: &SessionId, _pace: Pace) -> Result<(), EngineError> {
        Ok(())
    }

    /// Starts promptflow's executor service in an environment. It outlives this process; what it prints goes to `log`.
    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError>;

    /// Waits, within bounds, until the executor is healthy.
    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError> {
        tokio::select! {
            info = health::check(&runtime.address) => info,
            death = self.died(runtime) => Err(death::with_last_lines(death, log)),
        }
    }

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
    ) -> Result<ExecutorReply, EngineError> {
        http::send(&runtime.address, request).await
    }

    /// Ends and deletes everything of a session: processes, folders, sockets. Fine when there is nothing.
    async fn remove(&self, session: &SessionId) -> Result<(), EngineError>;

    /// Every session of which something exists, whoever made it.
    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError>;
}

/// What an engine can do, which does not change while it is used.
#[derive(Clone, Debug, Default)]
pub struct Abilities {
    /// Why it cannot run base images, and how to get an engine that can, as sentences; `None` when it can.
    pub images_unavailable: Option<String>,
    /// Whether sessions have a network of their own, so that this machine's loopback is not theirs.
    pub has_own_network: bool,
    /// The image of sessions that ask for none; `None` on an engine without images.
    pub default_image: Option<DefaultImage>,
    /// What images run on here; `None` for this machine's own platform.
    pub platform: Option<Platform>,
    /// What a standby runtime can be kept for.
    pub stands_by_for: StandsByFor,
}

/// What a standby runtime is kept for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StandsByFor {
    /// Whoever starts next.
    #[default]
    Anyone,
    /// The flow that it was made for: what it works on has to be known when it is made.
    OneFlow,
}

/// How fast something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for it.
    Awaited,
    /// Nobody does: it leaves the machine to whatever else there is to do.
    Idle,
}

/// Where a session is at work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkFolders {
    /// The flow folder; `None` for a standby runtime that any flow may take.
    pub flow: Option<PathBuf>,
    /// Further folders, which exist, that it reads and writes: what runs leave, and passing copies of the flow.
    pub others: Vec<PathBuf>,
}

/// Is called with each line that an install prints.
pub type OutputSink<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// What a phase did, in a line.
pub type PhaseNote = Option<String>;

/// An engine that can be shared.
pub type SharedEngine = Arc<dyn Engine>;
