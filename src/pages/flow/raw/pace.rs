//! How long to wait after a keystroke before work that looks at a whole file.

use std::time::Duration;

/// A bit more than the gap between two keystrokes of somebody who types fast.
const SHORTEST: Duration = Duration::from_millis(150);
const LONGEST: Duration = Duration::from_millis(1500);

/// The pause before the next round of work whose last round took `last`: long enough that typing gets most of the time.
pub(crate) fn pause_after(last: Duration) -> Duration {
    (last * 4).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_work_waits_longer_but_not_for_ever() {
        let millis = |last| pause_after(Duration::from_millis(last)).as_millis();
        assert_eq!((millis(0), millis(50), millis(60_000)), (150, 200, 1500));
    }
}
