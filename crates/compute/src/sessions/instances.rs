//! Stops compute instances, and with them the sessions on them.

use std::sync::Arc;

use flowdeck_contract::settings::InstanceState;

use super::{Book, Record, Shared, Stops};
use crate::{allotter::Allotter, error::ComputeError, owner::Owner, state::State};

/// Stops compute instances with the sessions on them.
pub(crate) struct InstanceStops {
    book: Arc<Book>,
    allotter: Arc<Allotter>,
    stops: Arc<Stops>,
}

impl InstanceStops {
    pub(crate) fn new(shared: &Shared, stops: &Arc<Stops>) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            allotter: Arc::clone(&shared.allotter),
            stops: Arc::clone(stops),
        }
    }

    /// Stops an instance and with it the sessions on it. It stays, and can be started again.
    pub(crate) fn stop(&self, name: &str, why: &str) -> Result<(), ComputeError> {
        self.allotter.stop_instance(name)?;
        tracing::info!(instance = name, why, "a compute instance stops");
        self.end_sessions_on_stopped(why);
        Ok(())
    }

    /// Also what a server that was killed while it stopped an instance has left to do.
    pub(crate) fn end_sessions_on_stopped(&self, why: &str) {
        let stopped = |record: &Record| {
            let state = record
                .instance()
                .and_then(|name| self.allotter.instance_state(name));
            matches!(record.state, State::Starting(_) | State::Available)
                && state == Some(InstanceState::Stopped)
        };
        let owners: Vec<Owner> = {
            let flows = self.book.sessions();
            let on_it = flows.values().filter(|live| stopped(&live.record));
            on_it.map(|live| live.record.owner.clone()).collect()
        };
        for owner in owners {
            if let Err(error) = self.stops.begin_stop(&owner, why) {
                tracing::warn!(%owner, %error, "a session on a stopped compute instance could not be ended");
            }
        }
    }
}
