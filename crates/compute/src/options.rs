//! What there is to choose from for a session, and what of it can be had now.

use flowdeck_contract::settings::{
    ComputeOptions, IdentityOption, InstanceOption, InstanceState, QuotaUsage, SizeOption,
};

use crate::{
    catalog::{Catalog, ComputeInstance, VmSize, gib},
    compute::Compute,
    error::ComputeError,
    sessions::Core,
};

impl Compute {
    /// What there is to choose from, and what of it can be had now.
    #[must_use]
    pub fn options(&self) -> ComputeOptions {
        let core = &self.core;
        let catalog = &core.config.catalog;
        let sizes: Vec<SizeOption> = catalog
            .sizes
            .iter()
            .map(|size| option(size, core.lacks(size, None)))
            .collect();
        let available = sizes.iter().find(|size| size.unavailable.is_none());
        ComputeOptions {
            images_unavailable: core.engine.images_unavailable(),
            default_size: available.map(|size| size.name.clone()),
            sizes,
            quota: core.quota(),
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
        self.core.start_instance(name)?;
        let instance = self.core.config.catalog.instance(name);
        let instance = instance.ok_or_else(|| ComputeError::InstanceNotFound(name.to_owned()))?;
        Ok(self.core.instance_option(instance))
    }
}

impl Core {
    fn quota(&self) -> Vec<QuotaUsage> {
        let (used, limit) = (self.used(None), self.config.catalog.quota);
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
            .instances
            .state(&instance.name)
            .unwrap_or(InstanceState::Stopped);
        let lacks = || self.lacks(&instance.size, None);
        let sessions = self
            .flows()
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

fn option(size: &VmSize, unavailable: Option<String>) -> SizeOption {
    SizeOption {
        name: size.name.clone(),
        v_cpus: size.v_cpus,
        memory_gb: gib(size.memory_mb),
        unavailable,
    }
}
