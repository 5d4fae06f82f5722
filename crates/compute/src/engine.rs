//! The cut between sessions and what they are made of: an engine makes environments, installs packages and keeps
//! runtimes. It knows nothing of flows' states, runs or the store.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use flowdeck_contract::{
    Millis,
    ids::SessionId,
    image::ImageReference,
    pull::Pull,
    session::{InstalledPackage, SessionImage, SessionSize, v_cpus},
    settings::EnvironmentCache,
};
use pep508_rs::MarkerEnvironment;
use serde::{Deserialize, Serialize};

use crate::{
    catalog::gib, feeds::FeedAccess, identity::Credential, log::LogFile, registry::Platform,
};

/// Makes sessions of one kind. Every method may be dropped at any await; [`Engine::remove`] then cleans up.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Why it cannot run base images, and how to get an engine that can, as sentences; `None` when it can.
    fn images_unavailable(&self) -> Option<String>;

    /// The image of sessions that ask for none; `None` on an engine without images.
    fn default_image(&self) -> Option<&str> {
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

    /// Why no runtime can stand by, when none can: what it works on has to be known when it is made.
    fn standby_unavailable(&self) -> Option<&'static str> {
        None
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

    /// Whether an environment is kept that is the base and more, so that [`Engine::add_kept`] could add it to one made
    /// from the base alone.
    async fn can_add_kept(&self, _requirements: &Requirements) -> Result<bool, EngineError> {
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

    /// Whether the runtime still is that very one, and lives.
    async fn is_alive(&self, runtime: &Runtime) -> bool;

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

/// Told each line that an install prints.
pub type Heard<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// Told how far the pull of an image is.
pub type PullHeard<'a> = &'a (dyn Fn(Pull) + Send + Sync);

/// What a session may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// How much.
    pub size: SessionSize,
    /// The compute instance whose size that is; what all sessions on it use counts. `None` when it is the session's alone.
    pub instance: Option<String>,
}

impl Share {
    /// How much, whoever shares it.
    pub(crate) fn alone(&self) -> Self {
        Self {
            size: self.size.clone(),
            instance: None,
        }
    }

    /// That a session did what it may not: `did` says what, and how much of memory.
    pub(crate) fn exceeded(&self, did: &str) -> EngineError {
        let (name, has) = (&self.size.name, gib(self.size.memory_mb));
        let (message, remedy) = match &self.instance {
            None => (
                format!(
                    "The compute session was stopped: it {did}, and its VM size {name} has {has:.2} GiB."
                ),
                "Choose a larger VM size, or make the flow use less memory; then start the session again.",
            ),
            Some(instance) => (
                format!(
                    "The compute session was stopped: it {did}, and all sessions on the compute instance ‘{instance}’ together have {has:.2} GiB."
                ),
                "Stop another session on the compute instance, choose a larger one, or make the flow use less memory; then start the session again.",
            ),
        };
        EngineError::new(MEMORY_EXCEEDED, message).with_remedy(remedy)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionSize {
            name,
            v_cpus: count,
            memory_mb,
        } = &self.size;
        let (cpus, memory) = (v_cpus(*count), gib(*memory_mb));
        write!(f, "{name}: {cpus}, {memory:.2} GiB")?;
        match &self.instance {
            Some(instance) => write!(f, ", shared by all sessions on ‘{instance}’"),
            None => Ok(()),
        }
    }
}

/// What a dry run starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRunStart {
    /// The base, as an install does.
    Base,
    /// The environment as it is.
    Environment,
}

/// What is in an environment, and what it was made from.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// What the base is called.
    pub base_name: String,
    /// The packages of the base, by name.
    pub base: Vec<InstalledPackage>,
    /// The packages of the environment, by name.
    pub packages: Vec<PackageFacts>,
    /// What the conditions of requirements are evaluated against.
    pub markers: MarkerEnvironment,
}

/// A package as its metadata describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// Its normalised name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it needs: the values of its `Requires-Dist`, as they stand there.
    pub requires: Vec<String>,
    /// Where it was installed from, when not from an index by its name.
    pub location: Option<String>,
    /// Whether it came, or came to this version, after the last install.
    pub by_hand: bool,
}

/// An environment that was made of a kept one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptEnvironment {
    /// When the kept one was installed.
    pub built: Millis,
    /// How long that took.
    pub took: Duration,
}

/// What a phase did, in a line.
pub type PhaseNote = Option<String>;

/// One of a session's environments: an install makes a new one beside the old.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnvironmentId {
    /// The session.
    pub session: SessionId,
    /// Counts a session's environments from 0.
    pub generation: u32,
}

/// A requirements file to install.
#[derive(Clone, Debug)]
pub struct Requirements {
    /// The flow folder, in which the install runs: relative lines mean it.
    pub folder: PathBuf,
    /// The file, relative to the folder.
    pub file: String,
    /// With what its private feeds are opened.
    pub feeds: FeedAccess,
    /// What is used of earlier installs.
    pub downloads: Downloads,
}

/// Whether an install uses what earlier ones fetched and built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downloads {
    /// What uv keeps, where it is still what the index has.
    #[default]
    Kept,
    /// Nothing: everything is fetched and built anew.
    Anew,
}

/// Where a session is at work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The flow folder; `None` for a runtime that stands by.
    pub flow: Option<PathBuf>,
    /// Further folders, which exist, that it reads and writes: what runs leave, and passing copies of the flow.
    pub others: Vec<PathBuf>,
}

/// What a session is to be made from.
#[derive(Clone, Copy, Default)]
pub struct WantedBase<'a> {
    /// The image that is asked for; `None` for the engine's own choice.
    pub image: Option<&'a str>,
    /// What the image's registry is shown when the image has to be pulled.
    pub shown: Shown<'a>,
    /// Whether the image is pulled, though the engine may have one of its name.
    pub anew: bool,
    /// What the image is to be, where it is there still: what the name stood for when this was a session's.
    pub keep: Option<&'a SessionImage>,
    /// Told how far a pull is, about every second.
    pub told: Option<PullHeard<'a>>,
}

/// What the registry of an image is shown.
#[derive(Clone, Copy, Default)]
pub enum Shown<'a> {
    /// Nothing.
    #[default]
    Nothing,
    /// The credential of the session's identity.
    Credential(&'a Credential),
    /// That cannot be had, for this reason.
    Unavailable(&'a EngineError),
}

/// What a session is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// How it was found.
    pub state: BaseState,
    /// The image, on an engine that has images.
    pub image: Option<SessionImage>,
}

/// How the base packages were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseState {
    /// They were there.
    Ready,
    /// They had to be installed; the note says what was.
    Made(String),
}

/// A runtime as it is remembered over a restart of the server; what is in it is the engine's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// The session it belongs to.
    pub session: SessionId,
    /// What it is.
    #[serde(flatten)]
    pub handle: Handle,
    /// Where it listens.
    pub socket: PathBuf,
}

/// What a runtime is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Handle {
    /// A process of this machine.
    Process {
        /// The process that leads the runtime.
        process: u32,
        /// When it started, in the engine's own unit: tells it from a later one of the same number.
        started: u64,
    },
    /// A container.
    Container {
        /// Its id, which no other ever has.
        container: String,
    },
}

impl Runtime {
    /// The process that leads it and when that started, when it is one of this machine.
    pub(crate) fn process(&self) -> Option<(u32, u64)> {
        match self.handle {
            Handle::Process { process, started } => Some((process, started)),
            Handle::Container { .. } => None,
        }
    }

    /// The id of its container, when it is one.
    pub(crate) fn container(&self) -> Option<&str> {
        match &self.handle {
            Handle::Process { .. } => None,
            Handle::Container { container } => Some(container),
        }
    }
}

/// What a healthy executor says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeInfo {
    /// promptflow's version.
    pub version: String,
}

/// A request to the executor service.
#[derive(Clone, Debug)]
pub struct ExecutorRequest {
    /// The route, such as `/execution/flow`.
    pub path: &'static str,
    /// The body of a POST; a GET without.
    pub body: Option<serde_json::Value>,
}

/// The executor's answer.
#[derive(Clone, Debug)]
pub struct ExecutorReply {
    /// The HTTP status.
    pub status: u16,
    /// The body, which may hold `NaN` and `Infinity`.
    pub body: Vec<u8>,
}

/// The code of a base whose image its registry does not give, or does not have, as far as the engine can tell.
pub const IMAGE_REFUSED: &str = "ImageRefused";

/// The code of a session that has used more memory than it has.
pub const MEMORY_EXCEEDED: &str = "MemoryExceeded";

/// Why an engine could not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    /// PascalCase, stable, such as `RequirementNotFound`.
    pub code: &'static str,
    /// What happened and why, in a line.
    pub message: String,
    /// What the person can do.
    pub remedy: Option<String>,
    /// The requirement at fault, or those that contradict each other, as the installer names them.
    pub about: Vec<String>,
}

impl EngineError {
    /// A failure without a known remedy.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: None,
            about: Vec::new(),
        }
    }

    /// Names the requirements at fault.
    #[must_use]
    pub fn about<T: Into<String>>(mut self, requirements: impl IntoIterator<Item = T>) -> Self {
        self.about = requirements.into_iter().map(Into::into).collect();
        self
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// A failed input or output: a full disk is named as such.
    pub fn io(what: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::disk_full(what)
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::new("DataFolderNotWritable", format!("{what}: {error}."))
                    .with_remedy("Give the server a data folder it may write (--data).")
            }
            _ => Self::new("StorageFailed", format!("{what}: {error}.")),
        }
    }

    /// There is no space left.
    pub fn disk_full(what: &str) -> Self {
        Self::new("DiskFull", format!("{what}: the disk is full.")).with_remedy(
            "Free space on the disk that holds the data folder and uv's cache, then try again.",
        )
    }
}

/// An engine that can be shared.
pub type SharedEngine = Arc<dyn Engine>;

/// Environment variables for a process, by name.
pub(crate) type Variables = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_that_was_written_down_before_there_were_containers_is_read() {
        let old = r#"{"session":"s","process":7,"started":9,"socket":"/s"}"#;
        let runtime: Runtime = serde_json::from_str(old).unwrap();
        assert_eq!(runtime.process(), Some((7, 9)));
        assert_eq!(serde_json::to_string(&runtime).unwrap(), old);
        let container = Runtime {
            handle: Handle::Container {
                container: "c".to_owned(),
            },
            ..runtime
        };
        let text = serde_json::to_string(&container).unwrap();
        assert_eq!(serde_json::from_str::<Runtime>(&text).unwrap(), container);
    }
}
