//! Slows down guessing: wrong tokens use up a small allowance that fills slowly.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

const ALLOWANCE: f64 = 30.0;
const PER_SECOND: f64 = 2.0;

/// How many wrong tokens are still taken.
#[derive(Debug)]
pub(crate) struct Attempts(Mutex<(f64, Instant)>);

impl Attempts {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((ALLOWANCE, Instant::now())))
    }

    /// Whether a token may be looked at now.
    pub(crate) fn is_open(&self) -> bool {
        self.refill(0.0) >= 1.0
    }

    pub(crate) fn count_wrong(&self) {
        self.refill(1.0);
    }

    fn refill(&self, used: f64) -> f64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (left, last) = *state;
        let left =
            (left + now.duration_since(last).as_secs_f64() * PER_SECOND).min(ALLOWANCE) - used;
        *state = (left, now);
        left
    }
}
