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
    error::ComputeError,
    executor,
    log::{LIMIT, Tail},
    owner::Owner,
    runs::Runs,
};

/// All runs under way.
#[derive(Debug, Default)]
pub(super) struct LiveRuns(Mutex<HashMap<RunId, Arc<LiveRun>>>);

/// A run in progress. What is known of it changes through [`LiveRun::change`] alone.
#[derive(Debug)]
pub(super) struct LiveRun {
    pub(super) flow: FlowId,
    detail: Mutex<RunDetail>,
    log: Mutex<Tail>,
}

impl LiveRuns {
    fn all(&self) -> MutexGuard<'_, HashMap<RunId, Arc<LiveRun>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, flow: &FlowId, detail: RunDetail, log: &Path) -> Arc<LiveRun> {
        let id = detail.summary.id.clone();
        let run = Arc::new(LiveRun {
            flow: flow.clone(),
            detail: Mutex::new(detail),
            log: Mutex::new(Tail::new(log)),
        });
        self.all().insert(id, Arc::clone(&run));
        run
    }

    pub(super) fn remove(&self, run: &RunId) {
        self.all().remove(run);
    }

    pub(super) fn get(&self, flow: &FlowId, run: &RunId) -> Option<Arc<LiveRun>> {
        self.all()
            .get(run)
            .filter(|live| live.flow == *flow)
            .cloned()
    }
}

impl LiveRun {
    fn lock(&self) -> MutexGuard<'_, RunDetail> {
        self.detail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run as it stands.
    pub(super) fn detail(&self) -> RunDetail {
        self.lock().clone()
    }

    /// Changes the run and gives it as it then stands: written down first, then true, then told. Nothing changes when
    /// `change` or the store fails; a run that has ended refuses.
    pub(super) fn change(
        &self,
        runs: &Runs,
        change: impl FnOnce(&mut RunDetail) -> Result<(), ComputeError>,
    ) -> Result<RunDetail, ComputeError> {
        let mut held = self.lock();
        if held.summary.state.is_over() {
            return Err(ComputeError::Refused(
                "The run has already ended.".to_owned(),
            ));
        }
        let mut next = held.clone();
        change(&mut next)?;
        if next != *held {
            runs.parts.store.save_run(&self.flow, &next)?;
            held.clone_from(&next);
            runs.parts
                .events
                .send(&Owner::from(&self.flow), FlowEvent::Run(next.clone()));
        }
        Ok(next)
    }

    /// Ends a run whose end the store does not take: known in memory alone, and told.
    pub(super) fn end_in_memory(&self, runs: &Runs, end: impl FnOnce(&mut RunDetail)) {
        let mut held = self.lock();
        end(&mut held);
        runs.parts
            .events
            .send(&Owner::from(&self.flow), FlowEvent::Run(held.clone()));
    }

    fn tail(&self) -> MutexGuard<'_, Tail> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last lines of its log, after all new ones were told.
    pub(super) fn last_lines(&self, runs: &Runs, count: usize) -> std::io::Result<Vec<LogLine>> {
        let mut tail = self.tail();
        let lines = tail.read()?;
        self.tell(runs, lines);
        tail.last(count)
    }

    /// Tells the new lines of its log, and what they say of its nodes; `over` when nobody writes to it any more.
    pub(super) fn follow(&self, runs: &Runs, over: bool) {
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
            Ok(lines) => self.tell(runs, lines),
            Err(error) => tracing::warn!(%error, "a run's log could not be read"),
        }
    }

    fn tell(&self, runs: &Runs, lines: Vec<LogLine>) {
        if lines.is_empty() {
            return;
        }
        let moves: Vec<(String, NodeState)> = lines
            .iter()
            .filter_map(|line| executor::progress(&line.text))
            .map(|(name, state)| (name.to_owned(), state))
            .collect();
        let run = self.lock().summary.id.clone();
        runs.parts.events.send(
            &Owner::from(&self.flow),
            FlowEvent::RunLog(RunLog { run, lines }),
        );
        if moves.is_empty() {
            return;
        }
        let moved = self.change(runs, |detail| {
            for (name, state) in &moves {
                move_on(detail, name, *state);
            }
            Ok(())
        });
        if let Err(error) = moved {
            tracing::warn!(flow = %self.flow, %error, "how far a run is could not be written down");
        }
    }
}

fn move_on(detail: &mut RunDetail, name: &str, state: NodeState) {
    let node = detail.nodes.iter_mut().find(|node| node.name == name);
    if let Some(node) = node {
        node.state = state;
    }
}
