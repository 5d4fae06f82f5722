//! Long operations: begun with what is asked for, ended with what came of it.

use flowdeck_contract::{
    azure::{OperationResult, OperationStatus},
    error::RootError,
    ids::OperationId,
    session::SessionFailure,
};

use super::Core;
use crate::{error::ComputeError, id};

impl Core {
    /// A new operation, under way.
    pub(crate) fn begin_operation(&self) -> Result<OperationId, ComputeError> {
        let operation = id::random();
        self.store.begin_operation(&operation, self.now())?;
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

    pub(crate) fn fail_operation(&self, operation: Option<OperationId>, failure: &SessionFailure) {
        let error = RootError::new(failure.code.clone(), failure.message.clone());
        let error = match &failure.remedy {
            Some(remedy) => error.with_remedy(remedy.clone()),
            None => error,
        };
        self.end(operation, OperationStatus::Failed, Some(error));
    }

    fn end(
        &self,
        operation: Option<OperationId>,
        status: OperationStatus,
        error: Option<RootError>,
    ) {
        let Some(operation) = operation else { return };
        if let Err(problem) = self
            .store
            .end_operation(&operation, &OperationResult { status, error })
        {
            tracing::error!(%operation, error = %problem, "how an operation ended could not be written down");
        }
    }
}
