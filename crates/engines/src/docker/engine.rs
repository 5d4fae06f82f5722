//! The Docker engine behind the trait: each act in a line or two, what it takes elsewhere.

use std::collections::BTreeSet;

use async_trait::async_trait;
use flowdeck_contract::{ids::SessionId, image::ImageReference, session::SessionImage};

use super::{DockerEngine, facts::Facts, image, runtime};
use crate::{
    engine::{
        Abilities, Base, Engine, EngineError, EnvironmentId, Pace, PhaseNote, Runtime, Share,
        StandsByFor, WantedBase, WorkFolders,
    },
    log::LogFile,
};

#[async_trait]
impl Engine for DockerEngine {
    fn abilities(&self) -> Abilities {
        Abilities {
            images_unavailable: None,
            has_own_network: true,
            default_image: Some(self.default_image.clone()),
            platform: self.platform.clone(),
            // A container sees the flow folder that it was made for, and no other.
            stands_by_for: StandsByFor::OneFlow,
        }
    }

    async fn image_here(
        &self,
        image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        let found = image::find(&self.containers.docker, image).await?;
        Ok(found.map(|image| image.shown()))
    }

    async fn fits(
        &self,
        session: &SessionId,
        place: &WorkFolders,
        wanted: &WantedBase<'_>,
        share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        self.is_what_is_wanted(session, place, wanted, share).await
    }

    async fn allocate(
        &self,
        session: &SessionId,
        place: &WorkFolders,
    ) -> Result<PhaseNote, EngineError> {
        let user = self.make_place(session, place)?;
        Ok(Some(format!(
            "a container on this machine, as user {}",
            user.uid()
        )))
    }

    async fn limit(&self, session: &SessionId, share: &Share) -> Result<PhaseNote, EngineError> {
        self.bound(session, share).await.map(Some)
    }

    async fn prepare_base(
        &self,
        session: &SessionId,
        wanted: &WantedBase<'_>,
        log: &LogFile,
    ) -> Result<Base, EngineError> {
        self.base_of(session, wanted, log).await
    }

    async fn complete_base(&self, session: &SessionId, pace: Pace) -> Result<(), EngineError> {
        self.complete_base_of(session, pace).await
    }

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let facts = Facts::read(self.folders(), &environment.session)?;
        let size = self.size(&environment.session);
        let runtime = runtime::start(
            &self.containers,
            self.folders(),
            environment,
            &facts,
            size,
            log,
            &self.variables,
        );
        let runtime = runtime.await?;
        self.verify_instance(&runtime, log);
        Ok(runtime)
    }

    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError> {
        runtime::is_alive(&self.containers, runtime).await
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        let bounded = self.bounds(&runtime.session);
        runtime::died(&self.containers, runtime, bounded.as_ref()).await
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        if let Some(container) = runtime::container(runtime) {
            self.containers.remove(&container).await?;
        }
        runtime.address.remove().await
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        let own = runtime::container(runtime);
        for container in self.containers.of(&runtime.session).await? {
            if own.as_ref() != Some(&container) {
                self.containers.remove(&container).await?;
            }
        }
        self.folders().tidy(&runtime.session, generations).await
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        self.end(session).await
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let mut found: BTreeSet<SessionId> = self.containers.sessions().await?;
        found.extend(self.folders().all_sessions()?);
        Ok(found.into_iter().collect())
    }
}
