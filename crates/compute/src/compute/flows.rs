//! What of this crate is about flows that come and go.

use flowdeck_access::disk;
use flowdeck_contract::{ids::FlowId, session::SessionState};

use crate::{compute::Compute, error::ComputeError, owner::Owner};

impl Compute {
    /// A flow in this folder, or this one, of whose session something is there, and the session's state: the folder can't
    /// be taken away from it.
    #[must_use]
    pub fn at_work_in(&self, folder: &FlowId) -> Option<(FlowId, SessionState)> {
        self.sessions().into_iter().find_map(|(owner, view)| {
            let flow = owner.flow().filter(|flow| flow.is_within(folder))?;
            let is_gone = matches!(view.state, SessionState::NotExist | SessionState::Failed);
            (!is_gone).then(|| (flow.clone(), view.state))
        })
    }

    /// Forgets all that is kept of a flow that is no more: its runs and what they left, its conversations, pictures for its
    /// inputs and the history of its sessions. Another flow may have its id afterwards.
    ///
    /// # Errors
    /// When its session still exists, or the store or the disk fails.
    pub fn forget_flow(&self, flow: &FlowId) -> Result<(), ComputeError> {
        if let Some((flow, _)) = self.at_work_in(flow) {
            return Err(ComputeError::Refused(format!(
                "The compute session of ‘{flow}’ still exists. Stop it first."
            )));
        }
        let core = &self.core;
        core.store.forget_flow(flow)?;
        core.book.forget(&Owner::from(flow), |live| {
            let log = live.and_then(|live| live.log.as_ref());
            log.map_or(Ok(()), |log| disk::remove(log.file.path()))
                .map_err(ComputeError::io("Removing the session’s log"))
        })?;
        core.runs.remove_files_of(flow)
    }
}
