//! The log of a session that has ended stays until the flow's next session, and as long as it is one of the last.

use std::time::SystemTime;

use super::{Core, Live};
use crate::{owner::Owner, state::State};

/// So many logs of sessions that have ended are kept.
const KEPT: usize = 200;

impl Core {
    /// Removes the oldest logs of sessions that have ended. Lives and runs of these sessions stay.
    pub(super) fn remove_logs_of_ended(&self) {
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
}

fn last_written(live: &Live) -> Option<SystemTime> {
    let path = live.log.as_ref()?.file.path();
    path.metadata().ok()?.modified().ok()
}
