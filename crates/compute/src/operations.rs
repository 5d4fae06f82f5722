//! Long operations: begun with what is asked for, ended with what came of it.

use std::{collections::HashSet, sync::Arc};

use flowdeck_access::id;
use flowdeck_contract::{
    azure::{OperationResult, OperationStatus},
    error::RootError,
    ids::OperationId,
    session::SessionFailure,
};

use crate::{clock::Clock, error::ComputeError, store::Store};

/// The long operations of all sessions.
pub(crate) struct Operations {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
}

impl Operations {
    pub(crate) fn new(store: Arc<Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// A new operation, in progress.
    pub(crate) fn begin(&self) -> Result<OperationId, ComputeError> {
        let operation = id::random();
        self.store.begin_operation(&operation, self.clock.now())?;
        Ok(operation)
    }

    pub(crate) fn succeed(&self, operation: Option<OperationId>) {
        self.end(operation, OperationStatus::Succeeded, None);
    }

    pub(crate) fn cancel(&self, operation: Option<OperationId>, why: &str) {
        self.end(
            operation,
            OperationStatus::Canceled,
            Some(RootError::new("Canceled", why)),
        );
    }

    pub(crate) fn fail(&self, operation: Option<OperationId>, failure: &SessionFailure) {
        let error = RootError::new(failure.code.clone(), failure.message.clone());
        let error = match &failure.remedy {
            Some(remedy) => error.with_remedy(remedy.clone()),
            None => error,
        };
        self.end(operation, OperationStatus::Failed, Some(error));
    }

    /// Cancels those that an earlier server left and nobody carries on.
    pub(crate) fn cancel_lost(
        &self,
        carried_on: &HashSet<OperationId>,
    ) -> Result<(), ComputeError> {
        for operation in self.store.operations_under_way()? {
            if !carried_on.contains(&operation) {
                self.cancel(Some(operation), "A restart of the server interrupted this.");
            }
        }
        Ok(())
    }

    /// How an operation stands; `None` when there is none of that id, or it is long over.
    pub(crate) fn result(&self, id: &OperationId) -> Option<OperationResult> {
        self.store.operation(id).unwrap_or_else(|error| {
            tracing::error!(operation = %id, %error, "an operation could not be read");
            None
        })
    }

    fn end(
        &self,
        operation: Option<OperationId>,
        status: OperationStatus,
        error: Option<RootError>,
    ) {
        let Some(operation) = operation else { return };
        let result = OperationResult { status, error };
        if let Err(problem) = self.store.end_operation(&operation, &result) {
            tracing::error!(%operation, error = %problem, "how an operation ended could not be written down");
        }
    }
}
