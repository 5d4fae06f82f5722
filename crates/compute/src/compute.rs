//! What this crate offers: sessions and their operations, by owner, and runs, by flow.

use std::{
    collections::HashMap, fs::File, io::Read as _, path::PathBuf, sync::Arc, time::Duration,
};

use flowdeck_access::identity::Identities;
use flowdeck_connections::{Connections, Variables};
use flowdeck_contract::{
    azure::OperationResult,
    capability::Action,
    connections::{ConnectionName, ConnectionNeed, TestResult},
    events::FlowEvent,
    feeds::{FeedTest, KnownPackages, PackageAnswer},
    ids::{FlowId, OperationId, RunId, SessionId},
    packages::{Difference, InstallPlan, PackagesView, RuntimeVersions},
    runs::{RunDetail, RunRequest, RunSummary},
    session::{InstalledPackage, LogLine, SessionState, SessionView},
    sessions::{EndedSessions, SessionList},
    settings::{SessionSettings, SettingsIntent},
    timeline::{Life, Timeline},
};
use flowdeck_engines::engine::SharedEngine;
use tokio::sync::broadcast;

use crate::{
    allotter::Anew,
    catalog::Catalog,
    clock::{Clock, SystemClock},
    error::ComputeError,
    events,
    flows_folder::FlowsFolder,
    owner::Owner,
    runs::masked_copy,
    sessions::{Ask, Begun, Core, OwnEnvironment},
    state::State,
};

/// Compute sessions of the flows in one folder. Cheap to clone.
#[derive(Clone)]
pub struct Compute {
    pub(crate) core: Arc<Core>,
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
        core.recover().await;
        core.tasks.background(Arc::clone(&core).follow_logs());
        core.tasks.background(Arc::clone(&core).end_idle_sessions());
        core.tasks
            .background(Arc::clone(&core.standbys).keep_standbys());
        core.tasks.background(Arc::clone(&core).follow_tags());
        Ok(Self { core })
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
        let found = sessions.values().find(|live| {
            live.record.state != State::NotExist && live.record.session() == Some(session)
        });
        found.map(|live| live.record.owner.clone())
    }

    /// Every session there is, the newest first.
    #[must_use]
    pub fn session_list(&self) -> SessionList {
        self.core.session_list()
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
    pub fn last_life(&self, owner: impl Into<Owner>) -> Option<Life> {
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
        let copy = masked_copy(&masks, log.file.path());
        copy.map_err(ComputeError::io("Reading the session’s log"))
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
                self.core.change_environment(&owner, &environment)?;
                self.set_up(owner, Ask::Install(None)).await
            }
            _ => {
                self.core.write_environment(&owner, &environment)?;
                let started = self.set_up(owner.clone(), Ask::Start(request)).await;
                if started.is_err() {
                    self.core.forget_unless_it_exists(&owner);
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
        self.core.set_up(&owner.into(), ask).await
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

    /// The packages of the session's environment, by name.
    ///
    /// # Errors
    /// When there is no session that runs.
    pub async fn packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<InstalledPackage>, ComputeError> {
        let record = self.core.book.record(&owner.into());
        if let Some(refusal) = Action::Update.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let environment = record
            .environment()
            .ok_or_else(|| ComputeError::Refused("There is no compute session.".to_owned()))?;
        self.core
            .engine
            .packages(&environment)
            .await
            .map_err(|error| ComputeError::Unavailable {
                code: error.code,
                message: error.message,
                remedy: error.remedy,
            })
    }

    /// Every package of the session with its origin. Asks no package index.
    ///
    /// # Errors
    /// When there is no session that runs.
    pub async fn packages_view(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<PackagesView, ComputeError> {
        self.core.packages_view(&owner.into()).await
    }

    /// Where the session's packages are not what the requirements file as it is on disk asks for; none without such a
    /// file.
    ///
    /// # Errors
    /// When there is no session that runs; when the file's requirements cannot be resolved.
    pub async fn package_differences(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<Difference>, ComputeError> {
        self.core.package_differences(&owner.into()).await
    }

    /// What an install of the requirements file as it is on disk would do, with these versions of the runtime; without
    /// them, with those that the session's settings say.
    ///
    /// # Errors
    /// When there is no session that runs, or an install would fail.
    pub async fn install_plan(
        &self,
        owner: impl Into<Owner>,
        versions: Option<RuntimeVersions>,
    ) -> Result<InstallPlan, ComputeError> {
        self.core.install_plan(&owner.into(), versions).await
    }

    /// Asks each feed that the flow's requirements file names, as an install would: the file on disk, or `text` in its
    /// place.
    ///
    /// # Errors
    /// When there is no such flow, or its requirements file cannot be read. What is wrong with a feed is in the answer.
    pub async fn test_feeds(
        &self,
        owner: impl Into<Owner>,
        text: Option<String>,
    ) -> Result<FeedTest, ComputeError> {
        self.core.test_feeds(&owner.into(), text).await
    }

    /// Names of packages that are known without asking an index.
    pub async fn known_packages(&self, owner: impl Into<Owner>) -> KnownPackages {
        self.core.known_packages(&owner.into()).await
    }

    /// Asks the indexes that an install would use for the package `name`; `text` stands in the place of the flow's
    /// requirements file.
    ///
    /// # Errors
    /// When there is no such flow, or `name` isn't a valid name. An index that can't be read is in the answer.
    pub async fn look_up_package(
        &self,
        owner: impl Into<Owner>,
        name: &str,
        text: Option<String>,
    ) -> Result<PackageAnswer, ComputeError> {
        self.core.look_up(&owner.into(), name, text).await
    }

    /// Ends the install that is in progress; the session is as it was before it.
    ///
    /// # Errors
    /// When none is in progress and the last one was not canceled.
    pub async fn cancel_install(&self, owner: impl Into<Owner>) -> Result<(), ComputeError> {
        self.core.cancel_install(&owner.into())
    }

    /// [`Ask::Restore`].
    ///
    /// # Errors
    /// As [`Compute::set_up`]; also when there are no packages to restore, or something is in progress in the session.
    pub async fn restore_packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<OperationId, ComputeError> {
        self.operation_of(owner, Ask::Restore).await
    }

    /// A person is at work on the flow: its session is not idle.
    pub fn touch(&self, owner: impl Into<Owner>) {
        self.core.touch(&owner.into());
    }

    /// Files of the flow have changed on disk.
    pub fn flow_changed(&self, owner: impl Into<Owner>) {
        self.core.flow_changed(&owner.into());
    }

    /// Somebody looks at the session: whether the tag of its image has moved is found out in the background.
    pub fn looked_at(&self, owner: impl Into<Owner>) {
        self.core.spawn_look_at_tag(&owner.into());
    }

    /// Runs the flow, or one of its nodes; gives the run as it begins.
    ///
    /// # Errors
    /// When there is no session that runs, or the flow, the node or an input is wrong.
    pub async fn run(&self, flow: &FlowId, request: RunRequest) -> Result<RunDetail, ComputeError> {
        self.core.runs.begin_run(flow, &request)
    }

    /// Asks a run to end; gives it as it stands.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub async fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.runs.begin_cancel(flow, run)
    }

    /// The project's connections.
    #[must_use]
    pub fn connections(&self) -> &Arc<Connections> {
        &self.core.connections
    }

    /// The server's variables that flows and connections may refer to.
    #[must_use]
    pub fn flow_variables(&self) -> &Variables {
        &self.core.runs.parts.variables
    }

    /// Calls the service of a connection once, and remembers what it said.
    ///
    /// # Errors
    /// When there is no such connection, or the store fails.
    pub async fn test_connection(&self, name: &ConnectionName) -> Result<TestResult, ComputeError> {
        let core = &self.core;
        let stored = core.connections.get(name)?;
        let tests = &core.connection_tests;
        let result = tests
            .test(&core.connections, &stored, self.flow_variables(), || {
                core.now()
            })
            .await;
        core.connections.note_test(&stored, &result)?;
        Ok(result)
    }

    /// The connections that a flow asks for, and what is wrong with them.
    ///
    /// # Errors
    /// When there is no such flow, or its definition can't be read.
    pub fn connection_needs(&self, flow: &FlowId) -> Result<Vec<ConnectionNeed>, ComputeError> {
        self.core.runs.connection_needs(flow)
    }

    /// A flow's runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn runs(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        self.core.runs.run_summaries(flow)
    }

    /// The newest run of each flow that has one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn last_runs(&self) -> Result<HashMap<FlowId, RunSummary>, ComputeError> {
        self.core.runs.last_runs()
    }

    /// A run, whole.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn run_detail(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.runs.run_detail(flow, run)
    }

    /// The file of a run's log, as it is written; `None` as long as there is none.
    ///
    /// # Errors
    /// When there is no such run, or its log cannot be opened.
    pub fn run_log_file(&self, flow: &FlowId, run: &RunId) -> Result<Option<File>, ComputeError> {
        self.core.runs.run_log_file(flow, run)
    }

    /// The file of a run's whole result, which is kept when it is too large to be shown.
    ///
    /// # Errors
    /// When there is no such run, or all of its result is in the run itself.
    pub fn run_result_file(&self, flow: &FlowId, run: &RunId) -> Result<File, ComputeError> {
        self.core.runs.run_result_file(flow, run)
    }

    /// The last lines of a run's log.
    ///
    /// # Errors
    /// When there is no such run, or its log cannot be read.
    pub fn run_log(
        &self,
        flow: &FlowId,
        run: &RunId,
        last: usize,
    ) -> Result<Vec<LogLine>, ComputeError> {
        self.core.runs.run_log(flow, run, last)
    }

    /// What happens from now on, in order. Subscribe first, then read the state: doubles are whole values and do no
    /// harm. A reader that falls behind learns so and reads the state again.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<(Owner, FlowEvent)> {
        self.core.events.subscribe()
    }
}
