//! This host's usual: how long the steps of a start took in the last ones of the same way that came to their end.

use flowdeck_contract::session::{Phase, PhaseState, StartRoute};

use crate::sessions::Record;

/// The way of a start; only starts of one way are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A standby runtime was taken.
    Standby,
    /// An environment without requirements of its own.
    Base,
    /// An environment with requirements of its own.
    Requirements,
    /// The base packages had to be installed first.
    Fresh,
}

/// Fewer say nothing of what is usual.
const FEWEST: usize = 3;

/// What the whole start is called among its steps.
const WHOLE: &str = "start";

impl Way {
    /// As far as the record knows it.
    pub(crate) fn of(record: &Record) -> Self {
        let made_of = record.made_of.as_ref();
        match record.session.route {
            Some(StartRoute::Standby) => Self::Standby,
            Some(StartRoute::Fresh) => Self::Fresh,
            Some(StartRoute::Kept) => Self::Base,
            _ if made_of.is_some_and(|made_of| made_of.file().is_some()) => Self::Requirements,
            _ => Self::Base,
        }
    }

    /// As the store knows it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Standby => "standby",
            Self::Base => "base",
            Self::Requirements => "requirements",
            Self::Fresh => "fresh",
        }
    }
}

/// A step as the store knows it; `None` for the whole start.
pub(crate) fn step(phase: Option<Phase>) -> &'static str {
    match phase {
        None => WHOLE,
        Some(Phase::Allocate) => "allocate",
        Some(Phase::PullImage) => "pullImage",
        Some(Phase::CreateEnvironment) => "createEnvironment",
        Some(Phase::Install) => "install",
        Some(Phase::StartRuntime) => "startRuntime",
        Some(Phase::Check) => "check",
    }
}

/// How long each step of a start that came to its end took, in milliseconds; `whole` says whether the start as a whole
/// counts, too.
pub(crate) fn took(record: &Record, whole: bool) -> Vec<(&'static str, u64)> {
    let view = &record.session;
    let done = view
        .phases
        .iter()
        .filter(|phase| phase.state == PhaseState::Done);
    let phases = done.filter_map(|phase| {
        let millis = phase.ended?.since(phase.started?);
        Some((step(Some(phase.phase)), millis))
    });
    let start = view.started.zip(view.available).filter(|_| whole);
    let start = start.map(|(from, until)| (step(None), until.since(from)));
    phases.chain(start).collect()
}

/// The middle one of these; `None` when they are too few to say what is usual.
pub(crate) fn median(mut millis: Vec<u64>) -> Option<u64> {
    millis.sort_unstable();
    (millis.len() >= FEWEST).then(|| millis[(millis.len() - 1) / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_the_middle_of_enough() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![1, 2]), None);
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        // One start that hung for an hour does not make slow starts usual.
        assert_eq!(median(vec![1, 3_600_000, 2, 3]), Some(2));
    }
}
