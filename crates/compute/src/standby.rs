//! Runtimes that stand by: made from the base packages ahead of time, so that a start has only to take one. Their
//! failures are logged and tried again, and are no session's.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use flowdeck_contract::ids::SessionId;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    engine::{EngineError, EnvironmentId, Place, Requirements, Runtime, WantedBase},
    error::ComputeError,
    id,
    log::LogFile,
    paths,
    sessions::Core,
    state::State,
};

/// A runtime that nobody has taken yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standby {
    pub(crate) runtime: Runtime,
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

/// Those that stand by.
#[derive(Debug, Default)]
pub(crate) struct Standbys {
    ready: Mutex<VecDeque<Standby>>,
    changed: Notify,
}

const MADE_BY: &str = env!("CARGO_PKG_VERSION");
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

impl Standbys {
    fn ready(&self) -> MutexGuard<'_, VecDeque<Standby>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// It stands by again: whoever took it has no use for it.
    pub(crate) fn put_back(&self, standby: Standby) {
        self.ready().push_front(standby);
    }

    /// Something has changed that may want a new one.
    pub(crate) fn replenish(&self) {
        self.changed.notify_one();
    }
}

impl Core {
    /// One that lives and satisfies the requirements; it stays among those that stand by until it is taken.
    pub(crate) async fn find_standby(
        &self,
        requirements: Option<&Requirements>,
    ) -> Result<Option<Standby>, EngineError> {
        let Some(standby) = self.standbys.ready().front().cloned() else {
            return Ok(None);
        };
        if !self.engine.is_alive(&standby.runtime).await {
            return Ok(None);
        }
        let satisfied = match requirements {
            None => true,
            Some(requirements) => {
                self.engine
                    .satisfies(&standby.environment(), requirements)
                    .await?
            }
        };
        Ok(satisfied.then_some(standby))
    }

    /// How many are to stand by: none on an engine that can have none.
    pub(crate) fn wanted_standbys(&self) -> usize {
        match self.engine.standby_unavailable() {
            Some(why) => {
                tracing::debug!(why, "no runtime stands by");
                0
            }
            None => self.config.standby,
        }
    }

    /// Keeps as many standing by as are wanted, for as long as the server runs.
    pub(crate) async fn keep_standbys(self: Arc<Self>) {
        let mut pause = FIRST_PAUSE;
        loop {
            let enough = self.standbys.ready().len() >= self.wanted_standbys();
            if enough || self.a_session_starts() {
                self.standbys.changed.notified().await;
                continue;
            }
            match self.make_standby().await {
                Ok(()) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(%error, code = error.code, "no runtime stands by; trying again in {} s", pause.as_secs());
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// A start that a person waits for is not slowed down.
    fn a_session_starts(&self) -> bool {
        self.flows()
            .values()
            .any(|live| matches!(live.record.state, State::Starting(_)))
    }

    async fn make_standby(self: &Arc<Self>) -> Result<(), EngineError> {
        let environment = EnvironmentId {
            session: id::random(),
            generation: 0,
        };
        let log = LogFile::at(self.paths.session_log(&environment.session));
        match self.make_runtime(&environment, &log).await {
            Ok(runtime) => self.stand_by(Standby {
                runtime,
                made_by: MADE_BY.to_owned(),
            }),
            Err(error) => {
                self.engine.remove(&environment.session).await?;
                paths::remove(log.path())
                    .map_err(|error| EngineError::io("Removing a log", &error))?;
                Err(error)
            }
        }
    }

    async fn make_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        self.engine
            .allocate(&environment.session, &Place::default())
            .await?;
        self.engine
            .prepare_base(&environment.session, &WantedBase::default(), log)
            .await?;
        self.engine.create_environment(environment).await?;
        let runtime = self.engine.start_runtime(environment, log).await?;
        self.engine.check(&runtime, log).await?;
        Ok(runtime)
    }

    fn stand_by(self: &Arc<Self>, standby: Standby) -> Result<(), EngineError> {
        let saved = self.store.save_standby(&standby);
        saved.map_err(|error| EngineError::new("StoreFailed", error.to_string()))?;
        self.standbys.ready().push_back(standby.clone());
        self.watch_standby(standby);
        Ok(())
    }

    fn watch_standby(self: &Arc<Self>, standby: Standby) {
        let core = Arc::clone(self);
        self.background(async move {
            core.engine.died(&standby.runtime).await;
            if core.standbys.take(&standby) {
                core.discard(&standby).await;
                core.standbys.replenish();
            }
        });
    }

    async fn discard(&self, standby: &Standby) {
        let session = &standby.runtime.session;
        if let Err(error) = self.engine.remove(session).await {
            tracing::error!(%session, %error, "a runtime that stood by could not be removed");
        }
        let forgotten = self.store.forget_standby(standby).and_then(|()| {
            paths::remove(&self.paths.session_log(session))
                .map_err(ComputeError::io("Removing a log"))
        });
        if let Err(error) = forgotten {
            tracing::error!(%session, %error, "a runtime that stood by could not be forgotten");
        }
    }

    /// Ends those that nobody has taken, and one in the making: after an orderly end nothing is left that belongs to
    /// nobody.
    pub(crate) async fn end_standbys(&self) {
        let ready = std::mem::take(&mut *self.standbys.ready());
        for standby in &ready {
            self.discard(standby).await;
        }
        let found = match self.engine.sessions().await {
            Ok(found) => found,
            Err(error) => return tracing::error!(%error, "leftovers could not be looked for"),
        };
        let owned = self.owned_sessions();
        for session in found.iter().filter(|session| !owned.contains(session)) {
            if let Err(error) = self.engine.remove(session).await {
                tracing::error!(%session, %error, "a runtime in the making could not be removed");
            }
        }
    }

    /// Takes over those that an earlier server of the same version left standing by; others are leftovers.
    pub(crate) async fn recover_standbys(self: &Arc<Self>) -> Result<(), ComputeError> {
        for standby in self.store.standbys()? {
            let room = self.standbys.ready().len() < self.wanted_standbys();
            if room && standby.made_by == MADE_BY && self.engine.is_alive(&standby.runtime).await {
                self.standbys.ready().push_back(standby.clone());
                self.watch_standby(standby);
            } else {
                self.store.forget_standby(&standby)?;
            }
        }
        Ok(())
    }
}
