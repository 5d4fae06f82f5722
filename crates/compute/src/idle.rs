//! Ends sessions in which nothing has happened for as long as they are to wait.

use std::sync::Arc;

use flowdeck_contract::Millis;

use crate::{owner::Owner, sessions::Core, state::State};

/// Activity within this time of the last is not written down again.
const GRAIN_MILLIS: u64 = 5_000;

impl Core {
    /// Something happened in the session: its end moves away.
    pub(crate) fn touch(&self, flow: &Owner) {
        let now = self.now();
        let record = self.record(flow);
        if record.state != State::Available || now.since(record.last_activity) < GRAIN_MILLIS {
            return;
        }
        let changed = self.change(flow, |live| {
            live.record.last_activity = now;
            Ok(())
        });
        if let Err(error) = changed {
            tracing::warn!(%flow, %error, "activity could not be written down");
        }
    }

    /// Ends sessions when they are due, for as long as the server runs.
    pub(crate) async fn end_idle_sessions(self: Arc<Self>) {
        loop {
            let next = self.next_deadline();
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
            // It may have been put off in between.
            if let Some((flow, deadline)) = self.next_deadline()
                && deadline <= self.now()
                && let Err(error) = self.begin_stop(
                    &flow,
                    "The compute session ends because it has been idle for its idle time.",
                )
            {
                tracing::warn!(%flow, %error, "an idle session could not be ended");
            }
        }
    }

    fn next_deadline(&self) -> Option<(Owner, Millis)> {
        let flows = self.flows();
        let deadlines = flows
            .iter()
            .filter_map(|(flow, live)| Some((flow.clone(), live.idle_deadline()?)));
        deadlines.min_by_key(|(_, deadline)| *deadline)
    }
}
