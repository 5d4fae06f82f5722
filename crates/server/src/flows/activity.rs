//! What compute knows of a flow, for those who show flows.

use std::collections::HashMap;

use flowdeck_compute::{Compute, ComputeError, Lacking, Owner};
use flowdeck_contract::{flows::FlowProblem, ids::FlowId, runs::RunSummary, session::SessionState};

/// A flow's compute session and runs, as lists of flows show them.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// State of its compute session.
    pub session: SessionState,
    /// Its newest run; `None` when it has none.
    pub last_run: Option<RunSummary>,
    /// The first connection that stands in the way of a run.
    pub connection: Option<FlowProblem>,
}

impl Activity {
    /// That of one flow.
    ///
    /// # Errors
    /// When the store of runs fails.
    pub fn of(flow: &FlowId, compute: &Compute) -> Result<Self, ComputeError> {
        Ok(Self {
            session: compute.session(flow).state,
            last_run: compute.runs(flow)?.into_iter().next(),
            connection: compute.lacking()?.first_of(flow),
        })
    }
}

/// That of every flow, read at once.
#[derive(Debug)]
pub struct Activities<'c> {
    sessions: HashMap<Owner, SessionState>,
    last_runs: HashMap<FlowId, RunSummary>,
    lacking: Lacking<'c>,
}

impl<'c> Activities<'c> {
    /// As it stands.
    ///
    /// # Errors
    /// When the store of runs fails.
    pub fn read(compute: &'c Compute) -> Result<Self, ComputeError> {
        let sessions = compute.sessions().into_iter();
        Ok(Self {
            sessions: sessions.map(|(owner, view)| (owner, view.state)).collect(),
            last_runs: compute.last_runs()?,
            lacking: compute.lacking()?,
        })
    }

    /// That of one flow; the default for one that has neither.
    #[must_use]
    pub fn of(&self, flow: &FlowId) -> Activity {
        let session = self.sessions.get(&Owner::from(flow));
        Activity {
            session: session.copied().unwrap_or_default(),
            last_run: self.last_runs.get(flow).cloned(),
            connection: self.lacking.first_of(flow),
        }
    }
}
