//! The logs of sessions. That of a session that has ended stays until the flow's next session, and as long as it is one
//! of the last.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use flowdeck_access::disk;
use flowdeck_contract::ids::SessionId;

use super::{Book, Live, Shared, live::SessionLog};
use crate::{owner::Owner, paths::Paths, standby::Standbys, state::State};

/// So many logs of sessions that have ended are kept.
const KEPT: usize = 200;
/// How often a log is looked at while it grows.
const LOOK: Duration = Duration::from_millis(100);
/// One that has not grown for this many looks…
const QUIET: u32 = 20;
/// …is looked at only every this many looks.
const SELDOM: u32 = 5;

/// Opens, follows and removes the logs of sessions.
pub(crate) struct SessionLogs {
    book: Arc<Book>,
    paths: Paths,
    standbys: Arc<Standbys>,
}

impl SessionLogs {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            paths: shared.paths.clone(),
            standbys: Arc::clone(&shared.standbys),
        }
    }

    /// Gives the session a log of its own and forgets the one before.
    pub(super) fn switch(&self, owner: &Owner, session: &SessionId) {
        self.book.switch_log(owner, self.paths.session_log(session));
    }

    /// A log that can't be read is followed from where it can be; its session goes on.
    pub(super) fn open_all(&self) {
        let sessions: Vec<(Owner, SessionId)> = self
            .book
            .sessions()
            .iter()
            .filter_map(|(owner, live)| {
                Some((owner.clone(), live.record.session.session_id.clone()?))
            })
            .collect();
        for (owner, session) in &sessions {
            let path = self.paths.session_log(session);
            let log = SessionLog::caught_up(path.clone()).unwrap_or_else(|error| {
                tracing::error!(%owner, %error, "a session's log could not be read");
                SessionLog::at(path)
            });
            self.book.open_log(owner, log);
        }
    }

    /// Tells the lines of all logs as they come, for as long as the server runs.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut quiet = BTreeMap::<Owner, u32>::new();
        loop {
            let mut owners = self.owners();
            quiet.retain(|owner, _| owners.contains(owner));
            owners.retain(|owner| {
                let looks = quiet.entry(owner.clone()).or_default();
                *looks = looks.saturating_add(1);
                is_due(*looks)
            });
            let logs = Arc::clone(&self);
            let told = tokio::task::spawn_blocking(move || {
                owners.retain(|owner| logs.book.tell_log(owner));
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

    fn owners(&self) -> Vec<Owner> {
        let flows = self.book.sessions();
        let logged = flows.iter().filter(|(_, live)| live.log.is_some());
        logged.map(|(owner, _)| owner.clone()).collect()
    }

    /// Removes the oldest logs of sessions that have ended. Lives and runs of these sessions stay.
    pub(super) fn remove_of_ended(&self) {
        let mut ended: Vec<(SystemTime, Owner)> = self
            .book
            .sessions()
            .iter()
            .filter(|(_, live)| matches!(live.record.state, State::NotExist | State::Failed))
            .filter_map(|(owner, live)| Some((last_written(live)?, owner.clone())))
            .collect();
        ended.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (_, owner) in ended.iter().skip(KEPT) {
            self.book.remove_log(owner);
        }
    }

    /// Removes logs of sessions that nothing is remembered of.
    pub(super) fn remove_unknown(&self) {
        let known = self.known();
        let logs = match self.paths.session_logs() {
            Ok(logs) => logs,
            Err(error) => {
                tracing::warn!(%error, "old session logs could not be listed");
                return;
            }
        };
        for (session, path) in logs {
            if !known.contains(&session)
                && let Err(error) = disk::remove(&path)
            {
                tracing::warn!(%error, "an old session log could not be removed");
            }
        }
    }

    /// Sessions whose log is kept.
    fn known(&self) -> HashSet<SessionId> {
        let flows = self.book.sessions();
        let ids = flows
            .values()
            .filter_map(|live| live.record.session.session_id.clone());
        ids.chain(self.standbys.sessions()).collect()
    }
}

/// Whether a log that has not grown for this many looks is looked at now.
fn is_due(looks: u32) -> bool {
    looks <= QUIET || looks.is_multiple_of(SELDOM)
}

fn last_written(live: &Live) -> Option<SystemTime> {
    let path = live.log.as_ref()?.file.path();
    path.metadata().ok()?.modified().ok()
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
