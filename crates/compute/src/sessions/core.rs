//! What all of compute shares: the sessions, the store, the engine, the events. The only place that changes a session.

use std::{
    collections::BTreeMap,
    fs::File,
    future::Future,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
};

use flowdeck_contract::{
    Millis, events::FlowEvent, ids::SessionId, pull::Pull, session::SessionFailure,
};
use tokio::sync::{Notify, broadcast};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Record,
    live::{Live, SessionLog, Work},
};
use crate::{
    clock::Clock,
    compute::ComputeConfig,
    engine::{EngineError, Place, SharedEngine},
    error::ComputeError,
    feeds::LookUps,
    flow::Definition,
    id,
    instances::Instances,
    log::{LIMIT, LogFile},
    operations::Operations,
    owner::Owner,
    packages,
    paths::{self, Paths},
    registry::{Platform, Registry},
    runs::LiveRuns,
    standby::Standbys,
    state::Refused,
    store::Store,
    timeline::Followed,
};

/// A reader that falls further behind has to read everything anew.
const EVENTS_KEPT: usize = 2048;

pub(crate) struct Core {
    pub(crate) config: ComputeConfig,
    pub(crate) paths: Paths,
    pub(crate) engine: SharedEngine,
    pub(crate) registry: Registry,
    pub(crate) store: Arc<Store>,
    pub(crate) operations: Operations,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) events: broadcast::Sender<(Owner, FlowEvent)>,
    pub(crate) standbys: Standbys,
    pub(crate) runs: LiveRuns,
    /// Something changed that an idle deadline depends on.
    pub(crate) deadlines: Notify,
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
    pub(crate) instances: Instances,
    pub(super) look_ups: LookUps,
    /// One at a time looks at what is left and takes of it.
    pub(super) allotting: Mutex<()>,
    pub(super) next_life: AtomicU64,
    flows: Mutex<BTreeMap<Owner, Live>>,
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
        let flows = store.sessions()?.into_iter().map(|(owner, record)| {
            let record = record.unwrap_or_else(|error| {
                tracing::error!(%owner, %error, "a session can't be read from the store");
                Record::unreadable(owner.clone(), &error)
            });
            (owner, Live::new(record))
        });
        let mut flows: BTreeMap<Owner, Live> = flows.collect();
        for (owner, life) in store.last_lives()? {
            if let Some(live) = flows.get_mut(&owner) {
                live.life = Some(life);
            }
        }
        let instances = Instances::new(&config.catalog, store.instances()?);
        Ok(Arc::new(Self {
            operations: Operations::new(Arc::clone(&store), Arc::clone(&clock)),
            instances,
            allotting: Mutex::default(),
            flows: Mutex::new(flows),
            next_life: AtomicU64::new(store.next_life()?),
            events: broadcast::channel(EVENTS_KEPT).0,
            standbys: Standbys::default(),
            runs: LiveRuns::default(),
            look_ups: LookUps::default(),
            deadlines: Notify::new(),
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
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

    /// Every flow that has or had a session, and every session that is nobody's.
    pub(crate) fn flows(&self) -> MutexGuard<'_, BTreeMap<Owner, Live>> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered of a flow's session.
    pub(crate) fn record(&self, owner: &Owner) -> Record {
        self.flows()
            .get(owner)
            .map_or_else(|| Record::none(owner.clone()), |live| live.record.clone())
    }

    /// Changes a flow's session: written down first, then true, then told. Nothing changes when `change` fails.
    pub(crate) fn change<R>(
        &self,
        owner: &Owner,
        change: impl FnOnce(&mut Live) -> Result<R, ComputeError>,
    ) -> Result<R, ComputeError> {
        self.change_and_save(owner, change, |record, followed| {
            self.store.save_session(record, followed)
        })
    }

    /// As [`Core::change`], written down by `save`.
    pub(crate) fn change_and_save<R>(
        &self,
        owner: &Owner,
        change: impl FnOnce(&mut Live) -> Result<R, ComputeError>,
        save: impl FnOnce(&Record, &Followed) -> Result<(), ComputeError>,
    ) -> Result<R, ComputeError> {
        let mut flows = self.flows();
        let live = flows
            .entry(owner.clone())
            .or_insert_with(|| Live::none(owner));
        let before = live.record.clone();
        let changed = change(live).and_then(|result| {
            let followed = self.follow(&before, live);
            save(&live.record, &followed).map(|()| (result, followed))
        });
        match changed {
            Ok((result, followed)) => {
                // Who hears that a session has ended finds the reason in its life.
                self.tell_life(live, followed);
                self.tell(live);
                Ok(result)
            }
            Err(error) => {
                live.record = before;
                Err(error)
            }
        }
    }

    /// Tells how a session stands.
    pub(crate) fn tell(&self, live: &Live) {
        self.send(&live.record.owner, FlowEvent::Session(live.view()));
        self.deadlines.notify_one();
    }

    /// Tells how far the pull of a session's image is. It is not written down: a start that is cut off begins anew.
    pub(crate) fn tell_pull(&self, owner: &Owner, session: &SessionId, pull: Pull) {
        if let Some(live) = self.flows().get_mut(owner) {
            live.pull = Some((session.clone(), pull));
            self.tell(live);
        }
    }

    pub(crate) fn send(&self, owner: &Owner, event: FlowEvent) {
        // An error means that nobody listens.
        let _ = self.events.send((owner.clone(), event));
    }

    /// Runs `task` once whatever is at work on the session has ended; dropped when it is cancelled or the server ends.
    pub(crate) fn work(
        self: &Arc<Self>,
        owner: &Owner,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let mut flows = self.flows();
        let live = flows
            .entry(owner.clone())
            .or_insert_with(|| Live::none(owner));
        let before = live.work.take();
        let cancel = self.shutdown.child_token();
        let cancelled = cancel.clone();
        let done = self.tasks.spawn(async move {
            if let Some(before) = before {
                // A task that panicked has ended, too.
                let _ = before.done.await;
            }
            tokio::select! {
                biased;
                () = cancelled.cancelled() => {}
                () = task => {}
            }
        });
        live.work = Some(Work { cancel, done });
    }

    /// A background task that ends with the server.
    pub(crate) fn background(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.shutdown.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = task => {}
            }
        });
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

    /// The log of a flow's session; lines go nowhere when there is none.
    pub(crate) fn log(&self, owner: &Owner) -> LogFile {
        let flows = self.flows();
        let log = flows.get(owner).and_then(|live| live.log.as_ref());
        log.map_or_else(|| LogFile::at("/dev/null"), |log| log.file.clone())
    }

    /// Gives the session a log of its own and forgets the one before.
    pub(crate) fn switch_log(&self, owner: &Owner, session: &SessionId) {
        let mut flows = self.flows();
        let Some(live) = flows.get_mut(owner) else {
            return;
        };
        let path = self.paths.session_log(session);
        if let Some(old) = live.log.replace(Arc::new(SessionLog::at(path.clone())))
            && old.file.path() != path
            && let Err(error) = paths::remove(old.file.path())
        {
            tracing::warn!(%error, "an old session log could not be removed");
        }
        self.send(owner, FlowEvent::SessionLogReset);
    }

    /// Tells the lines that came into a session's log since the last time.
    pub(crate) fn tell_log(&self, owner: &Owner) {
        let log = self.flows().get(owner).and_then(|live| live.log.clone());
        let Some(log) = log else { return };
        let mut tail = log.tail();
        match tail.read() {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => self.send(owner, FlowEvent::SessionLog(lines)),
            Err(error) => tracing::warn!(%error, "a session log could not be read"),
        }
        if let Err(error) = tail.cut(LIMIT) {
            tracing::warn!(%error, "a session log could not be cut");
        }
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
