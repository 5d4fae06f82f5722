//! What all of compute is made of: the sessions, the store, the engine, the events.

use std::{fs::File, future::Future, sync::Arc};

use flowdeck_access::{connection_test::ConnectionTests, feeds::LookUps, id, registry::Platform};
use flowdeck_connections::{Connections, Variables};
use flowdeck_contract::{Millis, ids::SessionId, session::SessionFailure};
use flowdeck_engines::{
    engine::{EngineError, SharedEngine},
    packages,
};
use tokio::sync::Notify;

use super::Book;
use crate::{
    allotter::{Allotter, AllotterParts},
    clock::Clock,
    compute::ComputeConfig,
    error::ComputeError,
    events::Events,
    images::Images,
    operations::Operations,
    owner::Owner,
    owner_folders::OwnerFolders,
    paths::Paths,
    preflight::Checks,
    runs::{RunParts, Runs},
    standby::{StandbyParts, Standbys},
    state::Refused,
    store::Store,
    tags::Tags,
    tasks::Tasks,
};

pub(crate) struct Core {
    pub(crate) config: ComputeConfig,
    pub(crate) paths: Paths,
    pub(crate) engine: SharedEngine,
    pub(crate) images: Arc<Images>,
    pub(crate) checks: Arc<Checks>,
    pub(crate) tags: Arc<Tags>,
    pub(crate) store: Arc<Store>,
    pub(crate) operations: Operations,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: Arc<Events>,
    pub(crate) book: Arc<Book>,
    pub(crate) standbys: Arc<Standbys>,
    pub(crate) runs: Arc<Runs>,
    pub(crate) folders: OwnerFolders,
    pub(crate) connections: Arc<Connections>,
    pub(crate) connection_tests: ConnectionTests,
    /// Something changed that an idle deadline depends on.
    pub(crate) deadlines: Arc<Notify>,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) allotter: Arc<Allotter>,
    pub(super) look_ups: LookUps,
    _lock: File,
}

impl Core {
    /// Locks the data folder and reads what is remembered; starts nothing.
    pub(crate) async fn open(
        config: ComputeConfig,
        engine: SharedEngine,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, ComputeError> {
        let (paths, lock) = Paths::open(&config.data).await?;
        let store = Arc::new(Store::open(&paths.store())?);
        let (events, deadlines) = (Arc::new(Events::default()), Arc::new(Notify::new()));
        let book = Arc::new(Book::open(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&events),
            Arc::clone(&deadlines),
        )?);
        let tasks = Arc::new(Tasks::default());
        let key_file = config.connections.key_file.as_deref();
        let connections = Arc::new(Connections::open(&config.data, key_file)?);
        events.mask_with(&connections);
        let variables = config.connections.variables.iter().map(String::as_str);
        let folders = OwnerFolders::new(config.flows.clone(), paths.clone());
        let runs = Runs::new(RunParts {
            book: Arc::clone(&book),
            store: Arc::clone(&store),
            engine: Arc::clone(&engine),
            events: Arc::clone(&events),
            tasks: Arc::clone(&tasks),
            clock: Arc::clone(&clock),
            folders: folders.clone(),
            paths: paths.clone(),
            connections: Arc::clone(&connections),
            variables: Variables::of_environment(variables),
        });
        let standbys = Standbys::new(StandbyParts {
            wanted: config.standby,
            book: Arc::clone(&book),
            store: Arc::clone(&store),
            engine: Arc::clone(&engine),
            tasks: Arc::clone(&tasks),
            folders: folders.clone(),
            paths: paths.clone(),
        });
        let allotter = Arc::new(Allotter::open(AllotterParts {
            catalog: config.catalog.clone(),
            max_idle: config.max_idle,
            book: Arc::clone(&book),
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            deadlines: Arc::clone(&deadlines),
        })?);
        let platform = engine.abilities().platform;
        let images = Arc::new(Images::new(
            platform.unwrap_or_else(Platform::of_host),
            config.identities.clone(),
            config.catalog.clone(),
        ));
        let tags = Tags::new(
            Arc::clone(&book),
            Arc::clone(&images),
            Arc::clone(&tasks),
            Arc::clone(&clock),
        );
        let checks = Checks::new(
            Arc::clone(&engine),
            Arc::clone(&allotter),
            Arc::clone(&images),
            folders.clone(),
            config.data.clone(),
        );
        Ok(Arc::new(Self {
            operations: Operations::new(Arc::clone(&store), Arc::clone(&clock)),
            allotter,
            look_ups: LookUps::default(),
            images,
            checks: Arc::new(checks),
            tags: Arc::new(tags),
            book,
            events,
            standbys: Arc::new(standbys),
            runs: Arc::new(runs),
            folders,
            connections,
            connection_tests: ConnectionTests::new(config.connections.private_services),
            deadlines,
            tasks,
            _lock: lock,
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
