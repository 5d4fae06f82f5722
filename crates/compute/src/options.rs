//! What there is to choose from for a session, and what of it is available now.

use flowdeck_contract::{
    session::VmSize,
    settings::{
        ComputeOptions, IdentityOption, InstanceOption, InstanceState, QuotaUsage, SizeOption,
    },
};
use flowdeck_engines::engine::gib;

use crate::{
    catalog::{Catalog, ComputeInstance, Shortage},
    compute::Compute,
    error::ComputeError,
    owner::Owner,
    sessions::Core,
};

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
        let catalog = &core.config.catalog;
        let sizes: Vec<SizeOption> = catalog
            .sizes
            .iter()
            .map(|size| option(size, core.allotter.lacks(size, owner)))
            .collect();
        let available = sizes.iter().find(|size| size.unavailable.is_none());
        ComputeOptions {
            images_unavailable: core.engine.abilities().images_unavailable,
            default_size: available.map(|size| size.name.clone()),
            sizes,
            quota: core.quota(owner),
            instances: catalog
                .instances
                .iter()
                .map(|instance| core.instance_option(instance))
                .collect(),
            identities: catalog
                .identities
                .iter()
                .map(|identity| IdentityOption {
                    name: identity.name.clone(),
                    description: identity.description.clone(),
                })
                .collect(),
            default_idle_seconds: core.config.max_idle.map(|idle| idle.as_secs()),
            environment_cache: core.engine.kept_environments(),
        }
    }

    /// What the administrator offers.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.core.config.catalog
    }

    /// Stops a compute instance and ends the sessions on it; one that is stopped stays so.
    ///
    /// # Errors
    /// When there is none of that name, or the store fails.
    pub fn stop_instance(&self, name: &str) -> Result<(), ComputeError> {
        if self.core.config.catalog.instance(name).is_none() {
            return Err(ComputeError::InstanceNotFound(name.to_owned()));
        }
        self.core
            .stop_instance(name, "Its compute instance was stopped.")
    }

    /// Starts a compute instance that is stopped; gives it as it is then.
    ///
    /// # Errors
    /// When there is none of that name, or the quota has no room for it.
    pub fn start_instance(&self, name: &str) -> Result<InstanceOption, ComputeError> {
        self.core.allotter.start_instance(name)?;
        let instance = self.core.config.catalog.instance(name);
        let instance = instance.ok_or_else(|| ComputeError::InstanceNotFound(name.to_owned()))?;
        Ok(self.core.instance_option(instance))
    }
}

impl Core {
    fn quota(&self, but: Option<&Owner>) -> Vec<QuotaUsage> {
        let (used, limit) = (self.allotter.used(but), self.config.catalog.quota);
        vec![
            QuotaUsage {
                name: "vCPUs".to_owned(),
                used: f64::from(used.v_cpus),
                limit: f64::from(limit.v_cpus),
                unit: "Count".to_owned(),
            },
            QuotaUsage {
                name: "memory".to_owned(),
                used: gib(used.memory_mb),
                limit: gib(limit.memory_mb),
                unit: "GiB".to_owned(),
            },
        ]
    }

    fn instance_option(&self, instance: &ComputeInstance) -> InstanceOption {
        let state = self
            .allotter
            .instance_state(&instance.name)
            .unwrap_or(InstanceState::Stopped);
        let lacks = || self.allotter.lacks(&instance.size, None);
        let sessions = self
            .book
            .sessions()
            .values()
            .filter(|live| live.record.holds_compute())
            .filter(|live| live.record.instance() == Some(&*instance.name))
            .count();
        InstanceOption {
            name: instance.name.clone(),
            state,
            size: option(
                &instance.size,
                (state == InstanceState::Stopped).then(lacks).flatten(),
            ),
            identity: instance.identity.clone(),
            idle_seconds: instance.idle_shutdown.map(|idle| idle.as_secs()),
            sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
        }
    }
}

fn option(size: &VmSize, shortage: Option<Shortage>) -> SizeOption {
    SizeOption {
        name: size.name.clone(),
        v_cpus: size.v_cpus,
        memory_gb: gib(size.memory_mb),
        unavailable: shortage.map(|shortage| shortage.to_string()),
    }
}
