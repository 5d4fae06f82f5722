//! What is left to choose from.

use flowdeck_contract::{
    session::VmSize,
    settings::{InstanceOption, InstanceState, QuotaUsage, SizeOption},
};
use flowdeck_engines::engine::gib;

use super::Allotter;
use crate::{
    catalog::{ComputeInstance, Shortage},
    owner::Owner,
};

impl Allotter {
    /// A size as a choice; what the session of `but` has now counts as free.
    pub(crate) fn size_option(&self, size: &VmSize, but: Option<&Owner>) -> SizeOption {
        option(size, self.lacks(size, but))
    }

    /// What of the quota is in use.
    pub(crate) fn quota(&self, but: Option<&Owner>) -> Vec<QuotaUsage> {
        let (used, limit) = (self.used(but), self.parts.catalog.quota);
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

    /// A compute instance as a choice.
    pub(crate) fn instance_option(&self, instance: &ComputeInstance) -> InstanceOption {
        let state = self
            .instance_state(&instance.name)
            .unwrap_or(InstanceState::Stopped);
        let lacks = || self.lacks(&instance.size, None);
        let sessions = self
            .parts
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
