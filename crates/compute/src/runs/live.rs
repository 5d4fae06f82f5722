//! Runs under way, in memory.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use flowdeck_contract::{
    events::{FlowEvent, RunLog},
    ids::{FlowId, RunId},
    runs::{NodeState, RunDetail},
    session::LogLine,
};

use crate::{
    executor,
    log::{LIMIT, Tail},
    owner::Owner,
    sessions::Core,
};

/// All runs under way.
#[derive(Debug, Default)]
pub(crate) struct LiveRuns(Mutex<HashMap<RunId, Arc<LiveRun>>>);

/// A run under way.
#[derive(Debug)]
pub(crate) struct LiveRun {
    pub(crate) flow: FlowId,
    detail: Mutex<RunDetail>,
    log: Mutex<Tail>,
}

impl LiveRuns {
    fn all(&self) -> MutexGuard<'_, HashMap<RunId, Arc<LiveRun>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, flow: &FlowId, detail: RunDetail, log: &Path) -> Arc<LiveRun> {
        let id = detail.summary.id.clone();
        let run = Arc::new(LiveRun {
            flow: flow.clone(),
            detail: Mutex::new(detail),
            log: Mutex::new(Tail::new(log)),
        });
        self.all().insert(id, Arc::clone(&run));
        run
    }

    pub(crate) fn remove(&self, run: &RunId) {
        self.all().remove(run);
    }

    pub(crate) fn get(&self, flow: &FlowId, run: &RunId) -> Option<Arc<LiveRun>> {
        self.all()
            .get(run)
            .filter(|live| live.flow == *flow)
            .cloned()
    }
}

impl LiveRun {
    pub(crate) fn detail(&self) -> MutexGuard<'_, RunDetail> {
        self.detail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last lines of its log, after all new ones were told.
    pub(crate) fn last_lines(&self, core: &Core, count: usize) -> std::io::Result<Vec<LogLine>> {
        let mut tail = self.tail();
        let lines = tail.read()?;
        self.tell(core, lines);
        tail.last(count)
    }

    /// Tells the new lines of its log; `over` when nobody writes to it any more. Gives whether a node has moved on.
    pub(crate) fn follow(&self, core: &Core, over: bool) -> bool {
        let mut tail = self.tail();
        let lines = if over {
            tail.read_to_end()
        } else {
            tail.read()
        };
        if let Err(error) = tail.cut(LIMIT) {
            tracing::warn!(%error, "a run's log could not be cut");
        }
        match lines {
            Ok(lines) => self.tell(core, lines),
            Err(error) => {
                tracing::warn!(%error, "a run's log could not be read");
                false
            }
        }
    }

    fn tell(&self, core: &Core, lines: Vec<LogLine>) -> bool {
        if lines.is_empty() {
            return false;
        }
        let mut detail = self.detail();
        let moved = lines
            .iter()
            .filter_map(|line| executor::progress(&line.text))
            .fold(false, |moved, (name, state)| {
                moved | move_on(&mut detail, name, state)
            });
        let run = detail.summary.id.clone();
        core.send(
            &Owner::from(&self.flow),
            FlowEvent::RunLog(RunLog { run, lines }),
        );
        moved
    }
}

fn move_on(detail: &mut RunDetail, name: &str, state: NodeState) -> bool {
    let node = detail
        .nodes
        .iter_mut()
        .find(|node| node.name == name && node.state != state);
    node.map(|node| node.state = state).is_some()
}
