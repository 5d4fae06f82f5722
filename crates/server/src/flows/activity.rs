//! What compute knows of a flow, for those who show flows.

use std::collections::HashMap;

use flowdeck_compute::{Compute, ComputeError, Owner};
use flowdeck_contract::{ids::FlowId, runs::RunSummary, session::SessionState};

/// A flow's compute session and runs, as lists of flows show them.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// State of its compute session.
    pub session: SessionState,
    /// Its newest run; `None` when it has none.
    pub last_run: Option<RunSummary>,
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
        })
    }
}

/// That of every flow, read at once.
#[derive(Debug)]
pub struct Activities {
    sessions: HashMap<Owner, SessionState>,
    last_runs: HashMap<FlowId, RunSummary>,
}

impl Activities {
    /// As it stands.
    ///
    /// # Errors
    /// When the store of runs fails.
    pub fn read(compute: &Compute) -> Result<Self, ComputeError> {
        let sessions = compute.sessions().into_iter();
        Ok(Self {
            sessions: sessions.map(|(owner, view)| (owner, view.state)).collect(),
            last_runs: compute.last_runs()?,
        })
    }

    /// That of one flow; the default for one that has neither.
    #[must_use]
    pub fn of(&self, flow: &FlowId) -> Activity {
        let session = self.sessions.get(&Owner::from(flow));
        Activity {
            session: session.copied().unwrap_or_default(),
            last_run: self.last_runs.get(flow).cloned(),
        }
    }
}
