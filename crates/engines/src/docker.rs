//! The Docker engine: a session is a container of its image.
//!
//! Its processes see the flow folder and nothing else of this machine. The daemon runs on the same machine, or on one that has the same folders at the same paths.

mod base;
mod bounds;
mod commands;
mod containers;
mod daemon;
mod engine;
mod facts;
mod helper;
mod image;
mod indexes;
mod instances;
mod pull;
mod relay;
mod runtime;
mod session;
mod spec;
mod uv;
mod wanted;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use flowdeck_access::{disk::private_folder, feeds::Forwarder, registry::Platform};
use flowdeck_contract::ids::SessionId;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use self::{
    bounds::Bounded,
    containers::{Containers, Most},
    indexes::Indexes,
    instances::Instances,
};
use crate::{
    engine::{DefaultImage, EngineError, MOST_PROCESSES, Shelf},
    environment::{base::remove_unfinished, folders::Folders, kept::Kept},
    install::given::VariableName,
    log::LogFile,
};

/// What sessions are made from when nobody asks for anything else; `cargo xtask image` builds it.
pub const DEFAULT_IMAGE: &str = concat!("flowdeck/base:", env!("CARGO_PKG_VERSION"));

/// How the Docker engine is to work.
#[derive(Clone, Debug, Default)]
pub struct DockerOptions {
    /// Where the daemon listens, as `DOCKER_HOST` says it; its usual socket when left out.
    pub host: Option<String>,
    /// The image of sessions that ask for none; [`DEFAULT_IMAGE`] when left out.
    pub image: Option<String>,
    /// Where the bases of images are kept, which servers may share; below the data folder when left out.
    pub bases: Option<PathBuf>,
    /// How many bytes the environments may take that are kept for later starts; nothing is kept when it is 0.
    pub kept_bytes: u64,
    /// How many processes and threads a session may have; 4,096 when left out.
    pub processes: Option<u32>,
    /// Which variables of the server's environment flows get.
    pub variables: Vec<VariableName>,
}

/// Sessions in containers.
#[derive(Debug)]
pub struct DockerEngine {
    containers: Containers,
    default_image: DefaultImage,
    /// Of the daemon's machine, which may not be ours.
    platform: Option<Platform>,
    indexes: Indexes,
    shelf: Shelf,
    /// Which variables of the server's environment flows get.
    variables: Vec<VariableName>,
    uv: OnceCell<PathBuf>,
    instances: Instances,
    /// What the sessions may use that are bounded.
    bounded: Mutex<HashMap<SessionId, Bounded>>,
}

impl DockerEngine {
    /// An engine that keeps its sessions below `data`.
    ///
    /// # Errors
    /// When the daemon cannot be reached, or the data folder cannot be made or written.
    pub async fn new(data: &Path, options: DockerOptions) -> Result<Self, EngineError> {
        let docker = daemon::connect(options.host.as_deref()).await?;
        let what = format!("Preparing the data folder {}", data.display());
        let failed = |error: io::Error| EngineError::io(&what, &error);
        fs::create_dir_all(data).map_err(failed)?;
        let data = data.canonicalize().map_err(failed)?;
        let bases = options.bases.unwrap_or_else(|| data.join("images"));
        let folders = Folders::new(data, bases).with_runtimes_in("run");
        private_folder(&folders.sessions()).map_err(failed)?;
        fs::create_dir_all(folders.passage()).map_err(failed)?;
        let about = docker.info().await.map_err(|error| {
            daemon::failed("Asking the Docker daemon about its machine", &error)
        })?;
        daemon::require_own_users(about.security_options.as_deref().unwrap_or_default())?;
        let cpus = about
            .ncpu
            .and_then(|cpus| u32::try_from(cpus).ok())
            .unwrap_or(1);
        let mark = folders.short_name();
        let driver = about.cgroup_driver.map(|driver| driver.to_string());
        let engine = Self {
            containers: Containers::new(
                docker,
                mark.clone(),
                Most {
                    cpus,
                    processes: options.processes.unwrap_or(MOST_PROCESSES),
                },
                folders.passage(),
            ),
            shelf: Shelf {
                forwarder: Forwarder::new(folders.data()),
                kept: Kept::new(folders.kept(), options.kept_bytes),
                folders,
            },
            instances: Instances::new(driver.as_deref(), mark),
            default_image: default_image(options.image),
            platform: about.architecture.as_deref().map(image::platform_of),
            indexes: Indexes::of_machine(),
            variables: options.variables,
            uv: OnceCell::new(),
            bounded: Mutex::default(),
        };
        engine.instances.sweep();
        engine.containers.end_preparations().await?;
        remove_unfinished(engine.folders().bases())
            .and_then(|()| engine.shelf.kept.remove_unfinished())
            .map_err(failed)?;
        Ok(engine)
    }

    fn folders(&self) -> &Folders {
        &self.shelf.folders
    }

    async fn uv(&self, log: Option<&LogFile>) -> Result<&Path, EngineError> {
        let nowhere = LogFile::at("/dev/null");
        let find = || uv::find(self.folders(), log.unwrap_or(&nowhere));
        self.uv.get_or_try_init(find).await.map(PathBuf::as_path)
    }
}

fn default_image(named: Option<String>) -> DefaultImage {
    let reference = named.unwrap_or_else(|| DEFAULT_IMAGE.to_owned());
    DefaultImage {
        is_built_here: reference == DEFAULT_IMAGE,
        reference,
    }
}
