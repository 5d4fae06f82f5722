//! What can be asked of a session, and what begins with it. An ask keeps its meaning: it does what it says or is
//! refused, whatever state the session has come to meanwhile.

use std::sync::Arc;

use flowdeck_contract::{
    capability::Action,
    ids::{OperationId, SessionId},
    packages::RuntimeVersions,
    settings::SessionSettings,
};

use super::{Book, Installs, Shared, Starts, Stops};
use crate::{
    allotter::{Allotter, Anew},
    clock::Clock,
    compute::StartSession,
    error::ComputeError,
    idle::Activity,
    operations::Operations,
    owner::Owner,
};

/// What is asked of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Make one. Refused where there is one.
    Start(StartSession),
    /// Install the requirements file, from now on with these versions of the runtime where any are given. Refused where
    /// no session runs.
    Install(Option<RuntimeVersions>),
    /// Restore the packages from before the last install. Refused where there are none.
    Restore,
    /// Delete it and make one with the same settings.
    Reset(Anew),
    /// Change its settings to these: another idle time in place, another compute or base image by a reset. Refused
    /// where no session runs.
    Update(SessionSettings),
    /// Delete it, also one that is starting.
    Stop,
}

/// What a request began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The session that was asked: the new one of a start, the old one of a reset or an end.
    pub session: SessionId,
    /// The long operation to ask after.
    pub operation: OperationId,
}

/// Does what is asked.
pub(crate) struct Asks {
    book: Arc<Book>,
    operations: Arc<Operations>,
    clock: Arc<dyn Clock>,
    allotter: Arc<Allotter>,
    starts: Arc<Starts>,
    installs: Arc<Installs>,
    stops: Arc<Stops>,
    activity: Arc<Activity>,
}

impl Asks {
    pub(crate) fn new(
        shared: &Shared,
        starts: &Arc<Starts>,
        installs: &Arc<Installs>,
        stops: &Arc<Stops>,
        activity: &Arc<Activity>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            operations: Arc::clone(&shared.operations),
            clock: Arc::clone(&shared.clock),
            allotter: Arc::clone(&shared.allotter),
            starts: Arc::clone(starts),
            installs: Arc::clone(installs),
            stops: Arc::clone(stops),
            activity: Arc::clone(activity),
        }
    }

    /// Does what is asked, or refuses it.
    pub(crate) async fn set_up(&self, owner: &Owner, ask: Ask) -> Result<Begun, ComputeError> {
        match ask {
            Ask::Start(request) => self.starts.begin_start(owner, &request),
            Ask::Install(versions) => self.installs.begin_install(owner, versions).await,
            Ask::Restore => self.installs.begin_restore(owner),
            Ask::Reset(anew) => self.stops.begin_renewal(owner, anew),
            Ask::Update(settings) => self.begin_update(owner, &settings),
            Ask::Stop => {
                // Whoever ends it was at work in it.
                self.activity.touch(owner);
                self.stops
                    .begin_stop(owner, "Stopping the compute session.")
            }
        }
    }

    /// Another idle time is set in place; for another compute or base image the session is reset.
    fn begin_update(
        &self,
        owner: &Owner,
        settings: &SessionSettings,
    ) -> Result<Begun, ComputeError> {
        let record = self.book.record(owner);
        if let Some(refusal) = Action::Update.refusal(record.state.public()) {
            return Err(ComputeError::Refused(refusal.to_owned()));
        }
        // An install says whose versions of the runtime count, not this.
        let settings = &SessionSettings {
            runtime_versions: record.session.settings.runtime_versions,
            ..settings.clone()
        };
        let same_image = settings.base_image == record.session.settings.base_image;
        if !record.has_compute(&settings.compute) || !same_image {
            let why = "Resetting the compute session to apply its new settings.";
            return self.stops.begin_reset(owner, Some(settings), why);
        }
        let seconds = self.allotter.idle_seconds(settings)?;
        let now = self.clock.now();
        let session = self.book.change(owner, |live| {
            if let Some(refusal) = Action::Update.refusal(live.record.state.public()) {
                return Err(ComputeError::Refused(refusal.to_owned()));
            }
            live.record.session.max_idle_time_seconds = seconds;
            live.record.session.settings.idle_shutdown = settings.idle_shutdown;
            live.record.last_activity = now;
            live.record.require_session()
        })?;
        let operation = self.operations.begin()?;
        self.operations.succeed(Some(operation.clone()));
        Ok(Begun { session, operation })
    }
}
