//! Watches what goes on without us: a runtime's death, and the lines it writes.

use std::{sync::Arc, time::Duration};

use super::Core;
use crate::{
    engine::{Engine, Runtime},
    owner::Owner,
    state::State,
};

/// How often logs are looked at for what runtimes wrote.
const LOOK: Duration = Duration::from_millis(100);

impl Core {
    /// Watches the session's runtime until it dies or is no longer the session's.
    pub(crate) fn watch(self: &Arc<Self>, owner: &Owner) {
        let Some(runtime) = self.book.record(owner).runtime else {
            return;
        };
        let (core, owner_id) = (Arc::clone(self), owner.clone());
        self.tasks.background(async move {
            let death = core.engine.died(&runtime).await;
            let record = core.book.record(&owner_id);
            if record.state != State::Available || record.runtime.as_ref() != Some(&runtime) {
                return;
            }
            let failing = (Arc::clone(&core), owner_id.clone());
            core.work(&owner_id, async move {
                let (core, owner) = failing;
                let record = core.book.record(&owner);
                if record.state == State::Available && record.runtime.as_ref() == Some(&runtime) {
                    core.fail(&owner, &death).await;
                }
            });
        });
    }

    /// Tells the lines of all logs as they come, for as long as the server runs.
    pub(crate) async fn follow_logs(self: Arc<Self>) {
        loop {
            let owners: Vec<Owner> = {
                let flows = self.book.sessions();
                flows
                    .iter()
                    .filter(|(_, live)| live.log.is_some())
                    .map(|(owner, _)| owner.clone())
                    .collect()
            };
            owners.iter().for_each(|owner| self.book.tell_log(owner));
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Whether a runtime lives; `unless_seen` when nobody can look, for want of file descriptors for example.
pub(crate) async fn may_live(engine: &dyn Engine, runtime: &Runtime, unless_seen: bool) -> bool {
    let lives = engine.is_alive(runtime).await;
    lives.unwrap_or_else(|error| {
        tracing::warn!(session = %runtime.session, %error, "nobody can see whether a runtime lives");
        unless_seen
    })
}
