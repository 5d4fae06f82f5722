//! Starting a session: phase by phase, or by taking a standby runtime.

mod make;
mod take;

use std::sync::Arc;

use flowdeck_access::{disk, id};
use flowdeck_contract::{
    capability::Action,
    ids::{OperationId, SessionId},
    session::Phase,
};
use flowdeck_engines::{
    engine::{Downloads, EngineError, EnvironmentId, Pace, PhaseNote, Requirements, SharedEngine},
    log::LogFile,
    packages::{Lines, fault},
};

use super::{
    Begun, Book, Failures, FlowRequirements, Installer, KeptEnvironments, OutOfDate, Record,
    SessionLogs, Shared, Watcher,
};
use crate::{
    allotter::{Allotment, Allotter},
    clock::Clock,
    compute::StartSession,
    error::ComputeError,
    flow::{self, Prepared},
    images::Images,
    operations::Operations,
    owner::Owner,
    owner_folders::OwnerFolders,
    paths::Paths,
    preflight::Checks,
    standby::Standbys,
    state::State,
    store::Store,
    tags::Tags,
    tasks::Tasks,
};

/// Starts sessions.
pub(crate) struct Starts {
    book: Arc<Book>,
    store: Arc<Store>,
    engine: SharedEngine,
    operations: Arc<Operations>,
    tasks: Arc<Tasks>,
    clock: Arc<dyn Clock>,
    folders: OwnerFolders,
    paths: Paths,
    allotter: Arc<Allotter>,
    standbys: Arc<Standbys>,
    parts: StartParts,
}

/// What a start is made of, and what follows it.
pub(crate) struct StartParts {
    pub(crate) checks: Arc<Checks>,
    pub(crate) images: Arc<Images>,
    pub(crate) requirements: Arc<FlowRequirements>,
    pub(crate) installer: Arc<Installer>,
    pub(crate) kept: Arc<KeptEnvironments>,
    pub(crate) logs: Arc<SessionLogs>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) watcher: Arc<Watcher>,
    pub(crate) out_of_date: Arc<OutOfDate>,
    pub(crate) tags: Arc<Tags>,
}

impl Starts {
    pub(crate) fn new(shared: &Shared, parts: StartParts) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            store: Arc::clone(&shared.store),
            engine: Arc::clone(&shared.engine),
            operations: Arc::clone(&shared.operations),
            tasks: Arc::clone(&shared.tasks),
            clock: Arc::clone(&shared.clock),
            folders: shared.folders.clone(),
            paths: shared.paths.clone(),
            allotter: Arc::clone(&shared.allotter),
            standbys: Arc::clone(&shared.standbys),
            parts,
        }
    }

    /// Begins a session.
    pub(crate) fn begin_start(
        self: &Arc<Self>,
        owner: &Owner,
        request: &StartSession,
    ) -> Result<Begun, ComputeError> {
        self.folders.of(owner)?;
        // Before what may be lacking: one who has a session already should learn that first.
        refuse(&self.book.record(owner))?;
        self.parts.checks.require_image_reference(owner)?;
        let _allotting = self.allotter.allotting();
        let given = Allotment {
            anew: request.anew,
            ..self.allotter.allot(owner, &request.settings)?
        };
        let operation = self.operations.begin()?;
        let (session, now) = (id::random::<SessionId>(), self.clock.now());
        let known = self
            .book
            .change(owner, |live| {
                refuse(&live.record)?;
                live.record.start(session.clone(), given, now)?;
                live.record.operation = Some(operation.clone());
                live.record.require_session()
            })
            .inspect_err(|error| {
                self.operations
                    .cancel(Some(operation.clone()), &error.to_string());
            })?;
        self.spawn_start(owner, session);
        Ok(Begun {
            session: known,
            operation,
        })
    }

    /// Carries out the start of this session, which its record says is in progress.
    pub(crate) fn spawn_start(self: &Arc<Self>, owner: &Owner, session: SessionId) {
        self.parts.logs.switch(owner, &session);
        let (starts, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            // Its end may have been asked for before this could be at work, and have come first.
            let record = starts.book.record(&owner_id);
            let is_wanted = matches!(record.state, State::Starting(_));
            if is_wanted && record.session.session_id == Some(session) {
                starts.make_session(owner_id).await;
            }
        });
    }

    /// Starts again what the server's end has cut off, in its old log: nothing of the first try is trusted.
    pub(crate) fn spawn_restart(self: &Arc<Self>, owner: &Owner) {
        let (starts, owner_id) = (Arc::clone(self), owner.clone());
        self.book.work(owner, &self.tasks, async move {
            let session = starts.book.record(&owner_id).session.session_id;
            if let Some(session) = session
                && let Err(error) = starts.engine.remove(&session).await
            {
                return starts.parts.failures.fail(&owner_id, &error).await;
            }
            starts.make_session(owner_id).await;
        });
    }

    async fn make_session(self: Arc<Self>, owner: Owner) {
        let start = Start {
            starts: &self,
            owner: &owner,
        };
        match start.carry_out().await {
            Ok(operation) => self.started(&owner, operation),
            Err(error) => self.parts.failures.fail(&owner, &error).await,
        }
    }

    fn started(self: &Arc<Self>, owner: &Owner, operation: Option<OperationId>) {
        self.operations.succeed(operation);
        self.parts.watcher.watch(owner);
        self.parts.out_of_date.look(owner);
        self.parts.tags.spawn_look(owner);
        self.standbys.remember_start(&self.book.record(owner));
        self.standbys.replenish();
        self.complete_base(owner);
    }

    /// Leaves what the session's base still lacks for when nobody waits.
    fn complete_base(&self, owner: &Owner) {
        let Some(session) = self.book.record(owner).session.session_id else {
            return;
        };
        let engine = Arc::clone(&self.engine);
        self.tasks.background(async move {
            if let Err(error) = engine.complete_base(&session, Pace::Idle).await {
                tracing::warn!(%session, %error, "the base of a session is incomplete");
            }
        });
    }
}

fn refuse(record: &Record) -> Result<(), ComputeError> {
    let refusal = Action::Start.refusal(record.state.public());
    refusal.map_or(Ok(()), |refusal| {
        Err(ComputeError::Refused(refusal.to_owned()))
    })
}

/// One start.
struct Start<'a> {
    starts: &'a Starts,
    owner: &'a Owner,
}

impl Start<'_> {
    /// Gives the operation that is done with it.
    async fn carry_out(&self) -> Result<Option<OperationId>, EngineError> {
        let (folder, definition) = self.starts.folders.definition(self.owner)?;
        let flows = self.starts.folders.around(self.owner);
        let environment = self.environment()?;
        let work = self
            .starts
            .paths
            .work(self.owner, environment.session.as_str());
        let Prepared {
            definition,
            made_of,
            requirements,
        } = flow::prepared(flows, folder, definition, work.clone()).await?;
        self.change(|record| record.made_of = Some(made_of))?;
        let flow = definition.report.flow.as_ref();
        if let Some(requirements) = &requirements {
            requirements.set.require_readable()?;
        }
        let requirements = requirements.map(|found| Requirements {
            downloads: self.downloads(),
            ..self
                .starts
                .parts
                .requirements
                .as_settings_say(self.owner, found, None)
        });

        let image = flow.and_then(|flow| flow.environment.image.as_deref());
        self.change(|record| record.session.settings.base_image = image.map(str::to_owned))?;
        let standby = self
            .starts
            .standbys
            .find_standby(self.owner, image, requirements.as_ref())
            .await?;
        let result = match standby.filter(|standby| self.starts.standbys.take(standby)) {
            Some(standby) => self.take(standby, requirements.as_ref(), None).await,
            None => match self.adopt(image, requirements.as_ref()).await? {
                Some((standby, kept)) => {
                    self.take(standby, requirements.as_ref(), Some(kept)).await
                }
                // Its id is another now if a runtime was taken in vain.
                None => {
                    let environment = self.environment()?;
                    self.make(&environment, requirements.as_ref(), image).await
                }
            },
        };
        if let Err(error) = disk::remove(&work) {
            tracing::warn!(%error, "a copy of a flow could not be removed");
        }
        result.map_err(|error| match &requirements {
            Some(requirements) => {
                let line = fault(&error, &Lines::of_set(&requirements.set)).asked_by;
                error.at(line)
            }
            None => error,
        })
    }

    /// An environment that is to be made again is not made of earlier downloads either.
    fn downloads(&self) -> Downloads {
        match self.starts.book.record(self.owner).anew.environment {
            true => Downloads::Anew,
            false => Downloads::Kept,
        }
    }

    async fn limit(&self, session: &SessionId) -> Result<PhaseNote, EngineError> {
        match self.starts.book.record(self.owner).share() {
            Some(share) => self.starts.engine.limit(session, &share).await,
            None => Ok(None),
        }
    }

    /// Checks the runtime; the session is available then.
    async fn check(&self) -> Result<Option<OperationId>, EngineError> {
        let version = self.checked().await?;
        self.ready(version)
    }

    /// The version of a runtime that is in order.
    async fn checked(&self) -> Result<String, EngineError> {
        let runtime = self
            .starts
            .book
            .record(self.owner)
            .runtime
            .ok_or_else(|| EngineError::new("Internal", "The session has no runtime."))?;
        let info = self.starts.engine.check(&runtime, &self.log()).await?;
        Ok(info.version)
    }

    /// The session is available from here on: its operation is taken at the same time, because the next one may be that
    /// of its end's.
    fn ready(&self, version: String) -> Result<Option<OperationId>, EngineError> {
        self.log().line(format!(
            "The compute session is ready: promptflow {version}."
        ));
        let now = self.starts.clock.now();
        self.starts
            .book
            .change(self.owner, |live| {
                live.record.ready(version, now)?;
                Ok(live.record.operation.take())
            })
            .map_err(|error| internal(&error))
    }

    fn environment(&self) -> Result<EnvironmentId, EngineError> {
        self.starts
            .book
            .record(self.owner)
            .environment()
            .ok_or_else(|| EngineError::new("Internal", "The session has no id."))
    }

    fn enter(&self, phase: Phase) -> Result<(), EngineError> {
        let now = self.starts.clock.now();
        self.log().line(format!("{} …", phase.label()));
        self.starts
            .book
            .change(self.owner, |live| Ok(live.record.enter(phase, now)?))
            .map_err(|error| internal(&error))
    }

    fn note(&self, phase: Phase, note: Option<String>) -> Result<(), EngineError> {
        note.iter()
            .for_each(|note| self.log().line(format!("{}: {note}.", phase.label())));
        self.change(|record| record.note(phase, note))
    }

    fn change(&self, change: impl FnOnce(&mut Record)) -> Result<(), EngineError> {
        self.starts
            .book
            .change(self.owner, |live| {
                change(&mut live.record);
                Ok(())
            })
            .map_err(|error| internal(&error))
    }

    fn log(&self) -> LogFile {
        self.starts.book.log(self.owner)
    }
}

/// What to say of an image that the flow names where the engine runs none.
fn not_used(image: &str) -> String {
    format!("‘{image}’ isn’t used: this server can’t run container images")
}

/// How long ago something was, in words.
fn age(millis: u64) -> String {
    let (count, unit) = match millis / 1000 {
        0..60 => return "less than a minute ago".to_owned(),
        seconds @ 60..3600 => (seconds / 60, "minute"),
        seconds @ 3600..86_400 => (seconds / 3600, "hour"),
        seconds => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// A failure of our own as the start's.
fn internal(error: &ComputeError) -> EngineError {
    match error {
        ComputeError::Store(rusqlite::Error::SqliteFailure(failure, _))
            if failure.code == rusqlite::ErrorCode::DiskFull =>
        {
            EngineError::disk_full("Writing the session store")
        }
        other => EngineError::new("StoreFailed", other.to_string()),
    }
}
