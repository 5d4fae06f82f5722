//! The engine's own acts: each takes as long, and goes as wrong, as it was told to.

use std::{collections::BTreeSet, path::PathBuf};

use async_trait::async_trait;
use flowdeck_contract::{codes, ids::SessionId, image::ImageReference, session::SessionImage};
use tokio::time::sleep_until;

use super::{FakeEngine, Number, Step, number};
use crate::{
    engine::{
        Abilities, Address, Base, BaseState, Engine, EngineError, EnvironmentId, ExecutorReply,
        ExecutorRequest, Handle, PhaseNote, Runtime, RuntimeInfo, Share, StandsByFor, WantedBase,
        WorkFolders,
    },
    log::LogFile,
};

#[async_trait]
impl Engine for FakeEngine {
    fn abilities(&self) -> Abilities {
        let world = self.world();
        let none = "This engine is made of nothing, and runs no images.";
        Abilities {
            images_unavailable: (!world.runs_images).then(|| none.to_owned()),
            has_own_network: world.runs_images,
            default_image: world.default_image.clone(),
            platform: None,
            stands_by_for: match world.for_one_flow {
                true => StandsByFor::OneFlow,
                false => StandsByFor::Anyone,
            },
        }
    }

    async fn image_here(
        &self,
        image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        let here = self.world().image.clone();
        Ok(here.filter(|here| here.reference == image.as_str()))
    }

    async fn fits(
        &self,
        session: &SessionId,
        place: &WorkFolders,
        wanted: &WantedBase<'_>,
        _: Option<&Share>,
    ) -> Result<bool, EngineError> {
        Ok(!wanted.anew && self.world().places.get(session) == Some(place))
    }

    async fn allocate(
        &self,
        session: &SessionId,
        place: &WorkFolders,
    ) -> Result<PhaseNote, EngineError> {
        {
            let mut world = self.world();
            world.environments.entry(session.clone()).or_default();
            world.places.insert(session.clone(), place.clone());
        }
        self.pass(Step::Allocate, session, &|_| ()).await?;
        Ok(None)
    }

    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError> {
        self.world().limits.insert(session.clone(), share.clone());
        Ok(None)
    }

    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        let pull = {
            let mut world = self.world();
            world.pulled_anew += u32::from(wanted.anew);
            world.kept_image = wanted.keep.map(|image| image.digest.clone());
            world.pull.clone()
        };
        if let (Some(pull), Some(told)) = (pull, wanted.told) {
            told(pull);
        }
        self.pass_with_pull(
            Step::PrepareBase,
            session,
            &|line| log.line(line),
            wanted.told,
        )
        .await?;
        let made = std::mem::replace(&mut self.world().base_is_made, true);
        if !made {
            log.line("making the base");
        }
        let state = match made {
            true => BaseState::Ready,
            false => BaseState::Made("made the base".to_owned()),
        };
        let image = self.world().image.clone();
        Ok(Base { state, image })
    }

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let process = {
            let mut world = self.world();
            world.started += 1;
            let process = world.started;
            world.runtimes.insert(process, environment.session.clone());
            process
        };
        log.line("the runtime starts");
        self.pass(Step::StartRuntime, &environment.session, &|line| {
            log.line(line);
        })
        .await?;
        Ok(Runtime {
            session: environment.session.clone(),
            handle: Handle::of(&Number { process })?,
            address: Address::Unix(PathBuf::new()),
        })
    }

    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError> {
        self.pass(Step::Check, &runtime.session, &|line| log.line(line))
            .await?;
        if !self.lives(runtime) {
            return Err(EngineError::new("RuntimeDied", "The runtime ended."));
        }
        self.foresee_death(runtime)?;
        Ok(RuntimeInfo {
            version: "fake".to_owned(),
        })
    }

    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError> {
        if self.world().is_blind {
            return Err(EngineError::new(
                "StorageFailed",
                "Too many files are open.",
            ));
        }
        Ok(self.lives(runtime))
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        loop {
            let changed = self.changed.notified();
            let death =
                number(runtime).and_then(|number| self.world().deaths.get(&number).cloned());
            if !self.lives(runtime) {
                let ended = || EngineError::new("RuntimeDied", "The runtime ended.");
                return death.map_or_else(ended, |(_, reason)| reason);
            }
            match death {
                None => changed.await,
                Some((at, _)) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(at) => self.end(runtime),
                },
            }
        }
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        self.end(runtime);
        Ok(())
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        let mut world = self.world();
        world.runtimes.retain(|process, session| {
            *session != runtime.session || Some(*process) == number(runtime)
        });
        if let Some(existing) = world.environments.get_mut(&runtime.session) {
            existing.retain(|generation| generations.contains(generation));
        }
        Ok(())
    }

    async fn request(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        if !self.lives(runtime) {
            return Err(EngineError::new(
                codes::RUNTIME_UNREACHABLE,
                "The runtime doesn’t answer.",
            ));
        }
        tokio::select! {
            reply = self.answer(runtime, request) => reply,
            _ = self.died(runtime) => Err(EngineError::new(codes::RUNTIME_UNREACHABLE, "The runtime doesn’t answer.")),
        }
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        self.pass(Step::Remove, session, &|_| ()).await?;
        {
            let mut world = self.world();
            world.places.remove(session);
            world.environments.remove(session);
            world.limits.remove(session);
            world.runtimes.retain(|_, other| other != session);
        }
        self.changed.notify_waiters();
        Ok(())
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let world = self.world();
        let all: BTreeSet<&SessionId> = world
            .environments
            .keys()
            .chain(world.runtimes.values())
            .collect();
        Ok(all.into_iter().cloned().collect())
    }
}
