//! What all of compute is made of: the sessions, the store, the engine, the events.

use std::{
    fs::File,
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use flowdeck_contract::{Millis, ids::SessionId, session::SessionFailure};
use tokio::sync::Notify;

use super::{Book, moved_tag::TagLooks};
use crate::{
    clock::Clock,
    compute::ComputeConfig,
    engine::{EngineError, Place, SharedEngine},
    error::ComputeError,
    events::Events,
    feeds::LookUps,
    flow::Definition,
    id,
    instances::Instances,
    operations::Operations,
    owner::Owner,
    packages,
    paths::Paths,
    registry::{Platform, Registry},
    runs::LiveRuns,
    standby::Standbys,
    state::Refused,
    store::Store,
    tasks::Tasks,
};

pub(crate) struct Core {
    pub(crate) config: ComputeConfig,
    pub(crate) paths: Paths,
    pub(crate) engine: SharedEngine,
    pub(crate) registry: Registry,
    pub(crate) store: Arc<Store>,
    pub(crate) operations: Operations,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<Events>,
    pub(crate) book: Book,
    pub(crate) standbys: Standbys,
    pub(crate) runs: LiveRuns,
    /// Something changed that an idle deadline depends on.
    pub(crate) deadlines: Arc<Notify>,
    pub(crate) tasks: Tasks,
    pub(crate) instances: Instances,
    pub(super) look_ups: LookUps,
    pub(super) tag_looks: TagLooks,
    /// One at a time looks at what is left and takes of it.
    pub(super) allotting: Mutex<()>,
    _lock: File,
}

impl Core {
    /// Locks the data folder and reads what is remembered; starts nothing.
    pub(crate) fn open(
        config: ComputeConfig,
        engine: SharedEngine,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, ComputeError> {
        let (paths, lock) = Paths::open(&config.data)?;
        let store = Arc::new(Store::open(&paths.store())?);
        let (events, deadlines) = (Arc::new(Events::default()), Arc::new(Notify::new()));
        let book = Book::open(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&events),
            Arc::clone(&deadlines),
        )?;
        let instances = Instances::new(&config.catalog, store.instances()?);
        Ok(Arc::new(Self {
            operations: Operations::new(Arc::clone(&store), Arc::clone(&clock)),
            instances,
            look_ups: LookUps::default(),
            tag_looks: TagLooks::default(),
            allotting: Mutex::default(),
            book,
            events,
            standbys: Standbys::default(),
            runs: LiveRuns::default(),
            deadlines,
            tasks: Tasks::default(),
            _lock: lock,
            registry: Registry::new(
                engine
                    .abilities()
                    .platform
                    .unwrap_or_else(Platform::of_host),
            ),
            config,
            paths,
            engine,
            store,
            clock,
        }))
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Runs `task` once whatever is at work on the session has ended; dropped when it is cancelled or the server ends.
    pub(crate) fn work(&self, owner: &Owner, task: impl Future<Output = ()> + Send + 'static) {
        self.book
            .put_to_work(owner, |before| self.tasks.after(before, task));
    }

    /// Gives the session a log of its own and forgets the one before.
    pub(crate) fn switch_log(&self, owner: &Owner, session: &SessionId) {
        self.book.switch_log(owner, self.paths.session_log(session));
    }

    /// The folder whose files say what a session is made of: the flow's, or a session's own.
    pub(crate) fn folder(&self, owner: &Owner) -> Result<PathBuf, ComputeError> {
        let folder = self.folders(owner).join(owner.folder());
        match owner {
            Owner::Flow(flow) if !self.config.flows.admits(flow) => {
                Err(ComputeError::FlowNotFound(flow.to_string()))
            }
            _ if folder.is_dir() => Ok(folder),
            Owner::Flow(flow) => Err(ComputeError::FlowNotFound(flow.to_string())),
            Owner::Nobody(session) => Err(ComputeError::SessionNotFound(session.to_string())),
        }
    }

    /// The folder of folders like an owner's, which may include files from each other.
    pub(crate) fn folders(&self, owner: &Owner) -> PathBuf {
        match owner {
            Owner::Flow(_) => self.config.flows.root().to_owned(),
            Owner::Nobody(_) => self.paths.own_folders(),
        }
    }

    /// Where an owner's session is at work; the folders are made.
    pub(crate) fn place_of(&self, owner: &Owner) -> Result<Place, EngineError> {
        let flow = self
            .folder(owner)
            .map_err(|error| EngineError::new("FlowNotFound", error.to_string()))?;
        let runs = owner.flow().map(|flow| self.paths.runs(flow));
        let others: Vec<PathBuf> = runs.into_iter().chain([self.paths.works(owner)]).collect();
        for folder in &others {
            std::fs::create_dir_all(folder)
                .map_err(|error| EngineError::io("Making the session’s folders", &error))?;
        }
        let flow = Some(flow);
        Ok(Place { flow, others })
    }

    /// The flow's definition, as an engine's task needs it.
    pub(crate) fn definition(&self, owner: &Owner) -> Result<(PathBuf, Definition), EngineError> {
        let folder = self
            .folder(owner)
            .map_err(|error| EngineError::new("FlowNotFound", error.to_string()))?;
        let definition = Definition::read(&folder).map_err(|error| {
            EngineError::new(error.code(), error.to_string())
                .with_remedy("Add or correct the flow’s definition.")
        })?;
        Ok((folder, definition))
    }

    /// A failure as the page shows it, and in the server's log under the same id.
    pub(crate) fn failure(&self, owner: &Owner, error: &EngineError) -> SessionFailure {
        let correlation = id::token();
        tracing::error!(%correlation, %owner, code = error.code, message = %error.message, "a session failed");
        SessionFailure {
            code: error.code.to_owned(),
            phase: None,
            message: error.message.clone(),
            remedy: error.remedy.clone(),
            fault: packages::blamed(error),
            correlation,
        }
    }
}

impl From<Refused> for ComputeError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.to_string())
    }
}
