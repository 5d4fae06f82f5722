//! The process engine: a session is an environment and a process group of its own on this machine.

mod base;
mod commands;
mod environment;
mod held;
mod inventory;
mod kill;
mod limits;
mod machine;
mod proc;
mod runtime;
mod tools;
mod uv;

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    process::ExitStatus,
    time::Duration,
};

use async_trait::async_trait;
use flowdeck_access::{disk::private_folder, feeds::Forwarder};
use flowdeck_contract::ids::SessionId;
use pep508_rs::MarkerEnvironment;
use tokio::sync::OnceCell;

use self::{
    held::{Held, Holds},
    kill::Target,
    limits::Limits,
    machine::Machine,
    tools::Tools,
};
use crate::{
    engine::{
        Abilities, Base, BaseState, Engine, EngineError, EnvironmentId, MOST_PROCESSES, Pace,
        PhaseNote, Runtime, Share, Shelf, WantedBase, WorkFolders,
    },
    environment::{base::remove_unfinished, folders::Folders, kept::Kept},
    executor::death::{self, Ending},
    install::{given::VariableName, preparation},
    log::LogFile,
};

/// Where the tools are.
#[derive(Clone, Debug, Default)]
pub struct ProcessOptions {
    /// The Python to make environments with; found on PATH when left out.
    pub python: Option<PathBuf>,
    /// uv; found on PATH, or installed below the data folder, when left out.
    pub uv: Option<PathBuf>,
    /// Where base environments are kept, which servers may share; below the data folder when left out.
    pub base: Option<PathBuf>,
    /// How sessions are bounded.
    pub bounds: Bounds,
    /// How many processes and threads a session may have, where there are control groups; 4,096 when left out.
    pub processes: Option<u32>,
    /// How many bytes the environments may take that are kept for later starts; nothing is kept when it is 0.
    pub kept_bytes: u64,
    /// Which variables of the server's environment sessions get in addition to the standard ones.
    pub variables: Vec<VariableName>,
}

/// How sessions are bounded to their VM sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bounds {
    /// By control groups where the server may make some, else as [`Bounds::Watched`].
    #[default]
    ControlGroups,
    /// By looking at how much memory a session uses; CPUs are not bounded.
    Watched,
}

/// Sessions on this machine.
#[derive(Debug)]
pub struct ProcessEngine {
    machine: Machine,
    options: ProcessOptions,
    tools: OnceCell<Tools>,
    limits: Limits,
    shelf: Shelf,
    markers: OnceCell<MarkerEnvironment>,
    /// The runtimes that are held, also those that an earlier server started.
    holds: Holds,
    /// The kernel's count of processes ended for want of memory when we began to watch.
    memory_kills: u64,
}

impl ProcessEngine {
    /// An engine that keeps its sessions below `data`. Tools are looked for when the first session needs them.
    ///
    /// # Errors
    /// When the data folder cannot be made or written.
    pub async fn new(data: &Path, options: ProcessOptions) -> Result<Self, EngineError> {
        let what = format!("Preparing the data folder {}", data.display());
        let failed = |error: std::io::Error| EngineError::io(&what, &error);
        fs::create_dir_all(data).map_err(failed)?;
        let data = data.canonicalize().map_err(failed)?;
        let bases = options.base.clone().unwrap_or_else(|| data.join("base"));
        let machine = Machine::new(Folders::new(data, bases), options.variables.clone());
        let machine = match options.bounds {
            Bounds::ControlGroups => machine.with_groups(),
            Bounds::Watched => machine,
        };
        private_folder(&machine.folders.sessions()).map_err(failed)?;
        // What prepares the base for a server that was killed goes on without it, and would write into what is removed.
        kill::end(&machine, Target::Session(&preparation()?)).await?;
        let kept = Kept::new(machine.folders.kept(), options.kept_bytes);
        let (swept, unfinished) = (machine.folders.clone(), kept.clone());
        let sweep = move || {
            remove_unfinished(swept.bases())?;
            unfinished.remove_unfinished()
        };
        let swept = tokio::task::spawn_blocking(sweep).await;
        swept
            .map_err(std::io::Error::other)
            .and_then(|result| result)
            .map_err(failed)?;
        Ok(Self {
            shelf: Shelf {
                folders: machine.folders.clone(),
                forwarder: Forwarder::new(machine.folders.data()),
                kept,
            },
            machine,
            limits: Limits::new(options.processes.unwrap_or(MOST_PROCESSES)),
            options,
            tools: OnceCell::new(),
            markers: OnceCell::new(),
            holds: Holds::default(),
            memory_kills: proc::memory_kills(),
        })
    }

    async fn tools(&self, log: Option<&LogFile>) -> Result<&Tools, EngineError> {
        let nowhere = LogFile::at("/dev/null");
        let find = || Tools::find(&self.machine, &self.options, log.unwrap_or(&nowhere));
        self.tools.get_or_try_init(find).await
    }

    /// The hold on a runtime; `None` when it has ended. Waits until somebody can look.
    async fn hold(&self, runtime: &Runtime) -> Option<Held> {
        const PAUSE: Duration = Duration::from_secs(1);
        loop {
            match self.holds.of(runtime) {
                Ok(held) => return held,
                Err(error) => {
                    tracing::warn!(session = %runtime.session, %error, "nobody can see whether a runtime lives; trying again");
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits for the end of a runtime; gives how it ended, as far as that can be known.
    async fn end_of(&self, runtime: &Runtime) -> Option<ExitStatus> {
        self.hold(runtime).await?.ended().await
    }
}

#[async_trait]
impl Engine for ProcessEngine {
    fn abilities(&self) -> Abilities {
        Abilities {
            images_unavailable: Some(
                "This server can’t run container images. Sessions use the built-in prompt flow runtime; your image is \
                 saved in flow.dag.yaml for servers that can."
                    .to_owned(),
            ),
            ..Abilities::default()
        }
    }

    async fn allocate(
        &self,
        session: &SessionId,
        _: &WorkFolders,
    ) -> Result<PhaseNote, EngineError> {
        let folder = self.machine.folders.session(session);
        let made = private_folder(&folder)
            .and_then(|()| fs::write(folder.join(".write"), "x"))
            .and_then(|()| self.limits.make(&self.machine, session));
        made.map_err(|error| EngineError::io("Making the session's folder", &error))?;
        Ok(Some("a process on this machine".to_owned()))
    }

    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError> {
        self.limits.impose(&self.machine, session, share)
    }

    async fn prepare_base(
        &self,
        _: &SessionId,
        _: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        let tools = self.tools(Some(log)).await?;
        let made = base::prepare(&self.machine, tools, log).await?;
        let state = made.map_or(BaseState::Ready, BaseState::Made);
        Ok(Base { state, image: None })
    }

    async fn complete_base(&self, session: &SessionId, pace: Pace) -> Result<(), EngineError> {
        let tools = self.tools(None).await?;
        base::complete(&self.machine, tools, pace).await?;
        let base = base::folder(&self.machine, tools);
        self.machine.folders.add_bytecode(session, base, None).await
    }

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let runtime::Started { runtime, held } = runtime::start(&self.machine, environment, log)?;
        self.holds.release_ended();
        self.holds.keep(&runtime, held);
        Ok(runtime)
    }

    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError> {
        let looked = self.holds.of(runtime).and_then(|held| match held {
            Some(held) => held.lives(),
            None => Ok(false),
        });
        looked.map_err(|error| EngineError::io("Checking whether the runtime is alive", &error))
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        let target = Target::Runtime(runtime);
        let status = tokio::select! {
            excess = self.limits.exceeded(&self.machine, &runtime.session, target) => return excess,
            status = self.end_of(runtime) => status,
        };
        let excess = self.limits.excess(&self.machine, &runtime.session, &target);
        excess.unwrap_or_else(|| {
            let ending = status.map(Ending::of_process);
            death::reason(ending, proc::memory_kills() > self.memory_kills)
        })
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        kill::end(&self.machine, Target::Runtime(runtime)).await?;
        self.holds.release(runtime);
        runtime.address.remove().await
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        kill::end(&self.machine, Target::AllBut(runtime)).await?;
        self.machine
            .folders
            .tidy(&runtime.session, generations)
            .await
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        kill::end(&self.machine, Target::Session(session)).await?;
        self.limits.forget(session);
        if let Some(groups) = self.machine.groups().cloned() {
            let session = session.clone();
            let removed = tokio::task::spawn_blocking(move || groups.remove(&session)).await;
            let removed = removed
                .map_err(std::io::Error::other)
                .and_then(|removed| removed);
            removed
                .map_err(|error| EngineError::io("Removing the session's control group", &error))?;
        }
        self.machine.folders.remove_session(session).await
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let processes = kill::sessions(&self.machine)
            .map_err(|error| EngineError::io("Looking for processes", &error))?;
        let mut found: HashSet<SessionId> = processes;
        found.extend(self.machine.folders.all_sessions()?);
        if let Some(groups) = self.machine.groups() {
            found.extend(groups.sessions());
        }
        Ok(found.into_iter().collect())
    }
}
