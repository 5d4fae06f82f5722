//! Starting a session: phase by phase, or by taking a runtime that stands by.

use std::{sync::Arc, time::Instant};

use flowdeck_contract::{
    capability::Action,
    ids::{OperationId, SessionId},
    session::{Phase, StartRoute},
};

use super::{Allotment, Core, Record};
use crate::{
    compute::StartSession,
    engine::{
        Base, BaseState, Downloads, EngineError, EnvironmentId, KeptEnvironment, PhaseNote,
        Requirements, Shown, WantedBase,
    },
    error::ComputeError,
    flow::{self, Fingerprint},
    id,
    log::LogFile,
    owner::Owner,
    paths,
    standby::Standby,
};

impl Core {
    /// Begins a session.
    pub(crate) fn begin_start(
        self: &Arc<Self>,
        flow: &Owner,
        request: &StartSession,
    ) -> Result<OperationId, ComputeError> {
        self.folder(flow)?;
        // Before what may be lacking: who has a session wants to know that.
        refuse(&self.record(flow))?;
        self.require_image_reference(flow)?;
        let _allotting = self.allotting();
        let given = Allotment {
            rebuild: request.rebuild,
            ..self.allot(flow, &request.settings)?
        };
        let operation = self.begin_operation()?;
        let (session, now) = (id::random(), self.now());
        self.change(flow, |live| {
            refuse(&live.record)?;
            live.record.start(session, given, now)?;
            live.record.operation = Some(operation.clone());
            Ok(())
        })
        .inspect_err(|error| self.cancel(Some(operation.clone()), &error.to_string()))?;
        self.spawn_start(flow);
        Ok(operation)
    }

    /// Carries out the start that the session's record says is under way.
    pub(crate) fn spawn_start(self: &Arc<Self>, flow: &Owner) {
        if let Some(session) = self.record(flow).view.session_id {
            self.switch_log(flow, &session);
        }
        self.work(flow, Arc::clone(self).make_session(flow.clone()));
    }

    /// Begins a start that the server's end cut off anew, in its old log: nothing of it is trusted.
    pub(crate) fn spawn_restart(self: &Arc<Self>, flow: &Owner) {
        let (core, flow_id) = (Arc::clone(self), flow.clone());
        self.work(flow, async move {
            let session = core.record(&flow_id).view.session_id;
            if let Some(session) = session
                && let Err(error) = core.engine.remove(&session).await
            {
                return core.fail(&flow_id, &error).await;
            }
            core.make_session(flow_id).await;
        });
    }

    async fn make_session(self: Arc<Self>, flow: Owner) {
        let start = Start {
            core: &self,
            flow: &flow,
        };
        match start.carry_out().await {
            Ok(()) => self.started(&flow),
            Err(error) => self.fail(&flow, &error).await,
        }
    }

    fn started(self: &Arc<Self>, flow: &Owner) {
        let operation = self.change(flow, |live| Ok(live.record.operation.take()));
        self.succeed(operation.ok().flatten());
        self.watch(flow);
        self.flow_changed(flow);
        self.standbys.replenish();
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
    core: &'a Arc<Core>,
    flow: &'a Owner,
}

impl Start<'_> {
    async fn carry_out(&self) -> Result<(), EngineError> {
        let (folder, definition) = self.core.definition(self.flow)?;
        let flow = definition.report.flow.as_ref();
        let flows = &self.core.folders(self.flow);
        let environment = self.environment()?;
        let work = self
            .core
            .paths
            .work(self.flow, environment.session.as_str());
        let made_of = Fingerprint::of(flows, &folder, flow)?;
        self.change(|record| record.made_of = Some(made_of))?;
        let requirements = flow::for_install(flows, &folder, flow, &work)?;
        let requirements = requirements.map(|found| Requirements {
            downloads: self.downloads(),
            ..self.core.with_feeds(self.flow, found)
        });

        let image = flow.and_then(|flow| flow.environment.image.as_deref());
        self.change(|record| record.view.settings.base_image = image.map(str::to_owned))?;
        let standby = self.core.find_standby(requirements.as_ref()).await?;
        let result = match standby.filter(|standby| self.core.standbys.take(standby)) {
            Some(standby) => self.take(standby, requirements.as_ref(), None).await,
            None => match self.adopt(requirements.as_ref()).await? {
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
        paths::remove(&work)
            .map_err(|error| EngineError::io("Removing a copy of the flow", &error))?;
        result
    }

    /// An environment that is asked for anew is not made of earlier downloads either.
    fn downloads(&self) -> Downloads {
        match self.core.record(self.flow).rebuild {
            true => Downloads::Anew,
            false => Downloads::Kept,
        }
    }

    /// A runtime that stood by, with what a kept environment has beside the base.
    async fn adopt(
        &self,
        requirements: Option<&Requirements>,
    ) -> Result<Option<(Standby, KeptEnvironment)>, EngineError> {
        match requirements {
            Some(requirements) if !self.core.record(self.flow).rebuild => {
                self.core.adopt(self.flow, requirements).await
            }
            _ => Ok(None),
        }
    }

    async fn take(
        &self,
        standby: Standby,
        requirements: Option<&Requirements>,
        kept: Option<KeptEnvironment>,
    ) -> Result<(), EngineError> {
        let session = standby.runtime.session.clone();
        let installed = match (requirements, kept) {
            (Some(requirements), Some(kept)) => format!(
                "what {} asks for was installed {} and kept: {:.1} s saved",
                requirements.file,
                age(self.core.now().since(kept.built)),
                kept.took.as_secs_f64()
            ),
            (Some(requirements), None) => {
                format!("the base packages satisfy {}", requirements.file)
            }
            (None, _) => "the flow has no requirements file".to_owned(),
        };
        let now = self.core.now();
        let taken = self.core.change_and_save(
            self.flow,
            |live| {
                let record = &mut live.record;
                record.view.session_id = Some(session.clone());
                record.view.route = Some(match kept {
                    Some(_) => StartRoute::Kept,
                    None => StartRoute::Standby,
                });
                record.view.saved_millis =
                    kept.and_then(|kept| u64::try_from(kept.took.as_millis()).ok());
                record.runtime = Some(standby.runtime.clone());
                record.note(
                    Phase::Allocate,
                    Some("took a runtime that stood by".to_owned()),
                );
                record.enter(Phase::Check, now)?;
                for phase in [
                    Phase::PullImage,
                    Phase::CreateEnvironment,
                    Phase::StartRuntime,
                ] {
                    record.note(
                        phase,
                        Some("done before, for the runtime that stood by".to_owned()),
                    );
                }
                record.note(Phase::Install, Some(installed.clone()));
                Ok(())
            },
            |record, followed| self.core.store.take_standby(&standby, record, followed),
        );
        taken.map_err(|error| internal(&error))?;
        self.core.switch_log(self.flow, &session);
        self.log()
            .line(format!("Took a runtime that stood by: {installed}."));
        if let Some(bounds) = self.limit(&session).await? {
            self.note(
                Phase::Allocate,
                Some(format!("took a runtime that stood by; {bounds}")),
            )?;
        }
        self.check().await
    }

    async fn make(
        &self,
        environment: &EnvironmentId,
        requirements: Option<&Requirements>,
        image: Option<&str>,
    ) -> Result<(), EngineError> {
        let engine = &self.core.engine;
        let place = self.core.place_of(self.flow)?;
        let note = engine.allocate(&environment.session, &place).await?;
        let bounds = self.limit(&environment.session).await?;
        let note = note
            .into_iter()
            .chain(bounds)
            .collect::<Vec<_>>()
            .join("; ");
        self.note(Phase::Allocate, Some(note).filter(|note| !note.is_empty()))?;

        self.enter(Phase::PullImage)?;
        let base = self.prepare_base(&environment.session, image).await?;
        let (route, note) = match (base.state, &base.image) {
            (BaseState::Ready, None) => {
                (StartRoute::Base, "the base packages are ready".to_owned())
            }
            (BaseState::Ready, Some(image)) => {
                (StartRoute::Base, format!("{} is there", image.reference))
            }
            (BaseState::Made(note), _) => (StartRoute::Fresh, note),
        };
        let note = match image.filter(|_| base.image.is_none()) {
            Some(image) => {
                format!("{note}; they stand for ‘{image}’, as this engine has no images")
            }
            None => note,
        };
        self.note(Phase::PullImage, Some(note))?;
        self.change(|record| record.view.image = base.image)?;

        self.enter(Phase::CreateEnvironment)?;
        self.change(|record| record.view.route = Some(route))?;
        let kept = match requirements {
            Some(requirements) => self.reuse(environment, requirements).await?,
            None => None,
        };
        if kept.is_none() {
            let note = engine.create_environment(environment).await?;
            self.note(Phase::CreateEnvironment, note)?;
        }

        match (requirements, kept) {
            (Some(requirements), Some(kept)) => self.take_kept(requirements, kept)?,
            (Some(requirements), None) => self.install(environment, requirements).await?,
            (None, _) => self.change(|record| {
                record.note(
                    Phase::Install,
                    Some("the flow has no requirements file".to_owned()),
                );
            })?,
        }

        self.enter(Phase::StartRuntime)?;
        let runtime = engine.start_runtime(environment, &self.log()).await?;
        self.change(|record| record.runtime = Some(runtime))?;
        self.enter(Phase::Check)?;
        self.check().await
    }

    /// Shows the image's registry the credential of the session's identity, and tells how far a pull is.
    async fn prepare_base(
        &self,
        session: &SessionId,
        image: Option<&str>,
    ) -> Result<Base, EngineError> {
        let engine = &self.core.engine;
        let settings = self.core.record(self.flow).view.settings;
        let pulled = image.or(engine.default_image());
        let credential = match pulled {
            Some(image) if engine.images_unavailable().is_none() => {
                self.core.image_credential(&settings, image).await
            }
            _ => Ok(None),
        };
        let told = |how_far: &str| {
            let noted =
                self.change(|record| record.note(Phase::PullImage, Some(how_far.to_owned())));
            if let Err(error) = noted {
                tracing::debug!(%error, "how far a pull is could not be told");
            }
        };
        let wanted = WantedBase {
            image,
            shown: match &credential {
                Ok(None) => Shown::Nothing,
                Ok(Some(credential)) => Shown::Credential(credential),
                Err(why) => Shown::Unavailable(why),
            },
            told: Some(&told),
        };
        engine.prepare_base(session, &wanted, &self.log()).await
    }

    async fn limit(&self, session: &SessionId) -> Result<PhaseNote, EngineError> {
        match self.core.record(self.flow).view.size {
            Some(size) => self.core.engine.limit(session, &size).await,
            None => Ok(None),
        }
    }

    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<(), EngineError> {
        self.enter(Phase::Install)?;
        let engine = &self.core.engine;
        let command = engine.install_command(environment, requirements).await?;
        self.log().line(format!("$ {command}"));
        let installed = self
            .core
            .install_and_verify(self.flow, environment, requirements);
        let began = Instant::now();
        let note = installed.await?;
        let kept = self
            .core
            .keep(environment, requirements, began.elapsed())
            .await;
        let notes: Vec<String> = note.into_iter().chain(kept).collect();
        self.note(
            Phase::Install,
            Some(notes.join("; ")).filter(|note| !note.is_empty()),
        )
    }

    /// An environment that was kept, unless it was asked for that one is built.
    async fn reuse(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        if self.core.record(self.flow).rebuild {
            self.log()
                .line("It is built anew, as asked: neither a kept environment nor earlier downloads are used.");
            return Ok(None);
        }
        self.core.reuse(self.flow, environment, requirements).await
    }

    fn take_kept(
        &self,
        requirements: &Requirements,
        kept: KeptEnvironment,
    ) -> Result<(), EngineError> {
        let age = age(self.core.now().since(kept.built));
        self.note(
            Phase::CreateEnvironment,
            Some(format!(
                "reused one that was installed {age}, as it was then"
            )),
        )?;
        let installed = format!(
            "{} is installed in it: {:.1} s saved",
            requirements.file,
            kept.took.as_secs_f64()
        );
        self.change(|record| {
            record.view.route = Some(StartRoute::Kept);
            record.view.saved_millis = u64::try_from(kept.took.as_millis()).ok();
        })?;
        self.note(Phase::Install, Some(installed))
    }

    async fn check(&self) -> Result<(), EngineError> {
        let runtime = self
            .core
            .record(self.flow)
            .runtime
            .ok_or_else(|| EngineError::new("Internal", "The session has no runtime."))?;
        let info = self.core.engine.check(&runtime, &self.log()).await?;
        self.log().line(format!(
            "The compute session is ready: promptflow {}.",
            info.version
        ));
        let now = self.core.now();
        self.core
            .change(self.flow, |live| {
                Ok(live.record.ready(info.version, now)?)
            })
            .map_err(|error| internal(&error))
    }

    fn environment(&self) -> Result<EnvironmentId, EngineError> {
        self.core
            .record(self.flow)
            .environment()
            .ok_or_else(|| EngineError::new("Internal", "The session has no id."))
    }

    fn enter(&self, phase: Phase) -> Result<(), EngineError> {
        let now = self.core.now();
        self.log().line(format!("{} …", phase.label()));
        self.core
            .change(self.flow, |live| Ok(live.record.enter(phase, now)?))
            .map_err(|error| internal(&error))
    }

    fn note(&self, phase: Phase, note: Option<String>) -> Result<(), EngineError> {
        note.iter()
            .for_each(|note| self.log().line(format!("{}: {note}.", phase.label())));
        self.change(|record| record.note(phase, note))
    }

    fn change(&self, change: impl FnOnce(&mut Record)) -> Result<(), EngineError> {
        self.core
            .change(self.flow, |live| {
                change(&mut live.record);
                Ok(())
            })
            .map_err(|error| internal(&error))
    }

    fn log(&self) -> LogFile {
        self.core.log(self.flow)
    }
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
