//! What this crate offers: sessions and their operations, by owner, and runs, by flow.

mod connections;
mod conversations;
mod core;
mod flows;
mod options;
mod packages;
mod runs;
mod sign_ins;

use std::{
    fs::File,
    io::{ErrorKind, Read as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use flowdeck_access::{folder::FileBeneath, identity::Identities};
use flowdeck_contract::{
    azure::OperationResult,
    events::FlowEvent,
    ids::{FlowId, OperationId, SessionId},
    prices::Prices,
    session::{LogLine, SessionState, SessionView},
    sessions::{EndedSessions, SessionList},
    settings::{SessionSettings, SettingsIntent},
    timeline::{SessionHistory, Timeline},
};
use flowdeck_engines::engine::SharedEngine;
use tokio::sync::broadcast;

use self::core::Core;
pub use self::{connections::Lacking, sign_ins::SignInStore};
use crate::{
    allotter::Anew,
    catalog::Catalog,
    clock::{Clock, SystemClock},
    error::ComputeError,
    events,
    flows_folder::FlowsFolder,
    owner::Owner,
    runs::masked_copy,
    sessions::{Ask, Begun, OwnEnvironment},
    state::State,
};

/// Compute sessions of the flows in one folder. Cheap to clone.
#[derive(Clone)]
pub struct Compute {
    core: Arc<Core>,
}

/// What compute is to work with.
#[derive(Clone, Debug)]
pub struct ComputeConfig {
    /// Holds the flows' folders.
    pub flows: FlowsFolder,
    /// Holds everything that is remembered; one server may use it at a time.
    pub data: PathBuf,
    /// How many standby runtimes to keep; 0 for none.
    pub standby: usize,
    /// After how long without activity a session ends when its start does not say; `None` for never.
    pub max_idle: Option<Duration>,
    /// What there is to choose from.
    pub catalog: Catalog,
    /// Gets the credentials of the catalog's identities, and the user's own.
    pub identities: Identities,
    /// How connections are kept, and what they may refer to.
    pub connections: ConnectionOptions,
    /// What models cost: a run keeps what those that it called cost when it ran.
    pub prices: Prices,
}

/// How connections are kept, and what they may refer to.
#[derive(Clone, Debug, Default)]
pub struct ConnectionOptions {
    /// The file of the key that seals secrets; without it, one in the data folder.
    pub key_file: Option<PathBuf>,
    /// The server's variables that flows and connections may refer to as `${env:NAME}`.
    pub variables: Vec<String>,
    /// Whether connections to services on this machine and in private networks can be tested.
    pub private_services: bool,
    /// Whether model servers on this machine may be looked for.
    pub model_servers: bool,
}

/// How to start a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartSession {
    /// What is asked for. The base image is the flow's to say: what stands here is not looked at.
    pub settings: SessionSettings,
    /// What is not taken from an earlier session.
    pub anew: Anew,
}

impl Compute {
    /// Takes over what an earlier server left in the data folder, and begins the work in the background.
    ///
    /// # Errors
    /// When the data folder cannot be used, or what is in it cannot be read.
    pub async fn open(config: ComputeConfig, engine: SharedEngine) -> Result<Self, ComputeError> {
        Self::open_with_clock(config, engine, Arc::new(SystemClock)).await
    }

    /// As [`Compute::open`], with another clock.
    ///
    /// # Errors
    /// As [`Compute::open`].
    pub async fn open_with_clock(
        config: ComputeConfig,
        engine: SharedEngine,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ComputeError> {
        let core = Core::open(config, engine, clock).await?;
        core.recovery.recover().await;
        core.begin();
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// Ends the work in the background and the standby runtimes; sessions live on.
    pub async fn close(&self) {
        self.core.tasks.end().await;
        self.core.standbys.end_standbys().await;
    }

    /// The session of a flow, or one without a flow, as it stands.
    #[must_use]
    pub fn session(&self, owner: impl Into<Owner>) -> SessionView {
        self.core
            .book
            .sessions()
            .get(&owner.into())
            .map(crate::sessions::Live::view)
            .unwrap_or_default()
    }

    /// Every session, also those of flows that had one.
    #[must_use]
    pub fn sessions(&self) -> Vec<(Owner, SessionView)> {
        self.core
            .book
            .sessions()
            .iter()
            .map(|(owner, live)| (owner.clone(), live.view()))
            .collect()
    }

    /// Whose session has this id; `None` when none that there is has it.
    #[must_use]
    pub fn owner_of(&self, session: &SessionId) -> Option<Owner> {
        let sessions = self.core.book.sessions();
        let found = sessions
            .values()
            .find(|live| live.record.state != State::NotExist && live.record.id() == Some(session));
        found.map(|live| live.record.owner.clone())
    }

    /// Every session there is, the newest first.
    #[must_use]
    pub fn session_list(&self) -> SessionList {
        self.core.book.list(&self.core.catalog)
    }

    /// The sessions that ended last, of all owners, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ended_sessions(&self) -> Result<EndedSessions, ComputeError> {
        self.core.book.ended_sessions()
    }

    /// The history of an owner's sessions, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn timeline(&self, owner: impl Into<Owner>) -> Result<Timeline, ComputeError> {
        self.core.book.timeline(&owner.into())
    }

    /// The last life of an owner's session.
    #[must_use]
    pub fn last_life(&self, owner: impl Into<Owner>) -> Option<SessionHistory> {
        let sessions = self.core.book.sessions();
        sessions.get(&owner.into())?.life.clone()
    }

    /// The history of the session of this id, also long after it ended.
    ///
    /// # Errors
    /// When there never was one, or it is forgotten.
    pub fn timeline_of(&self, session: &SessionId) -> Result<Timeline, ComputeError> {
        self.core.book.timeline_of(session)
    }

    /// The last lines of the log of a flow's session, also of one that has ended.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn session_log(
        &self,
        owner: impl Into<Owner>,
        last: usize,
    ) -> Result<Vec<LogLine>, ComputeError> {
        let owner = owner.into();
        self.core.book.tell_log(&owner);
        let log = self
            .core
            .book
            .sessions()
            .get(&owner)
            .and_then(|live| live.log.clone());
        let lines = log.map_or_else(|| Ok(Vec::new()), |log| log.tail().last(last));
        let mut lines = lines.map_err(ComputeError::io("Reading the session’s log"))?;
        events::mask(&self.core.connections.masks(), &mut lines);
        Ok(lines)
    }

    /// The file of a session's log; `None` where there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn session_log_file(&self, owner: impl Into<Owner>) -> Result<Option<File>, ComputeError> {
        let flows = self.core.book.sessions();
        let log = flows.get(&owner.into()).and_then(|live| live.log.clone());
        drop(flows);
        let Some(log) = log else { return Ok(None) };
        let masks = self.core.connections.masks();
        let opened = match FileBeneath::from(log.file.path()).open() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened,
        };
        let copy = opened.and_then(|log| masked_copy(&masks, log));
        copy.map(Some)
            .map_err(ComputeError::io("Reading the session’s log"))
    }

    /// The whole log of a session, as text.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn session_log_text(&self, owner: impl Into<Owner>) -> Result<String, ComputeError> {
        let mut bytes = Vec::new();
        if let Some(mut file) = self.session_log_file(owner)? {
            let read = file.read_to_end(&mut bytes);
            read.map_err(ComputeError::io("Reading the session’s log"))?;
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Makes a session without a flow, of the environment that is given here. One that runs gets the requirements
    /// that are given, if any, and they are installed.
    ///
    /// # Errors
    /// When a part of the environment or a setting is wrong, or the session's state does not allow it.
    pub async fn create(
        &self,
        session: SessionId,
        environment: OwnEnvironment,
        request: StartSession,
    ) -> Result<Begun, ComputeError> {
        let owner = Owner::Nobody(session);
        environment.check()?;
        match self.session(&owner).state {
            SessionState::Available => {
                self.core.own.change(&owner, &environment)?;
                self.set_up(owner, Ask::Install(None)).await
            }
            _ => {
                self.core.own.write(&owner, &environment)?;
                let started = self.set_up(owner.clone(), Ask::Start(request)).await;
                if started.is_err() {
                    self.core.own.forget_unless_it_exists(&owner);
                }
                started
            }
        }
    }

    /// Does with a session what is asked, or refuses it: a request means the same in every state.
    ///
    /// # Errors
    /// When the flow does not exist, the session's state does not allow it, or what is asked for does not exist or is
    /// not available now. Nothing has changed then.
    pub async fn set_up(&self, owner: impl Into<Owner>, ask: Ask) -> Result<Begun, ComputeError> {
        self.core.asks.set_up(&owner.into(), ask).await
    }

    /// [`Ask::Start`].
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn start(
        &self,
        owner: impl Into<Owner>,
        request: StartSession,
    ) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Start(request)).await
    }

    /// [`Ask::Install`].
    ///
    /// # Errors
    /// As [`Compute::set_up`]; also when a run or an install is in progress, or there is no requirements file.
    pub async fn install(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Install(None)).await
    }

    /// [`Ask::Reset`], with what there is taken again.
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn reset(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        self.renew(owner, Anew::default()).await
    }

    /// [`Ask::Reset`].
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn renew(
        &self,
        owner: impl Into<Owner>,
        anew: Anew,
    ) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Reset(anew)).await
    }

    /// [`Ask::Update`].
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn update(
        &self,
        owner: impl Into<Owner>,
        settings: SessionSettings,
    ) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Update(settings)).await
    }

    /// [`Ask::Stop`].
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn stop(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Stop).await
    }

    async fn operation_of(
        &self,
        owner: impl Into<Owner>,
        ask: Ask,
    ) -> Result<OperationId, ComputeError> {
        Ok(self.set_up(owner, ask).await?.operation)
    }

    /// Starts the flow's session with these settings, or changes the one that runs to them. Unlike the settings of a
    /// start, these have a say about the base image: `flow.dag.yaml` must ask for the same. Without an intent the
    /// session's state decides which of the two is meant.
    ///
    /// # Errors
    /// As [`Compute::set_up`].
    pub async fn apply(
        &self,
        flow: &FlowId,
        settings: SessionSettings,
        intent: Option<SettingsIntent>,
    ) -> Result<Begun, ComputeError> {
        let owner = Owner::from(flow);
        self.core
            .checks
            .require_image(&owner, settings.base_image.as_deref())?;
        let intent = intent.unwrap_or_else(|| match self.session(&owner).state {
            SessionState::Available => SettingsIntent::Change,
            _ => SettingsIntent::Start,
        });
        let ask = match intent {
            SettingsIntent::Change => Ask::Update(settings),
            SettingsIntent::Start => Ask::Start(StartSession {
                settings,
                ..StartSession::default()
            }),
        };
        self.set_up(owner, ask).await
    }

    /// How many standby runtimes there are to be, and how many there are.
    #[must_use]
    pub fn standbys(&self) -> (usize, usize) {
        (
            self.core.standbys.wanted(),
            self.core.standbys.sessions().len(),
        )
    }

    /// How a long operation stands; `None` when there is none of that id, or it is long over.
    #[must_use]
    pub fn operation(&self, id: &OperationId) -> Option<OperationResult> {
        self.core.operations.result(id)
    }

    /// A person is at work on the flow: its session is not idle.
    pub fn touch(&self, owner: impl Into<Owner>) {
        self.core.activity.touch(&owner.into());
    }

    /// Files of the flow have changed on disk.
    pub fn flow_changed(&self, owner: impl Into<Owner>) {
        self.core.out_of_date.look(&owner.into());
    }

    /// Somebody looks at the session: whether the tag of its image has moved is found out in the background.
    pub fn looked_at(&self, owner: impl Into<Owner>) {
        self.core.tags.spawn_look(&owner.into());
    }

    /// What happens from now on, in order. Subscribe first, then read the state: doubles are whole values and do no
    /// harm. A reader that falls behind learns so and reads the state again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<(Owner, FlowEvent)> {
        self.core.events.subscribe()
    }
}
