//! Standby runtimes: made from the base packages ahead of time, so that a start only has to take one. Where what a
//! runtime works on has to be known when it is made, they are kept for the flows that were started last. Their failures
//! are logged and tried again, and fail no session.

mod last_starts;

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use flowdeck_access::{disk, id};
use flowdeck_contract::{ids::SessionId, session::SessionImage};
use flowdeck_engines::{
    engine::{
        EngineError, EnvironmentId, Pace, Requirements, Runtime, SharedEngine, StandsByFor,
        WantedBase, WorkFolders,
    },
    log::LogFile,
};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use self::last_starts::{LastStarts, StandbyFor};
use crate::{
    error::ComputeError,
    owner::Owner,
    owner_folders::OwnerFolders,
    paths::Paths,
    sessions::{Book, may_live},
    state::State,
    store::Store,
    tasks::Tasks,
};

/// A runtime that nobody has taken yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standby {
    pub(crate) runtime: Runtime,
    /// What it is made from, on an engine that has images.
    #[serde(default)]
    pub(crate) image: Option<SessionImage>,
    #[serde(default)]
    made_for: StandbyFor,
    /// The flowdeck that made it: another one has other base packages.
    made_by: String,
}

impl Standby {
    /// Its environment, made from the base alone.
    pub(crate) fn environment(&self) -> EnvironmentId {
        EnvironmentId {
            session: self.runtime.session.clone(),
            generation: 0,
        }
    }
}

/// Those that are ready.
pub(crate) struct Standbys {
    parts: StandbyParts,
    ready: Mutex<VecDeque<Standby>>,
    last_starts: Mutex<LastStarts>,
    changed: Notify,
}

/// What they need of the rest.
pub(crate) struct StandbyParts {
    /// How many there are to be.
    pub(crate) wanted: usize,
    pub(crate) book: Arc<Book>,
    pub(crate) store: Arc<Store>,
    pub(crate) engine: SharedEngine,
    pub(crate) tasks: Arc<Tasks>,
    pub(crate) folders: OwnerFolders,
    pub(crate) paths: Paths,
}

const MADE_BY: &str = env!("CARGO_PKG_VERSION");
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

impl Standbys {
    pub(crate) fn new(parts: StandbyParts) -> Self {
        Self {
            parts,
            ready: Mutex::default(),
            last_starts: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// How many there are to be.
    pub(crate) fn wanted(&self) -> usize {
        self.parts.wanted
    }

    fn ready(&self) -> MutexGuard<'_, VecDeque<Standby>> {
        self.ready.lock()
    }

    fn last_starts(&self) -> MutexGuard<'_, LastStarts> {
        self.last_starts.lock()
    }

    /// The sessions they will be.
    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        self.ready()
            .iter()
            .map(|standby| standby.runtime.session.clone())
            .collect()
    }

    /// Takes that very one, unless somebody else did: out of memory only, what is written down is the session's.
    pub(crate) fn take(&self, standby: &Standby) -> bool {
        let mut ready = self.ready();
        let before = ready.len();
        ready.retain(|other| other != standby);
        ready.len() < before
    }

    /// It is ready again: whoever took it has no use for it.
    pub(crate) fn put_back(&self, standby: Standby) {
        self.ready().push_front(standby);
    }

    /// Something has changed that may want a new one.
    pub(crate) fn replenish(&self) {
        self.changed.notify_one();
    }
}

impl Standbys {
    /// A runtime that lives, is what a start of this flow with this image would make, and satisfies the requirements;
    /// it stays among those that are ready until it is taken.
    pub(crate) async fn find_standby(
        &self,
        owner: &Owner,
        image: Option<&str>,
        requirements: Option<&Requirements>,
    ) -> Result<Option<Standby>, EngineError> {
        let found = {
            let ready = self.ready();
            let mut ready = ready.iter();
            ready
                .find(|standby| standby.made_for.may_be(owner))
                .cloned()
        };
        let Some(standby) = found else {
            return Ok(None);
        };
        if !may_live(&*self.parts.engine, &standby.runtime, false).await {
            return Ok(None);
        }
        if standby.made_for != StandbyFor::Anyone && !self.fits(&standby, owner, image).await? {
            return Ok(None);
        }
        let satisfied = match requirements {
            None => true,
            Some(requirements) => {
                self.parts
                    .engine
                    .satisfies(&standby.environment(), requirements)
                    .await?
            }
        };
        Ok(satisfied.then_some(standby))
    }

    async fn fits(
        &self,
        standby: &Standby,
        owner: &Owner,
        image: Option<&str>,
    ) -> Result<bool, EngineError> {
        let record = self.parts.book.record(owner);
        let wanted = WantedBase {
            image,
            anew: record.anew.image,
            keep: record.keep.as_ref(),
            ..WantedBase::default()
        };
        let (place, share) = (self.parts.folders.place_of(owner)?, record.share());
        let session = &standby.runtime.session;
        self.parts
            .engine
            .fits(session, &place, &wanted, share.as_ref())
            .await
    }

    /// Keeps as many ready as are wanted, for as long as the server runs.
    pub(crate) async fn keep_standbys(self: Arc<Self>) {
        let mut pause = FIRST_PAUSE;
        loop {
            if self.a_session_starts() {
                self.changed.notified().await;
                continue;
            }
            self.discard_unwanted().await;
            let Some(next) = self.next_wanted() else {
                self.changed.notified().await;
                continue;
            };
            match (self.make_standby(&next).await, &next) {
                (Ok(()), _) => pause = FIRST_PAUSE,
                (Err(error), StandbyFor::Flow(last)) => {
                    tracing::warn!(%error, code = %error.failure.code, flow = %last.owner, "the flow has no warm runtime until it starts again");
                    self.last_starts().forget(last);
                }
                (Err(error), StandbyFor::Anyone) => {
                    tracing::warn!(%error, code = %error.failure.code, "there is no standby runtime; trying again in {} s", pause.as_secs());
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// The start that a further one is to be made for; `None` when enough are ready.
    fn next_wanted(&self) -> Option<StandbyFor> {
        let ready = self.ready();
        match self.parts.engine.abilities().stands_by_for {
            StandsByFor::Anyone => (ready.len() < self.parts.wanted).then_some(StandbyFor::Anyone),
            StandsByFor::OneFlow => {
                let served = |made_for: &StandbyFor| {
                    ready.iter().any(|standby| standby.made_for == *made_for)
                };
                self.wanted_flows()
                    .into_iter()
                    .find(|made_for| !served(made_for))
            }
        }
    }

    /// The flows that were started last, as many as may have a standby runtime.
    fn wanted_flows(&self) -> Vec<StandbyFor> {
        let last_starts = self.last_starts();
        let last = last_starts.last(self.parts.wanted).cloned();
        last.map(StandbyFor::Flow).collect()
    }

    /// Ends those that are for flows which others were started after.
    async fn discard_unwanted(&self) {
        let wanted = self.wanted_flows();
        let mut unwanted: Vec<Standby> = self.ready().iter().cloned().collect();
        unwanted.retain(|standby| {
            standby.made_for != StandbyFor::Anyone && !wanted.contains(&standby.made_for)
        });
        for standby in &unwanted {
            if self.take(standby) {
                self.discard(standby).await;
            }
        }
    }

    /// A start that a person waits for is not slowed down.
    fn a_session_starts(&self) -> bool {
        self.parts
            .book
            .sessions()
            .values()
            .any(|live| matches!(live.record.state, State::Starting(_)))
    }

    async fn make_standby(self: &Arc<Self>, made_for: &StandbyFor) -> Result<(), EngineError> {
        let environment = EnvironmentId {
            session: id::random(),
            generation: 0,
        };
        let log = LogFile::at(self.parts.paths.session_log(&environment.session));
        match self.make_runtime(&environment, made_for, &log).await {
            Ok((runtime, image)) => {
                self.stand_by(Standby {
                    runtime,
                    image,
                    made_for: made_for.clone(),
                    made_by: MADE_BY.to_owned(),
                })?;
                let session = &environment.session;
                if let Err(error) = self.parts.engine.complete_base(session, Pace::Idle).await {
                    tracing::warn!(%session, %error, "the base of a standby runtime is incomplete");
                }
                Ok(())
            }
            Err(error) => {
                self.parts.engine.remove(&environment.session).await?;
                disk::remove(log.path())
                    .map_err(|error| EngineError::io("Removing a log", &error))?;
                Err(error)
            }
        }
    }

    async fn make_runtime(
        &self,
        environment: &EnvironmentId,
        made_for: &StandbyFor,
        log: &LogFile,
    ) -> Result<(Runtime, Option<SessionImage>), EngineError> {
        let session = &environment.session;
        let (place, wanted) = match made_for {
            StandbyFor::Anyone => (WorkFolders::default(), WantedBase::default()),
            StandbyFor::Flow(last) => (self.parts.folders.place_of(&last.owner)?, last.wanted()),
        };
        self.parts.engine.allocate(session, &place).await?;
        let base = self
            .parts
            .engine
            .prepare_base(session, &wanted, log)
            .await?;
        self.parts.engine.create_environment(environment).await?;
        let runtime = self.parts.engine.start_runtime(environment, log).await?;
        self.parts.engine.check(&runtime, log).await?;
        Ok((runtime, base.image))
    }

    fn stand_by(self: &Arc<Self>, standby: Standby) -> Result<(), EngineError> {
        let saved = self.parts.store.save_standby(&standby);
        saved.map_err(|error| EngineError::new("StoreFailed", error.to_string()))?;
        self.ready().push_back(standby.clone());
        self.watch_standby(standby);
        Ok(())
    }

    fn watch_standby(self: &Arc<Self>, standby: Standby) {
        let standbys = Arc::clone(self);
        self.parts.tasks.background(async move {
            standbys.parts.engine.died(&standby.runtime).await;
            if standbys.take(&standby) {
                standbys.discard(&standby).await;
                standbys.replenish();
            }
        });
    }

    async fn discard(&self, standby: &Standby) {
        let session = &standby.runtime.session;
        if let Err(error) = self.parts.engine.remove(session).await {
            tracing::error!(%session, %error, "a runtime that stood by could not be removed");
        }
        let forgotten = self.parts.store.forget_standby(standby).and_then(|()| {
            disk::remove(&self.parts.paths.session_log(session))
                .map_err(ComputeError::io("Removing a log"))
        });
        if let Err(error) = forgotten {
            tracing::error!(%session, %error, "a runtime that stood by could not be forgotten");
        }
    }

    /// Ends those that nobody has taken, and one in the making: after an orderly end nothing is left that belongs to
    /// nobody.
    pub(crate) async fn end_standbys(&self) {
        let ready = std::mem::take(&mut *self.ready());
        for standby in &ready {
            self.discard(standby).await;
        }
        let found = match self.parts.engine.sessions().await {
            Ok(found) => found,
            Err(error) => return tracing::error!(%error, "leftovers could not be looked for"),
        };
        let owned = self.owned_sessions();
        for session in found.iter().filter(|session| !owned.contains(session)) {
            if let Err(error) = self.parts.engine.remove(session).await {
                tracing::error!(%session, %error, "a runtime in the making could not be removed");
            }
        }
    }

    /// Sessions of which something may exist, and standby ones.
    pub(crate) fn owned_sessions(&self) -> HashSet<SessionId> {
        let mut owned = self.parts.book.living_sessions();
        owned.extend(self.sessions());
        owned
    }

    /// Takes over those that an earlier server of the same version left ready; others are leftovers.
    pub(crate) async fn recover_standbys(self: &Arc<Self>) -> Result<(), ComputeError> {
        for standby in self.parts.store.standbys()? {
            let room = self.ready().len() < self.parts.wanted;
            if room
                && standby.made_by == MADE_BY
                && may_live(&*self.parts.engine, &standby.runtime, true).await
            {
                if let StandbyFor::Flow(last) = &standby.made_for {
                    self.last_starts().remember(last.clone());
                }
                self.ready().push_back(standby.clone());
                self.watch_standby(standby);
            } else {
                self.parts.store.forget_standby(&standby)?;
            }
        }
        Ok(())
    }
}
