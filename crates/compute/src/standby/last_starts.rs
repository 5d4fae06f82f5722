//! Which flows were started last, and with what: whoever starts again soon is likely one of them.

use std::collections::VecDeque;

use flowdeck_contract::session::SessionImage;
use flowdeck_engines::engine::{StandsByFor, WantedBase};
use serde::{Deserialize, Serialize};

use super::Standbys;
use crate::{owner::Owner, sessions::Record, state::State};

/// What a standby runtime is kept for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum StandbyFor {
    /// Whoever starts next.
    #[default]
    Anyone,
    /// The next start of a flow like this one.
    Flow(LastStart),
}

impl StandbyFor {
    pub(super) fn may_be(&self, owner: &Owner) -> bool {
        match self {
            Self::Anyone => true,
            Self::Flow(last) => last.owner == *owner,
        }
    }
}

/// A start of a flow, as far as a standby runtime for the next one needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LastStart {
    /// Written down as `flow`, which it always is.
    #[serde(rename = "flow")]
    pub(super) owner: Owner,
    /// The image that was asked for.
    asked: Option<String>,
    /// The one that this was.
    image: Option<SessionImage>,
}

impl LastStart {
    /// What a session with this start has; `None` for one that no standby runtime can become.
    fn of(record: &Record) -> Option<Self> {
        record.owner.flow()?;
        let on_instance = record.share().is_some_and(|share| share.instance.is_some());
        (!on_instance).then(|| Self {
            owner: record.owner.clone(),
            asked: record.session.settings.base_image.clone(),
            image: record.session.image.clone(),
        })
    }

    /// The same again.
    pub(super) fn wanted(&self) -> WantedBase<'_> {
        WantedBase {
            image: self.asked.as_deref(),
            keep: self.image.as_ref(),
            ..WantedBase::default()
        }
    }
}

/// The last use of each flow, newest first.
#[derive(Debug, Default)]
pub(super) struct LastStarts(VecDeque<LastStart>);

impl LastStarts {
    pub(super) fn remember(&mut self, new: LastStart) {
        self.0.retain(|other| other.owner != new.owner);
        self.0.push_front(new);
    }

    pub(super) fn forget(&mut self, one: &LastStart) {
        self.0.retain(|other| other != one);
    }

    /// The newest, that many at most.
    pub(super) fn last(&self, count: usize) -> impl Iterator<Item = &LastStart> {
        self.0.iter().take(count)
    }
}

impl Standbys {
    /// A session was started: one like it is likely to be next.
    pub(crate) fn remember_start(&self, record: &Record) {
        if self.parts.engine.abilities().stands_by_for == StandsByFor::OneFlow
            && let Some(new) = LastStart::of(record)
        {
            self.last_starts().remember(new);
        }
    }

    /// Remembers the sessions that an earlier server started.
    pub(crate) fn recall_starts(&self) {
        let flows = self.parts.book.sessions();
        let records = flows.values().map(|live| live.record.clone());
        let mut running: Vec<Record> = records
            .filter(|record| record.state == State::Available)
            .collect();
        drop(flows);
        running.sort_by_key(|record| record.session.started);
        running
            .iter()
            .for_each(|record| self.remember_start(record));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flowdeck_contract::ids::FlowId;

    fn started(flow: &str, asked: Option<&str>) -> LastStart {
        LastStart {
            owner: Owner::Flow(FlowId::try_from(flow).unwrap()),
            asked: asked.map(str::to_owned),
            image: None,
        }
    }

    #[test]
    fn each_flow_is_there_once_as_it_was_used_last_and_the_newest_come_first() {
        let mut last_starts = LastStarts::default();
        for new in [
            started("a", None),
            started("b", None),
            started("a", Some("other:1")),
        ] {
            last_starts.remember(new);
        }
        let last =
            |last_starts: &LastStarts, count| last_starts.last(count).cloned().collect::<Vec<_>>();
        let newest = started("a", Some("other:1"));
        assert_eq!(last(&last_starts, 9), [newest.clone(), started("b", None)]);
        assert_eq!(last(&last_starts, 1), std::slice::from_ref(&newest));
        last_starts.forget(&newest);
        assert_eq!(last(&last_starts, 1), [started("b", None)]);
    }

    #[test]
    fn what_an_earlier_server_wrote_down_is_read_and_written_the_same() {
        let old = r#"{"Flow":{"flow":"greeting","asked":"python:3.11","image":null}}"#;
        let made_for: StandbyFor = serde_json::from_str(old).unwrap();
        assert_eq!(
            made_for,
            StandbyFor::Flow(started("greeting", Some("python:3.11")))
        );
        assert_eq!(serde_json::to_string(&made_for).unwrap(), old);
    }
}
