//! Ends sessions in which nothing has happened for as long as they are to wait, and stops compute instances likewise.

use std::{collections::BTreeMap, sync::Arc};

use flowdeck_contract::{Millis, timeline::By};

use tokio::sync::Notify;

use crate::{
    allotter::Allotter,
    clock::Clock,
    error::ComputeError,
    owner::Owner,
    sessions::{Book, InstanceStops, Shared, Stops},
    state::State,
    timeline::as_asker,
};

/// Activity within this time of the last is not written down again.
const GRAIN_MILLIS: u64 = 5_000;

/// What could not be ended is due still: it is tried again after a pause.
const PAUSE_MILLIS: i64 = 5_000;

/// What people do in sessions.
pub(crate) struct Activity {
    book: Arc<Book>,
    clock: Arc<dyn Clock>,
}

impl Activity {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            clock: Arc::clone(&shared.clock),
        }
    }

    /// Something happened in the session: its end moves away.
    pub(crate) fn touch(&self, owner: &Owner) {
        let now = self.clock.now();
        let record = self.book.record(owner);
        if record.state != State::Available || now.since(record.last_activity) < GRAIN_MILLIS {
            return;
        }
        let changed = self.book.change(owner, |live| {
            live.record.last_activity = now;
            Ok(())
        });
        if let Err(error) = changed {
            tracing::warn!(%owner, %error, "activity could not be written down");
        }
    }
}

/// Ends what is idle.
pub(crate) struct IdleEnds {
    book: Arc<Book>,
    clock: Arc<dyn Clock>,
    allotter: Arc<Allotter>,
    /// Something changed that an idle deadline depends on.
    deadlines: Arc<Notify>,
    stops: Arc<Stops>,
    instances: Arc<InstanceStops>,
}

impl IdleEnds {
    pub(crate) fn new(
        shared: &Shared,
        deadlines: Arc<Notify>,
        stops: &Arc<Stops>,
        instances: &Arc<InstanceStops>,
    ) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            clock: Arc::clone(&shared.clock),
            allotter: Arc::clone(&shared.allotter),
            deadlines,
            stops: Arc::clone(stops),
            instances: Arc::clone(instances),
        }
    }

    /// Ends sessions and stops compute instances when they are due, for as long as the server runs.
    pub(crate) async fn follow(self: Arc<Self>) {
        // What could not be ended, and when to try again. What else is due does not wait for that.
        let mut refused = BTreeMap::new();
        loop {
            let now = self.clock.now();
            refused.retain(|_, again| *again > now);
            let next = self.next_due(&refused);
            let due = async {
                match next {
                    Some((_, deadline)) => self.clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.deadlines.notified() => continue,
                () = due => {}
            }
            // Something may have happened in between that moves the end.
            if let Some((due, deadline)) = self.next_due(&refused)
                && deadline <= self.clock.now()
                && let Err(error) = self.end_idle(&due)
            {
                tracing::warn!(?due, %error, "what was idle could not be ended");
                let again = Millis(self.clock.now().0.saturating_add(PAUSE_MILLIS));
                refused.insert(due, again);
            }
        }
    }

    fn end_idle(&self, due: &Due) -> Result<(), ComputeError> {
        as_asker(By::Idle, || match due {
            Due::Session(owner) => self
                .stops
                .begin_stop(owner, "The compute session stops because it’s idle.")
                .map(drop),
            Due::Instance(name) => self
                .instances
                .stop(name, "The compute instance stops because it’s idle."),
        })
    }

    fn next_due(&self, refused: &BTreeMap<Due, Millis>) -> Option<(Due, Millis)> {
        let sessions = self.session_deadlines().into_iter();
        let instances = self.allotter.instance_deadlines().into_iter();
        let sessions = sessions.map(|(owner, deadline)| (Due::Session(owner), deadline));
        let instances = instances.map(|(name, deadline)| (Due::Instance(name), deadline));
        // A session goes first, so that it is its own idle time that ends it.
        let all = sessions.chain(instances).map(|(due, deadline)| {
            let again = refused.get(&due).copied().unwrap_or(deadline);
            (due, deadline.max(again))
        });
        all.min_by_key(|(_, deadline)| *deadline)
    }

    fn session_deadlines(&self) -> Vec<(Owner, Millis)> {
        let flows = self.book.sessions();
        let deadlines = flows
            .iter()
            .filter_map(|(owner, live)| Some((owner.clone(), live.idle_deadline()?)));
        deadlines.collect()
    }
}

/// What ends for lack of use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Session(Owner),
    Instance(String),
}
