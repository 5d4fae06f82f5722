//! Watches for the death of sessions' runtimes.

use std::sync::Arc;

use flowdeck_engines::engine::{Engine, Runtime, SharedEngine};

use super::{Book, Failures, Shared};
use crate::{owner::Owner, state::State, tasks::Tasks};

/// Watches for the death of runtimes.
pub(crate) struct Watcher {
    book: Arc<Book>,
    engine: SharedEngine,
    tasks: Arc<Tasks>,
    failures: Arc<Failures>,
}

impl Watcher {
    pub(crate) fn new(shared: &Shared, failures: &Arc<Failures>) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
            tasks: Arc::clone(&shared.tasks),
            failures: Arc::clone(failures),
        }
    }

    /// Watches the session's runtime until it dies or is no longer the session's.
    pub(crate) fn watch(self: &Arc<Self>, owner: &Owner) {
        let Some(runtime) = self.book.record(owner).runtime else {
            return;
        };
        let (watcher, owner_id) = (Arc::clone(self), owner.clone());
        self.tasks.background(async move {
            let death = watcher.engine.died(&runtime).await;
            let record = watcher.book.record(&owner_id);
            if record.state != State::Available || record.runtime.as_ref() != Some(&runtime) {
                return;
            }
            let failing = (Arc::clone(&watcher), owner_id.clone());
            watcher.book.work(&owner_id, &watcher.tasks, async move {
                let (watcher, owner) = failing;
                let record = watcher.book.record(&owner);
                if record.state == State::Available && record.runtime.as_ref() == Some(&runtime) {
                    watcher.failures.fail(&owner, &death).await;
                }
            });
        });
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
