//! Slows down guessing: wrong tokens use up a small allowance that fills up slowly. Each client has its own for each
//! way in, so that no client uses up another's.

use std::{collections::HashMap, time::Instant};

use parking_lot::{Mutex, MutexGuard};

use crate::serving::Peer;

const ALLOWANCE: f64 = 30.0;
const PER_SECOND: f64 = 2.0;

/// Clients beyond this number are soon forgotten.
const MOST_CLIENTS: usize = 10_000;

/// How a token came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum WayIn {
    /// In a link that was opened: any page can lead a browser to one.
    Link,
    /// Entered in the sign-in page.
    Form,
    /// In the header of a request.
    Bearer,
}

/// How many more wrong tokens each client may try.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<(Peer, WayIn), Allowance>>);

#[derive(Clone, Copy, Debug)]
struct Allowance {
    left: f64,
    at: Instant,
}

impl Allowance {
    fn now(self, now: Instant) -> f64 {
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * PER_SECOND;
        (self.left + filled).min(ALLOWANCE)
    }
}

impl Attempts {
    /// Whether a token may be looked at now.
    pub(crate) fn is_open(&self, peer: Peer, way: WayIn) -> bool {
        let known = self.all().get(&(peer, way)).copied();
        known.is_none_or(|allowance| allowance.now(Instant::now()) >= 1.0)
    }

    pub(crate) fn count_wrong(&self, peer: Peer, way: WayIn) {
        let now = Instant::now();
        let mut all = self.all();
        if all.len() >= MOST_CLIENTS {
            all.retain(|_, allowance| allowance.now(now) < ALLOWANCE);
        }
        if all.len() >= MOST_CLIENTS {
            all.clear();
        }
        let known = all.get(&(peer, way)).copied();
        let left = known.map_or(ALLOWANCE, |allowance| allowance.now(now));
        let left = (left - 1.0).max(0.0);
        all.insert((peer, way), Allowance { left, at: now });
    }

    fn all(&self) -> MutexGuard<'_, HashMap<(Peer, WayIn), Allowance>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn wrong_tokens_use_up_the_allowance_of_their_sender_alone() {
        let attempts = Attempts::default();
        let (one, other) = (Peer::default(), Peer::of([10, 0, 0, 1].into()));
        for _ in 0..1_000 {
            attempts.count_wrong(one, WayIn::Link);
        }
        assert!(!attempts.is_open(one, WayIn::Link));
        assert!(attempts.is_open(one, WayIn::Bearer) && attempts.is_open(one, WayIn::Form));
        assert!(attempts.is_open(other, WayIn::Link));
    }

    #[test]
    fn an_allowance_is_never_below_nothing_and_fills_again() {
        let attempts = Attempts::default();
        for _ in 0..1_000 {
            attempts.count_wrong(Peer::default(), WayIn::Bearer);
        }
        let used_up = attempts.all()[&(Peer::default(), WayIn::Bearer)];
        assert!(used_up.left >= 0.0);
        assert!(used_up.now(used_up.at + Duration::from_secs(1)) >= 1.0);
        assert!(used_up.now(used_up.at + Duration::from_secs(3600)) <= ALLOWANCE);
    }
}
