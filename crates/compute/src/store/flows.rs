//! All that is remembered of a flow.

use flowdeck_contract::ids::FlowId;

use super::Store;
use crate::{error::ComputeError, owner::Owner};

/// The statements that forget a flow, each by its id. The turns of a conversation go with it.
const FORGET: [&str; 3] = [
    "DELETE FROM runs WHERE flow = ?1",
    "DELETE FROM conversations WHERE flow = ?1",
    "DELETE FROM lives WHERE owner = ?1",
];

impl Store {
    /// Forgets a flow's runs, conversations and the history of its sessions: all or nothing.
    pub(crate) fn forget_flow(&self, flow: &FlowId) -> Result<(), ComputeError> {
        let owner = String::from(Owner::from(flow));
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for statement in FORGET {
            transaction.execute(statement, [&owner])?;
        }
        transaction.commit()?;
        Ok(())
    }
}
