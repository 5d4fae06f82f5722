//! What there is to choose from for a session, what of it is available now, and what a start would meet.

use std::sync::Arc;

use flowdeck_contract::{
    ids::FlowId,
    settings::{
        ComputeOptions, IdentityOption, InstanceOption, Preflight, SessionSettings, SizeOption,
    },
};

use crate::{catalog::Catalog, compute::Compute, error::ComputeError, owner::Owner};

impl Compute {
    /// What there is to choose from, and what of it is available to a new session now.
    #[must_use]
    pub fn options(&self) -> ComputeOptions {
        self.options_but(None)
    }

    /// As [`Compute::options`], for the session of `owner`: what it has now counts as free, as it does when a change
    /// resets it.
    #[must_use]
    pub fn options_for(&self, owner: &Owner) -> ComputeOptions {
        self.options_but(Some(owner))
    }

    fn options_but(&self, owner: Option<&Owner>) -> ComputeOptions {
        let core = &self.core;
        let catalog = &core.catalog;
        let sizes: Vec<SizeOption> = catalog
            .sizes
            .iter()
            .map(|size| core.allotter.size_option(size, owner))
            .collect();
        let available = sizes.iter().find(|size| size.unavailable.is_none());
        ComputeOptions {
            images_unavailable: core.engine.abilities().images_unavailable,
            default_size: available.map(|size| size.name.clone()),
            sizes,
            quota: core.allotter.quota(owner),
            instances: catalog
                .instances
                .iter()
                .map(|instance| core.allotter.instance_option(instance))
                .collect(),
            identities: catalog
                .identities
                .iter()
                .map(|identity| IdentityOption {
                    name: identity.name.clone(),
                    description: identity.description.clone(),
                })
                .collect(),
            default_idle_seconds: core.max_idle.map(|idle| idle.as_secs()),
            environment_cache: core.engine.kept_environments(),
        }
    }

    /// What the administrator offers.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.core.catalog
    }

    /// Stops a compute instance and ends the sessions on it; one that is stopped stays so.
    ///
    /// # Errors
    /// When there is none of that name, or the store fails.
    pub fn stop_instance(&self, name: &str) -> Result<(), ComputeError> {
        if self.core.catalog.instance(name).is_none() {
            return Err(ComputeError::InstanceNotFound(name.to_owned()));
        }
        self.core
            .instances
            .stop(name, "Its compute instance was stopped.")
    }

    /// Starts a compute instance that is stopped; gives it as it is then.
    ///
    /// # Errors
    /// When there is none of that name, or the quota has no room for it.
    pub fn start_instance(&self, name: &str) -> Result<InstanceOption, ComputeError> {
        self.core.allotter.start_instance(name)?;
        let instance = self.core.catalog.instance(name);
        let instance = instance.ok_or_else(|| ComputeError::InstanceNotFound(name.to_owned()))?;
        Ok(self.core.allotter.instance_option(instance))
    }

    /// Looks at what a start of the flow's session with these settings would meet. Takes as long as the registry of the
    /// base image does, within bounds.
    ///
    /// # Errors
    /// When there is no such flow. Whatever else is wrong is in the answer.
    pub async fn preflight(
        &self,
        flow: &FlowId,
        settings: &SessionSettings,
    ) -> Result<Preflight, ComputeError> {
        Arc::clone(&self.core.checks).of_start(flow, settings).await
    }
}
