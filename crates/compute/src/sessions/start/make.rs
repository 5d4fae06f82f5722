//! Makes a session, phase by phase.

use std::time::{Duration, Instant};

use flowdeck_contract::{
    ids::{OperationId, SessionId},
    pull::Pull,
    session::{Phase, StartRoute},
};
use flowdeck_engines::engine::{
    Base, BaseState, EngineError, EnvironmentId, IMAGE_REFUSED, KeptEnvironment, Pace,
    RegistryAccess, Requirements, WantedBase,
};

use super::{Start, age, not_used};

impl Start<'_> {
    pub(super) async fn make(
        &self,
        environment: &EnvironmentId,
        requirements: Option<&Requirements>,
        image: Option<&str>,
    ) -> Result<Option<OperationId>, EngineError> {
        let engine = &self.starts.engine;
        let place = self.starts.folders.place_of(self.owner)?;
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
                format!("{note}. {}", not_used(image))
            }
            None => note,
        };
        self.note(Phase::PullImage, Some(note))?;
        self.change(|record| record.session.image = base.image)?;

        self.enter(Phase::CreateEnvironment)?;
        self.change(|record| record.session.route = Some(route))?;
        let kept = match requirements {
            Some(requirements) => self.reuse(environment, requirements).await?,
            None => None,
        };
        if kept.is_none() {
            if requirements.is_some() {
                engine
                    .complete_base(&environment.session, Pace::Awaited)
                    .await?;
            }
            let note = engine.create_environment(environment).await?;
            self.note(Phase::CreateEnvironment, note)?;
        }

        let mut installed = None;
        match (requirements, kept) {
            (Some(requirements), Some(kept)) => self.take_kept(requirements, kept)?,
            (Some(requirements), None) => {
                let took = self.install(environment, requirements).await?;
                installed = Some((requirements, took));
            }
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
        let version = match (self.checked().await, requirements) {
            (Err(error), Some(requirements)) => {
                let explained =
                    self.starts
                        .parts
                        .installer
                        .explained(environment, requirements, error);
                return Err(explained.await);
            }
            (checked, _) => checked?,
        };
        if let Some((requirements, took)) = installed {
            let kept = self
                .starts
                .parts
                .kept
                .keep(self.owner, environment, requirements, took);
            kept.await;
        }
        self.ready(version)
    }

    /// Shows the image's registry the credential of the session's identity, and tells how far a pull is.
    async fn prepare_base(
        &self,
        session: &SessionId,
        image: Option<&str>,
    ) -> Result<Base, EngineError> {
        let engine = &self.starts.engine;
        let record = self.starts.book.record(self.owner);
        let default = engine.abilities().default_image.filter(|_| image.is_none());
        let pulled = image.or(default.as_ref().map(|default| &*default.reference));
        let credential = match pulled {
            Some(image) if engine.abilities().images_unavailable.is_none() => {
                let settings = &record.session.settings;
                self.starts.parts.images.credential(settings, image).await
            }
            _ => Ok(None),
        };
        let told = |pull: Pull| self.starts.book.tell_pull(self.owner, session, pull);
        let wanted = WantedBase {
            image,
            shown: match &credential {
                Ok(None) => RegistryAccess::Nothing,
                Ok(Some(credential)) => RegistryAccess::Credential(credential),
                Err(why) => RegistryAccess::Unavailable(why),
            },
            anew: record.anew.image,
            keep: record.keep.as_ref(),
            told: Some(&told),
        };
        let made = engine.prepare_base(session, &wanted, &self.log()).await;
        match (made, pulled, &credential) {
            (Err(error), Some(image), Ok(Some(credential)))
                if error.failure.code == IMAGE_REFUSED =>
            {
                // The engine only learns that it may not; the registry says who may not do what.
                let refusal = self.starts.parts.images.refusal(image, credential).await;
                Err(match (refusal, default) {
                    (Some(refusal), Some(default)) => default.not_had(refusal),
                    (refusal, _) => refusal.unwrap_or(error),
                })
            }
            (made, ..) => made,
        }
    }

    async fn install(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Duration, EngineError> {
        self.enter(Phase::Install)?;
        let engine = &self.starts.engine;
        let command = engine.install_command(environment, requirements).await?;
        self.log().line(format!("$ {command}"));
        let installed =
            self.starts
                .parts
                .installer
                .install_and_verify(self.owner, environment, requirements);
        let began = Instant::now();
        let note = installed.await?;
        let took = began.elapsed();
        self.note(Phase::Install, note)?;
        Ok(took)
    }

    /// An environment that was kept, unless it was asked for that one is built.
    async fn reuse(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<Option<KeptEnvironment>, EngineError> {
        if self.starts.book.record(self.owner).anew.environment {
            self.log()
                .line("Rebuilding without the cache: no kept environment and no earlier download is used.");
            return Ok(None);
        }
        self.starts
            .parts
            .kept
            .reuse(self.owner, environment, requirements)
            .await
    }

    fn take_kept(
        &self,
        requirements: &Requirements,
        kept: KeptEnvironment,
    ) -> Result<(), EngineError> {
        let age = age(self.starts.clock.now().since(kept.built));
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
            record.session.route = Some(StartRoute::Kept);
            record.session.saved_millis = u64::try_from(kept.took.as_millis()).ok();
        })?;
        self.note(Phase::Install, Some(installed))
    }
}
