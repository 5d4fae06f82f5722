//! The Docker engine behind the trait: each act in a line or two, what it takes elsewhere.

use std::collections::BTreeSet;

use async_trait::async_trait;
use flowdeck_contract::{ids::SessionId, image::ImageReference, session::SessionImage};

use super::{DockerEngine, image, runtime};
use crate::{
    engine::{
        Base, DefaultImage, Engine, EngineError, EnvironmentId, ExecutorReply, ExecutorRequest,
        PhaseNote, Place, Runtime, RuntimeInfo, Share, StandsByFor, WantedBase,
    },
    executor::{death, health, http},
    log::LogFile,
    paths::remove_all,
    registry::Platform,
};

#[async_trait]
impl Engine for DockerEngine {
    fn images_unavailable(&self) -> Option<String> {
        None
    }

    fn has_own_network(&self) -> bool {
        true
    }

    fn default_image(&self) -> Option<DefaultImage> {
        Some(self.default_image.clone())
    }

    fn platform(&self) -> Option<Platform> {
        self.platform.clone()
    }

    async fn image_here(
        &self,
        image: &ImageReference,
    ) -> Result<Option<SessionImage>, EngineError> {
        let found = image::find(&self.containers.docker, image).await?;
        Ok(found.map(|image| image.shown()))
    }

    /// A container sees the flow folder that it was made for, and no other.
    fn stands_by_for(&self) -> StandsByFor {
        StandsByFor::OneFlow
    }

    async fn fits(
        &self,
        session: &SessionId,
        place: &Place,
        wanted: &WantedBase<'_>,
        share: Option<&Share>,
    ) -> Result<bool, EngineError> {
        self.is_what_is_wanted(session, place, wanted, share).await
    }

    async fn allocate(&self, session: &SessionId, place: &Place) -> Result<PhaseNote, EngineError> {
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

    async fn start_runtime(
        &self,
        environment: &EnvironmentId,
        log: &LogFile,
    ) -> Result<Runtime, EngineError> {
        let facts = self.places.facts(&environment.session)?;
        let size = self.size(&environment.session);
        let runtime = runtime::start(
            &self.containers,
            &self.places,
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

    async fn check(&self, runtime: &Runtime, log: &LogFile) -> Result<RuntimeInfo, EngineError> {
        tokio::select! {
            info = health::check(&runtime.socket) => info,
            death = self.died(runtime) => Err(death::with_last_lines(death, log)),
        }
    }

    async fn is_alive(&self, runtime: &Runtime) -> Result<bool, EngineError> {
        runtime::is_alive(&self.containers, runtime).await
    }

    async fn died(&self, runtime: &Runtime) -> EngineError {
        let bounded = self.bounds(&runtime.session);
        runtime::died(&self.containers, runtime, bounded.as_ref()).await
    }

    async fn end_runtime(&self, runtime: &Runtime) -> Result<(), EngineError> {
        if let Some(container) = runtime.container() {
            self.containers.remove(container).await?;
        }
        remove_all(vec![runtime.socket.clone()], "Removing a runtime's socket").await
    }

    async fn tidy(&self, runtime: &Runtime, generations: &[u32]) -> Result<(), EngineError> {
        for container in self.containers.of(&runtime.session).await? {
            if runtime.container() != Some(&*container) {
                self.containers.remove(&container).await?;
            }
        }
        self.places.folders().tidy(runtime, generations).await
    }

    async fn request(
        &self,
        runtime: &Runtime,
        request: ExecutorRequest,
    ) -> Result<ExecutorReply, EngineError> {
        http::send(&runtime.socket, request).await
    }

    async fn remove(&self, session: &SessionId) -> Result<(), EngineError> {
        self.end(session).await
    }

    async fn sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let mut found: BTreeSet<SessionId> = self.containers.sessions().await?;
        found.extend(self.places.folders().all_sessions()?);
        Ok(found.into_iter().collect())
    }
}
