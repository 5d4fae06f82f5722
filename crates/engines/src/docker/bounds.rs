//! Keeps sessions to what they may use.

use std::collections::HashMap;

use flowdeck_contract::{ids::SessionId, session::VmSize};
use parking_lot::MutexGuard;

use super::{DockerEngine, instances::Instance, runtime};
use crate::{
    engine::{EngineError, Runtime, Share},
    log::LogFile,
};

/// What a session may use, and how it is kept to that.
#[derive(Clone, Debug)]
pub(super) struct Bounded {
    pub(super) share: Share,
    /// The compute instance whose size it shares, where that could be made.
    pub(super) instance: Option<Instance>,
}

impl DockerEngine {
    pub(super) fn bounded(&self) -> MutexGuard<'_, HashMap<SessionId, Bounded>> {
        self.bounded.lock()
    }

    pub(super) fn bounds(&self, session: &SessionId) -> Option<Bounded> {
        self.bounded().get(session).cloned()
    }

    pub(super) fn size(&self, session: &SessionId) -> Option<VmSize> {
        Some(self.bounds(session)?.share.size)
    }

    /// Says so when a session's container is not where the size of its compute instance is shared.
    pub(super) fn verify_instance(&self, runtime: &Runtime, log: &LogFile) {
        let bounded = self.bounds(&runtime.session);
        let instance = bounded
            .as_ref()
            .and_then(|bounded| bounded.instance.as_ref());
        if let (Some(instance), Some(container)) = (instance, runtime::container(runtime))
            && !instance.holds(&container)
        {
            let what = "The session has the size of its compute instance to itself: the Docker daemon didn’t put it into the instance’s control group.";
            tracing::warn!(container, parent = instance.parent, "{what}");
            log.line(what);
        }
    }

    /// systemd may be asked, which takes its time.
    async fn make_instance(&self, name: &str, size: &VmSize) -> Result<Instance, String> {
        let (instances, name, size) = (self.instances.clone(), name.to_owned(), size.clone());
        let made = tokio::task::spawn_blocking(move || instances.make(&name, &size)).await;
        made.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// Bounds what a session's containers may use, those that are there and those to come. Says how.
    pub(super) async fn bound(
        &self,
        session: &SessionId,
        share: &Share,
    ) -> Result<String, EngineError> {
        let mut note = share.to_string();
        let instance = match &share.instance {
            None => None,
            Some(name) => match self.make_instance(name, &share.size).await {
                Ok(instance) => Some(instance),
                Err(why) => {
                    note = format!(
                        "{}; each session on ‘{name}’ has that for itself, as {why}",
                        share.alone()
                    );
                    None
                }
            },
        };
        let parent = instance.as_ref().map(|instance| instance.parent.clone());
        self.containers.set_parent(session, parent);
        let share = share.clone();
        self.containers.bound(session, &share.size).await?;
        self.bounded()
            .insert(session.clone(), Bounded { share, instance });
        Ok(note)
    }
}
