//! What this crate offers: sessions and their operations, by owner, and runs, by flow.

use std::{path::PathBuf, sync::Arc, time::Duration};

use flowdeck_contract::{
    azure::OperationResult,
    capability::Action,
    events::FlowEvent,
    feeds::FeedTest,
    ids::{FlowId, OperationId, RunId, SessionId},
    packages::{Difference, InstallPlan, PackagesView},
    runs::{RunDetail, RunRequest, RunSummary},
    session::{InstalledPackage, LogLine, SessionState, SessionView},
    sessions::{EndedSessions, SessionList},
    settings::SessionSettings,
    timeline::{Life, Timeline},
};
use tokio::sync::broadcast;

use crate::{
    catalog::Catalog,
    clock::{Clock, SystemClock},
    engine::SharedEngine,
    error::ComputeError,
    identity::Identities,
    log::last_lines,
    owner::Owner,
    sessions::{Anew, Core, OwnEnvironment},
};

/// Compute sessions of the flows in one folder. Cheap to clone.
#[derive(Clone)]
pub struct Compute {
    pub(crate) core: Arc<Core>,
}

/// What compute is to work with.
#[derive(Clone, Debug)]
pub struct ComputeConfig {
    /// Holds one folder per flow.
    pub flows: PathBuf,
    /// Holds everything that is remembered; one server may use it at a time.
    pub data: PathBuf,
    /// How many runtimes stand by; 0 for none.
    pub standby: usize,
    /// After how long without activity a session ends when its start does not say; `None` for never.
    pub max_idle: Option<Duration>,
    /// What there is to choose from.
    pub catalog: Catalog,
    /// Gets the credentials of the catalog's identities, and the user's own.
    pub identities: Identities,
}

/// How to start a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartSession {
    /// What is asked for. The base image is the flow's to say: what stands here is not looked at.
    pub settings: SessionSettings,
    /// What is made anew.
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
        let core = Core::open(config, engine, clock)?;
        core.recover().await?;
        core.background(Arc::clone(&core).follow_logs());
        core.background(Arc::clone(&core).end_idle_sessions());
        core.background(Arc::clone(&core).keep_standbys());
        core.background(Arc::clone(&core).follow_tags());
        Ok(Self { core })
    }

    /// Ends the work in the background and what stands by; sessions live on.
    pub async fn close(&self) {
        self.core.shutdown.cancel();
        self.core.tasks.close();
        self.core.tasks.wait().await;
        self.core.end_standbys().await;
    }

    /// The session of a flow, or one that is nobody's, as it stands.
    #[must_use]
    pub fn session(&self, owner: impl Into<Owner>) -> SessionView {
        self.core
            .flows()
            .get(&owner.into())
            .map(crate::sessions::Live::view)
            .unwrap_or_default()
    }

    /// Every session, also those of flows that had one.
    #[must_use]
    pub fn sessions(&self) -> Vec<(Owner, SessionView)> {
        self.core
            .flows()
            .iter()
            .map(|(owner, live)| (owner.clone(), live.view()))
            .collect()
    }

    /// Every session there is, the newest first.
    #[must_use]
    pub fn session_list(&self) -> SessionList {
        self.core.session_list()
    }

    /// The sessions that ended last, whoever's, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn ended_sessions(&self) -> Result<EndedSessions, ComputeError> {
        self.core.ended_sessions()
    }

    /// What became of an owner's sessions, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn timeline(&self, owner: impl Into<Owner>) -> Result<Timeline, ComputeError> {
        self.core.timeline(&owner.into())
    }

    /// The last life of an owner's session.
    #[must_use]
    pub fn last_life(&self, owner: impl Into<Owner>) -> Option<Life> {
        let sessions = self.core.flows();
        sessions.get(&owner.into())?.life.clone()
    }

    /// What became of the session of this id, also long after it ended.
    ///
    /// # Errors
    /// When there never was one, or it is forgotten.
    pub fn timeline_of(&self, session: &SessionId) -> Result<Timeline, ComputeError> {
        self.core.timeline_of(session)
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
        self.core.tell_log(&owner);
        let log = self
            .core
            .flows()
            .get(&owner)
            .and_then(|live| live.log.clone());
        let lines = log.map_or_else(|| Ok(Vec::new()), |log| log.tail().last(last));
        lines.map_err(ComputeError::io("Reading the session’s log"))
    }

    /// The whole log of a flow's session.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn session_log_text(&self, owner: impl Into<Owner>) -> Result<String, ComputeError> {
        let log = self
            .core
            .flows()
            .get(&owner.into())
            .and_then(|live| live.log.clone());
        let Some(log) = log else {
            return Ok(String::new());
        };
        let lines = last_lines(log.file.path(), usize::MAX)
            .map_err(ComputeError::io("Reading the session’s log"))?;
        Ok(lines.into_iter().map(|line| line.text + "\n").collect())
    }

    /// Makes a session that is nobody's, of the environment that is given here. One that runs gets the requirements
    /// that are given, if any, and they are installed.
    ///
    /// # Errors
    /// When a part of the environment or a setting is wrong, or the session's state does not allow it.
    pub async fn create(
        &self,
        session: SessionId,
        environment: OwnEnvironment,
        request: StartSession,
    ) -> Result<OperationId, ComputeError> {
        let owner = Owner::Nobody(session);
        environment.check()?;
        match self.session(&owner).state {
            SessionState::Available => {
                self.core.change_environment(&owner, &environment)?;
                self.install(owner).await
            }
            _ => {
                self.core.write_environment(&owner, &environment)?;
                let started = self.start(&owner, request).await;
                if started.is_err() {
                    self.core.forget_unless_it_exists(&owner);
                }
                started
            }
        }
    }

    /// Starts a session.
    ///
    /// # Errors
    /// When the flow does not exist, has a session already, or what is asked for does not exist or cannot be had now.
    pub async fn start(
        &self,
        owner: impl Into<Owner>,
        request: StartSession,
    ) -> Result<OperationId, ComputeError> {
        self.core.begin_start(&owner.into(), &request)
    }

    /// Installs the flow's requirements file into its session.
    ///
    /// # Errors
    /// When there is no session or no requirements file, or something goes on in the session.
    pub async fn install(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        self.core.begin_install(&owner.into()).await
    }

    /// Deletes the session and makes one with the same settings.
    ///
    /// # Errors
    /// When there is no session that could be reset.
    pub async fn reset(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        self.core.begin_renewal(&owner.into(), Anew::default())
    }

    /// As [`Compute::reset`], with some of it made anew.
    ///
    /// # Errors
    /// As [`Compute::reset`].
    pub async fn renew(
        &self,
        owner: impl Into<Owner>,
        anew: Anew,
    ) -> Result<OperationId, ComputeError> {
        self.core.begin_renewal(&owner.into(), anew)
    }

    /// Starts the flow's session with these settings, or changes the one that runs to them. Unlike the settings of a
    /// start, these have a say about the base image: `flow.dag.yaml` must ask for the same.
    ///
    /// # Errors
    /// As [`Compute::start`] and [`Compute::update`].
    pub async fn apply(
        &self,
        flow: &FlowId,
        settings: SessionSettings,
    ) -> Result<OperationId, ComputeError> {
        let owner = Owner::from(flow);
        self.core
            .require_image(&owner, settings.base_image.as_deref())?;
        match self.session(&owner).state {
            SessionState::Available => self.update(owner, settings).await,
            _ => {
                let request = StartSession {
                    settings,
                    ..StartSession::default()
                };
                self.start(owner, request).await
            }
        }
    }

    /// Changes the settings of the session to these. It goes on with another idle time; for another VM size, identity,
    /// compute or base image it is reset.
    ///
    /// # Errors
    /// When there is no session, or what is asked for does not exist or cannot be had now; nothing changes then.
    pub async fn update(
        &self,
        owner: impl Into<Owner>,
        settings: SessionSettings,
    ) -> Result<OperationId, ComputeError> {
        let (core, owner) = (&self.core, owner.into());
        let record = core.record(&owner);
        if let Some(refusal) = Action::Update.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        let same_image = settings.base_image == record.view.settings.base_image;
        if !record.has_compute(&settings.compute) || !same_image {
            let why = "Resetting the compute session for its new settings.";
            return core.begin_reset(&owner, Some(&settings), why);
        }
        let seconds = core.idle_seconds(&settings)?;
        let now = core.now();
        core.change(&owner, |live| {
            if let Some(refusal) = Action::Update.refusal(live.record.state.public()) {
                return Err(ComputeError::Refused(refusal.to_owned()));
            }
            live.record.view.max_idle_time_seconds = seconds;
            live.record.view.settings.idle_shutdown = settings.idle_shutdown;
            live.record.last_activity = now;
            Ok(())
        })?;
        let operation = core.begin_operation()?;
        core.succeed(Some(operation.clone()));
        Ok(operation)
    }

    /// Ends the session, also one that is being made.
    ///
    /// # Errors
    /// When there is none.
    pub async fn stop(&self, owner: impl Into<Owner>) -> Result<OperationId, ComputeError> {
        let owner = owner.into();
        // Who ends it was at work in it.
        self.core.touch(&owner);
        self.core
            .begin_stop(&owner, "Stopping the compute session.")
    }

    /// How many runtimes are to stand by, and how many do.
    #[must_use]
    pub fn standbys(&self) -> (usize, usize) {
        (
            self.core.config.standby,
            self.core.standbys.sessions().len(),
        )
    }

    /// How a long operation stands; `None` when there is none of that id, or it is long over.
    #[must_use]
    pub fn operation(&self, id: &OperationId) -> Option<OperationResult> {
        self.core.store.operation(id).unwrap_or_else(|error| {
            tracing::error!(operation = %id, %error, "an operation could not be read");
            None
        })
    }

    /// The packages of the session's environment, by name.
    ///
    /// # Errors
    /// When there is no session that runs.
    pub async fn packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<InstalledPackage>, ComputeError> {
        let record = self.core.record(&owner.into());
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

    /// Where the session's packages are not what the requirements file as it is on disk asks for; none without such a file.
    ///
    /// # Errors
    /// When there is no session that runs; when the file's requirements cannot be had.
    pub async fn package_differences(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<Vec<Difference>, ComputeError> {
        self.core.package_differences(&owner.into()).await
    }

    /// What an install of the requirements file as it is on disk would do.
    ///
    /// # Errors
    /// When there is no session that runs, or an install would fail.
    pub async fn install_plan(&self, owner: impl Into<Owner>) -> Result<InstallPlan, ComputeError> {
        self.core.install_plan(&owner.into()).await
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

    /// Ends the install that is under way; the session is as it was before it.
    ///
    /// # Errors
    /// When none is under way and the last one was not canceled.
    pub async fn cancel_install(&self, owner: impl Into<Owner>) -> Result<(), ComputeError> {
        self.core.cancel_install(&owner.into())
    }

    /// Begins to restore the packages from before the last install.
    ///
    /// # Errors
    /// When there are none, or something is under way in the session.
    pub async fn restore_packages(
        &self,
        owner: impl Into<Owner>,
    ) -> Result<OperationId, ComputeError> {
        self.core.begin_restore(&owner.into())
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
        self.core.begin_run(flow, &request)
    }

    /// Asks a run to end; gives it as it stands.
    ///
    /// # Errors
    /// When there is no such run, or it is over.
    pub async fn cancel_run(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.begin_cancel(flow, run)
    }

    /// A flow's runs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn runs(&self, flow: &FlowId) -> Result<Vec<RunSummary>, ComputeError> {
        self.core.run_summaries(flow)
    }

    /// A run, whole.
    ///
    /// # Errors
    /// When there is none of that id.
    pub fn run_detail(&self, flow: &FlowId, run: &RunId) -> Result<RunDetail, ComputeError> {
        self.core.run_detail(flow, run)
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
        self.core.run_log(flow, run, last)
    }

    /// What happens from now on, in order. Subscribe first, then read the state: doubles are whole values and do no
    /// harm. A reader that falls behind is told so and reads the state anew.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<(Owner, FlowEvent)> {
        self.core.events.subscribe()
    }
}
