//! What of this crate is about connections.

use std::{collections::BTreeMap, fmt, sync::Arc};

use flowdeck_connections::{Checker, Connections, Variables};
use flowdeck_contract::{
    connections::{AuthMode, ConnectionName, ConnectionNeed, ModelServers, TestResult},
    flows::FlowProblem,
    ids::FlowId,
};

use crate::{compute::Compute, error::ComputeError};

impl Compute {
    /// The project's connections.
    #[must_use]
    pub fn connections(&self) -> &Arc<Connections> {
        &self.core.connections
    }

    /// The server's variables that flows and connections may refer to.
    #[must_use]
    pub fn flow_variables(&self) -> &Variables {
        self.core.runs.variables()
    }

    /// Calls the service of a connection once, and remembers what it said.
    ///
    /// # Errors
    /// When there is no such connection, or the store fails.
    pub async fn test_connection(&self, name: &ConnectionName) -> Result<TestResult, ComputeError> {
        let core = &self.core;
        let stored = core.connections.get(name)?;
        let tests = &core.connection_tests;
        let token = match AuthMode::of(stored.configs()) {
            AuthMode::Key => Ok(None),
            AuthMode::MeidToken => {
                let address = stored.kind().address_field();
                let address = address.and_then(|field| stored.configs().get(field));
                core.sign_ins.token(address.map_or("", |text| text)).await
            }
        };
        let token = token.map_err(|error| format!("{error} {}", error.remedy()));
        let result = tests
            .test(
                &core.connections,
                &stored,
                self.flow_variables(),
                token,
                || core.clock.now(),
            )
            .await;
        core.connections.note_test(&stored, &result)?;
        Ok(result)
    }

    /// Looks for model servers on this machine.
    pub async fn model_servers(&self) -> ModelServers {
        self.core.model_servers.find().await
    }

    /// The connections that runs of a flow with these environment variables ask for, and what is wrong with them.
    ///
    /// # Errors
    /// When there is no such flow, its definition can't be read, or no run can be given a variable.
    pub fn connection_needs(
        &self,
        flow: &FlowId,
        variables: &BTreeMap<String, String>,
    ) -> Result<Vec<ConnectionNeed>, ComputeError> {
        self.core.runs.connection_needs(flow, variables)
    }

    /// The project's connections as they stand, to see what flows lack.
    ///
    /// # Errors
    /// When the store fails.
    pub fn lacking(&self) -> Result<Lacking<'_>, ComputeError> {
        let checker = self.core.connections.checker()?;
        Ok(Lacking {
            compute: self,
            checker,
        })
    }
}

/// Says what flows lack.
pub struct Lacking<'c> {
    compute: &'c Compute,
    checker: Checker,
}

impl fmt::Debug for Lacking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lacking").finish_non_exhaustive()
    }
}

impl Lacking<'_> {
    /// The first connection that stands in the way of a run of the flow. A flow that can't be read asks for nothing.
    #[must_use]
    pub fn first_of(&self, flow: &FlowId) -> Option<FlowProblem> {
        let needs = self.compute.core.runs.asked(flow).unwrap_or_else(|error| {
            tracing::debug!(%flow, %error, "what a flow asks for is unknown");
            Vec::new()
        });
        let checked = self.checker.check(flow, needs);
        checked.iter().find_map(ConnectionNeed::as_problem)
    }
}
