//! Where bars stand: points in time as shares of a run. Pure.

use flowdeck_contract::Millis;

/// A time from its start to its end, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Span {
    /// Nobody knows when it began.
    Unknown,
    /// It goes on.
    Since(Millis),
    /// It's over, or its end isn't known: then it ends as it begins.
    Between(Millis, Millis),
}

impl Span {
    /// From a start and an end that may be unknown; `goes_on` where it hasn't ended.
    pub(super) fn new(start: Option<Millis>, end: Option<Millis>, goes_on: bool) -> Self {
        match (start, end) {
            (None, _) => Self::Unknown,
            (Some(start), None) if goes_on => Self::Since(start),
            (Some(start), end) => Self::Between(start, end.unwrap_or(start).max(start)),
        }
    }

    /// As much of it as lies within another.
    pub(super) fn within(self, outer: Self) -> Self {
        let clip = |at: Millis| match outer {
            Self::Unknown => at,
            Self::Since(from) => at.max(from),
            Self::Between(from, until) => at.clamp(from, until),
        };
        match (self, outer) {
            (Self::Unknown, _) => Self::Unknown,
            (Self::Since(start), Self::Between(_, until)) => Self::Between(clip(start), until),
            (Self::Since(start), _) => Self::Since(clip(start)),
            (Self::Between(start, end), _) => Self::Between(clip(start), clip(end)),
        }
    }

    /// Its start and end, when it's `now`.
    pub(super) fn ends(self, now: Millis) -> Option<(Millis, Millis)> {
        match self {
            Self::Unknown => None,
            Self::Since(start) => Some((start, now.max(start))),
            Self::Between(start, end) => Some((start, end)),
        }
    }

    /// Where its bar begins and how long it is, in percent of `whole`.
    pub(super) fn bar(self, whole: Self, now: Millis) -> Option<(f64, f64)> {
        let (from, until) = whole.ends(now)?;
        let (start, end) = self.within(Self::Between(from, until)).ends(now)?;
        let share = |millis: u64| {
            #[expect(clippy::cast_precision_loss, reason = "a share of a width")]
            let share = millis as f64 * 100.0 / until.since(from).max(1) as f64;
            share.min(100.0)
        };
        Some((share(start.since(from)), share(end.since(start))))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans() -> impl Strategy<Value = Span> {
        let time = || prop::option::of((-50..200_i64).prop_map(Millis));
        (time(), time(), any::<bool>())
            .prop_map(|(start, end, goes_on)| Span::new(start, end, goes_on))
    }

    proptest! {
        #[test]
        fn a_bar_lies_within_the_whole(inner in spans(), outer in spans(), now in 0..300_i64) {
            if let Some((from, length)) = inner.bar(outer, Millis(now)) {
                prop_assert!(from >= 0.0 && length >= 0.0 && from + length <= 100.001, "{from} {length}");
            }
        }

        #[test]
        fn what_is_clipped_lies_within_what_is_around_it(inner in spans(), outer in spans(), now in 0..300_i64) {
            // What goes on can't have begun after now.
            let now = Millis(now + 200);
            let clipped = inner.within(outer);
            prop_assert_eq!(clipped.within(outer), clipped);
            if let (Some((start, end)), Some((from, until))) = (clipped.ends(now), outer.ends(now)) {
                prop_assert!(from <= start && start <= end && end <= until);
            }
        }
    }

    #[test]
    fn a_bar_is_a_share_of_the_run() {
        let at = |start, end| Span::Between(Millis(start), Millis(end));
        assert_eq!(at(25, 75).bar(at(0, 100), Millis(0)), Some((25.0, 50.0)));
        assert_eq!(at(50, 400).bar(at(0, 100), Millis(0)), Some((50.0, 50.0)));
        assert_eq!(
            Span::Since(Millis(50)).bar(Span::Since(Millis(0)), Millis(200)),
            Some((25.0, 75.0))
        );
        assert_eq!(Span::Unknown.bar(at(0, 100), Millis(0)), None);
    }
}
