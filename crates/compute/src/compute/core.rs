//! How the parts of compute are put together. Each has fields of its own; what is done is done there.

use std::{fs::File, sync::Arc, time::Duration};

use flowdeck_access::{
    connection_test::ConnectionTests, model_servers::ModelServerSearch, registry::Platform,
};
use flowdeck_connections::{Connections, Variables};
use flowdeck_engines::engine::SharedEngine;
use tokio::sync::Notify;

use super::ComputeConfig;
use crate::{
    allotter::{Allotter, AllotterParts},
    catalog::Catalog,
    clock::Clock,
    conversations::Conversations,
    error::ComputeError,
    events::Events,
    idle::{Activity, IdleEnds},
    images::Images,
    operations::Operations,
    owner_folders::OwnerFolders,
    paths::Paths,
    preflight::Checks,
    runs::{RunParts, Runs, SignIns},
    sessions::{
        Asks, Book, Failures, FlowRequirements, Installer, Installs, InstanceStops,
        KeptEnvironments, OutOfDate, OwnEnvironments, Packages, Recovery, RecoveryParts,
        SessionLogs, Shared, StartParts, Starts, Stops, Swaps, Watcher,
    },
    standby::{StandbyParts, Standbys},
    store::Store,
    tags::Tags,
    tasks::Tasks,
};

/// The parts that [`Compute`](super::Compute) speaks to.
pub(super) struct Core {
    pub(super) catalog: Catalog,
    pub(super) max_idle: Option<Duration>,
    pub(super) engine: SharedEngine,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Arc<Store>,
    pub(super) events: Arc<Events>,
    pub(super) operations: Arc<Operations>,
    pub(super) book: Arc<Book>,
    pub(super) allotter: Arc<Allotter>,
    pub(super) standbys: Arc<Standbys>,
    pub(super) runs: Arc<Runs>,
    pub(super) connections: Arc<Connections>,
    pub(super) conversations: Conversations,
    pub(super) sign_ins: Arc<SignIns>,
    pub(super) connection_tests: ConnectionTests,
    pub(super) model_servers: ModelServerSearch,
    pub(super) checks: Arc<Checks>,
    pub(super) tags: Arc<Tags>,
    pub(super) own: Arc<OwnEnvironments>,
    pub(super) asks: Asks,
    pub(super) installs: Arc<Installs>,
    pub(super) instances: Arc<InstanceStops>,
    pub(super) activity: Arc<Activity>,
    pub(super) out_of_date: Arc<OutOfDate>,
    pub(super) requirements: Arc<FlowRequirements>,
    pub(super) packages: Packages,
    pub(super) recovery: Recovery,
    pub(super) tasks: Arc<Tasks>,
    logs: Arc<SessionLogs>,
    idle: Arc<IdleEnds>,
    _lock: File,
}

impl Core {
    /// Locks the data folder and reads what is remembered; starts nothing.
    pub(super) async fn open(
        config: ComputeConfig,
        engine: SharedEngine,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ComputeError> {
        let (paths, lock) = Paths::open(&config.data).await?;
        let store = Arc::new(Store::open(&paths.store())?);
        let (events, deadlines) = (Arc::new(Events::default()), Arc::new(Notify::new()));
        let book = Arc::new(Book::open(
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&events),
            Arc::clone(&deadlines),
        )?);
        let key_file = config.connections.key_file.as_deref();
        let connections = Arc::new(Connections::open(&config.data, key_file)?);
        events.mask_with(&connections);
        let tasks = Arc::new(Tasks::default());
        let folders = OwnerFolders::new(config.flows, paths.clone());
        let shared = Shared {
            operations: Arc::new(Operations::new(Arc::clone(&store), Arc::clone(&clock))),
            allotter: Arc::new(Allotter::open(AllotterParts {
                catalog: config.catalog.clone(),
                max_idle: config.max_idle,
                book: Arc::clone(&book),
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                deadlines: Arc::clone(&deadlines),
            })?),
            standbys: Arc::new(Standbys::new(StandbyParts {
                wanted: config.standby,
                book: Arc::clone(&book),
                store: Arc::clone(&store),
                engine: Arc::clone(&engine),
                tasks: Arc::clone(&tasks),
                folders: folders.clone(),
                paths: paths.clone(),
            })),
            book,
            store,
            engine,
            tasks,
            clock,
            folders,
            paths,
        };
        let platform = shared.engine.abilities().platform;
        let images = Arc::new(Images::new(
            platform.unwrap_or_else(Platform::of_host),
            config.identities.clone(),
            config.catalog.clone(),
        ));
        let checks = Arc::new(Checks::new(
            Arc::clone(&shared.engine),
            Arc::clone(&shared.allotter),
            Arc::clone(&images),
            shared.folders.clone(),
            config.data,
        ));
        let tags = Arc::new(Tags::new(
            Arc::clone(&shared.book),
            Arc::clone(&images),
            Arc::clone(&shared.tasks),
            Arc::clone(&shared.clock),
        ));
        let variables = config.connections.variables.iter().map(String::as_str);
        let sign_ins = Arc::new(SignIns::new(
            config.identities.clone(),
            config.catalog.identities.clone(),
        ));
        let signs_in = Arc::clone(&sign_ins);
        connections.sign_in_by(move |address| signs_in.is_meant(address));
        let runs = Arc::new(Runs::new(RunParts {
            book: Arc::clone(&shared.book),
            store: Arc::clone(&shared.store),
            engine: Arc::clone(&shared.engine),
            events: Arc::clone(&events),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
            connections: Arc::clone(&connections),
            variables: Variables::of_environment(variables),
            sign_ins: Arc::clone(&sign_ins),
            prices: config.prices,
        }));

        let requirements =
            FlowRequirements::new(&shared, config.catalog.clone(), config.identities);
        let requirements = Arc::new(requirements);
        let installer = Arc::new(Installer::new(&shared));
        let logs = Arc::new(SessionLogs::new(&shared));
        let kept = Arc::new(KeptEnvironments::new(&shared, &logs));
        let own = Arc::new(OwnEnvironments::new(&shared));
        let out_of_date = Arc::new(OutOfDate::new(&shared));
        let failures = Arc::new(Failures::new(&shared));
        let watcher = Arc::new(Watcher::new(&shared, &failures));
        let swaps = Arc::new(Swaps::new(&shared, &watcher, &out_of_date));
        let installs = Installs::new(&shared, &requirements, &installer, &kept, &swaps);
        let installs = Arc::new(installs);
        let starts = Arc::new(Starts::new(
            &shared,
            StartParts {
                checks: Arc::clone(&checks),
                images,
                requirements: Arc::clone(&requirements),
                installer: Arc::clone(&installer),
                kept,
                logs: Arc::clone(&logs),
                failures: Arc::clone(&failures),
                watcher: Arc::clone(&watcher),
                out_of_date: Arc::clone(&out_of_date),
                tags: Arc::clone(&tags),
            },
        ));
        let stops = Stops::new(&shared, &checks, &own, &logs, &starts, &failures);
        let stops = Arc::new(stops);
        let instances = Arc::new(InstanceStops::new(&shared, &stops));
        let activity = Arc::new(Activity::new(&shared));
        let asks = Asks::new(&shared, &starts, &installs, &stops, &activity);
        let idle = Arc::new(IdleEnds::new(&shared, deadlines, &stops, &instances));
        let recovery = Recovery::new(
            &shared,
            RecoveryParts {
                runs: Arc::clone(&runs),
                logs: Arc::clone(&logs),
                own: Arc::clone(&own),
                starts,
                installs: Arc::clone(&installs),
                stops,
                instances: Arc::clone(&instances),
                failures,
                watcher,
                out_of_date: Arc::clone(&out_of_date),
            },
        );
        Ok(Self {
            catalog: config.catalog,
            max_idle: config.max_idle,
            packages: Packages::new(&shared, &requirements, &installer),
            engine: shared.engine,
            clock: shared.clock,
            store: shared.store,
            events,
            operations: shared.operations,
            book: shared.book,
            allotter: shared.allotter,
            standbys: shared.standbys,
            conversations: Conversations::new(&runs, &connections),
            runs,
            connections,
            sign_ins,
            connection_tests: ConnectionTests::new(config.connections.private_services),
            model_servers: ModelServerSearch::new(config.connections.model_servers),
            checks,
            tags,
            own,
            asks,
            installs,
            instances,
            activity,
            out_of_date,
            requirements,
            recovery,
            tasks: shared.tasks,
            logs,
            idle,
            _lock: lock,
        })
    }

    /// Begins the work in the background.
    pub(super) fn begin(&self) {
        self.tasks.background(Arc::clone(&self.logs).follow());
        self.tasks.background(Arc::clone(&self.idle).follow());
        self.tasks
            .background(Arc::clone(&self.standbys).keep_standbys());
        self.tasks.background(Arc::clone(&self.tags).follow());
    }
}
