//! Watches what goes on without us: a runtime's death, and the lines it writes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use flowdeck_engines::engine::{Engine, Runtime};

use super::Core;
use crate::{owner::Owner, state::State};

/// How often a log is looked at while it grows.
const LOOK: Duration = Duration::from_millis(100);
/// One that has not grown for this many looks…
const QUIET: u32 = 20;
/// …is looked at only every this many looks.
const SELDOM: u32 = 5;

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
        let mut quiet = BTreeMap::<Owner, u32>::new();
        loop {
            let mut owners = self.owners_of_logs();
            quiet.retain(|owner, _| owners.contains(owner));
            owners.retain(|owner| {
                let looks = quiet.entry(owner.clone()).or_default();
                *looks = looks.saturating_add(1);
                is_due(*looks)
            });
            let core = Arc::clone(&self);
            let told = tokio::task::spawn_blocking(move || {
                owners.retain(|owner| core.book.tell_log(owner));
                owners
            });
            match told.await {
                Ok(grown) => grown.iter().for_each(|owner| {
                    quiet.insert(owner.clone(), 0);
                }),
                Err(error) => tracing::warn!(%error, "logs could not be looked at"),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn owners_of_logs(&self) -> Vec<Owner> {
        let flows = self.book.sessions();
        let logged = flows.iter().filter(|(_, live)| live.log.is_some());
        logged.map(|(owner, _)| owner.clone()).collect()
    }
}

/// Whether a log that has not grown for this many looks is looked at now.
fn is_due(looks: u32) -> bool {
    looks <= QUIET || looks.is_multiple_of(SELDOM)
}

/// Whether a runtime lives; `unless_seen` when nobody can look, for want of file descriptors for example.
pub(crate) async fn may_live(engine: &dyn Engine, runtime: &Runtime, unless_seen: bool) -> bool {
    let lives = engine.is_alive(runtime).await;
    lives.unwrap_or_else(|error| {
        tracing::warn!(session = %runtime.session, %error, "nobody can see whether a runtime lives");
        unless_seen
    })
}

#[cfg(test)]
mod tests {
    use super::is_due;

    #[test]
    fn a_quiet_log_is_looked_at_seldom_and_never_forgotten() {
        let due = |looks: std::ops::Range<u32>| looks.filter(|looks| is_due(*looks)).count();
        assert_eq!(due(1..21), 20);
        assert_eq!(due(21..1021), 200);
        assert!(is_due(u32::MAX), "the count stands still there");
    }
}
