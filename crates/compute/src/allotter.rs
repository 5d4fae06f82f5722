//! From what is asked for to what is given: a size within the quota, a compute instance that runs, a time to wait.

mod instances;
mod options;

use std::{sync::Arc, time::Duration};

use flowdeck_contract::{
    codes,
    session::{SessionImage, VmSize},
    settings::{ComputeChoice, IDLE_SECONDS, IdleShutdown, InstanceState, SessionSettings},
};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    catalog::{Catalog, Quota, Shortage},
    clock::Clock,
    error::ComputeError,
    owner::Owner,
    sessions::Book,
    store::Store,
};

pub(crate) use self::instances::InstanceRecord;
use self::instances::Instances;

/// What a session is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Allotment {
    /// What was asked for.
    pub(crate) settings: SessionSettings,
    /// What it may use; `None` for sessions of a flowdeck that had no sizes.
    pub(crate) size: Option<VmSize>,
    /// Seconds without activity after which it ends; `None` for never.
    pub(crate) max_idle_seconds: Option<u64>,
    /// What is made again.
    #[serde(default)]
    pub(crate) anew: Anew,
    /// The image that it goes on with, whatever has become of its tag.
    #[serde(default)]
    pub(crate) keep: Option<SessionImage>,
}

/// What a session does not take as it is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anew {
    /// Its environment: the requirements are installed, though one may be kept from an earlier install.
    pub environment: bool,
    /// Its image: it is pulled, though the engine may have one of its name.
    pub image: bool,
}

/// Gives sessions what there is: the catalog's sizes, instances and identities, within the quota.
pub(crate) struct Allotter {
    parts: AllotterParts,
    instances: Instances,
    /// One at a time looks at what is left and takes of it.
    allotting: Mutex<()>,
}

/// What it needs of the rest.
pub(crate) struct AllotterParts {
    pub(crate) catalog: Catalog,
    /// After how long without activity a session ends when its start does not say; `None` for never.
    pub(crate) max_idle: Option<Duration>,
    pub(crate) book: Arc<Book>,
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadlines: Arc<Notify>,
}

impl Allotter {
    /// With the instances as they are remembered.
    pub(crate) fn open(parts: AllotterParts) -> Result<Self, ComputeError> {
        Ok(Self {
            instances: Instances::new(&parts.catalog, parts.store.instances()?),
            parts,
            allotting: Mutex::default(),
        })
    }

    /// Where an instance stands; `None` when there is none of that name.
    pub(crate) fn instance_state(&self, name: &str) -> Option<InstanceState> {
        self.instances.state(name)
    }

    /// Held from the look at what is left until it is written who has it.
    pub(crate) fn allotting(&self) -> MutexGuard<'_, ()> {
        self.allotting.lock()
    }

    /// What `flow`'s session would be given; what it has now counts as left.
    ///
    /// # Errors
    /// When something that is asked for does not exist, is stopped, or is more than the quota has left.
    pub(crate) fn allot(
        &self,
        owner: &Owner,
        asked: &SessionSettings,
    ) -> Result<Allotment, ComputeError> {
        let mut settings = asked.clone();
        let size = match &mut settings.compute {
            ComputeChoice::Serverless { vm_size, identity } => {
                self.require_identity(identity.as_deref())?;
                let size = self.serverless_size(owner, vm_size.as_deref())?;
                if let Some(vm_size) = vm_size {
                    vm_size.clone_from(&size.name);
                }
                size
            }
            ComputeChoice::Instance { name } => self.running_instance(name)?,
        };
        Ok(Allotment {
            size: Some(size),
            max_idle_seconds: self.idle_seconds(&settings)?,
            settings,
            anew: Anew::default(),
            keep: None,
        })
    }

    /// The seconds that a session with these settings waits for use.
    pub(crate) fn idle_seconds(
        &self,
        settings: &SessionSettings,
    ) -> Result<Option<u64>, ComputeError> {
        let instance = match &settings.compute {
            ComputeChoice::Instance { name } => self.parts.catalog.instance(name),
            ComputeChoice::Serverless { .. } => None,
        };
        let default = instance.map_or(self.parts.max_idle, |instance| instance.idle_shutdown);
        match settings.idle_shutdown {
            IdleShutdown::Default => Ok(default.map(|idle| idle.as_secs())),
            IdleShutdown::Never => Ok(None),
            IdleShutdown::After(seconds) if IDLE_SECONDS.contains(&seconds) => Ok(Some(seconds)),
            IdleShutdown::After(_) => Err(ComputeError::invalid(
                codes::IDLE_TIME_INVALID,
                format!(
                    "Enter an idle shutdown time of at least {} seconds and at most 100 years.",
                    IDLE_SECONDS.start()
                ),
            )
            .at("maxIdleTimeSeconds")),
        }
    }

    /// What is in use by sessions but those of `but` and by compute instances that run.
    pub(crate) fn used(&self, but: Option<&Owner>) -> Quota {
        let catalog = &self.parts.catalog;
        let running = catalog
            .instances
            .iter()
            .filter(|instance| self.instances.is_running(&instance.name));
        let used = running.fold(Quota::default(), |used, instance| {
            used.plus(instance.size.v_cpus, instance.size.memory_mb)
        });
        let flows = self.parts.book.sessions();
        let others = flows
            .iter()
            .filter(|(owner, live)| but != Some(*owner) && live.record.holds_compute())
            .filter(|(_, live)| live.record.instance().is_none());
        others
            .filter_map(|(_, live)| live.record.session.size.as_ref())
            .fold(used, |used, size| used.plus(size.v_cpus, size.memory_mb))
    }

    /// Says whether the quota has room for a size.
    pub(crate) fn require_room(
        &self,
        size: &VmSize,
        but: Option<&Owner>,
    ) -> Result<(), ComputeError> {
        match self.lacks(size, but) {
            None => Ok(()),
            Some(shortage) => Err(ComputeError::not_now(
                codes::QUOTA_EXCEEDED,
                format!("{} doesn’t fit. {shortage}", size.name),
                "Choose a smaller size, or stop a compute session or compute instance that you don’t need.",
            )),
        }
    }

    /// Why the quota has no room for a size; `None` when it has.
    pub(crate) fn lacks(&self, size: &VmSize, but: Option<&Owner>) -> Option<Shortage> {
        let quota = self.parts.catalog.quota;
        Shortage::of(size, quota, quota.less(self.used(but)))
    }

    fn serverless_size(&self, owner: &Owner, name: Option<&str>) -> Result<VmSize, ComputeError> {
        let catalog = &self.parts.catalog;
        let Some(name) = name else {
            let room = |size: &&VmSize| self.lacks(size, Some(owner)).is_none();
            if let Some(size) = catalog.sizes.iter().find(room) {
                return Ok(size.clone());
            }
            let smallest = catalog
                .sizes
                .first()
                .ok_or_else(|| not_found("vmSize", "", &[]))?;
            self.require_room(smallest, Some(owner))?;
            return Ok(smallest.clone());
        };
        let names = || {
            catalog
                .sizes
                .iter()
                .map(|size| &*size.name)
                .collect::<Vec<_>>()
        };
        let size = catalog
            .size(name)
            .ok_or_else(|| not_found("vmSize", name, &names()))?;
        self.require_room(size, Some(owner))?;
        Ok(size.clone())
    }

    /// Says whether there is such an identity; the user's own always is.
    pub(crate) fn require_identity(&self, name: Option<&str>) -> Result<(), ComputeError> {
        let catalog = &self.parts.catalog;
        let Some(name) = name.filter(|name| catalog.identity(name).is_none()) else {
            return Ok(());
        };
        let names: Vec<&str> = catalog
            .identities
            .iter()
            .map(|identity| &*identity.name)
            .collect();
        Err(not_found("identity", name, &names))
    }

    fn running_instance(&self, name: &str) -> Result<VmSize, ComputeError> {
        let catalog = &self.parts.catalog;
        let names = || {
            catalog
                .instances
                .iter()
                .map(|instance| &*instance.name)
                .collect::<Vec<_>>()
        };
        let instance = catalog
            .instance(name)
            .ok_or_else(|| not_found("computeName", name, &names()))?;
        if !self.instances.is_running(name) {
            return Err(ComputeError::not_now(
                codes::COMPUTE_INSTANCE_STOPPED,
                format!("The compute instance ‘{name}’ is stopped."),
                "Start the compute instance first.",
            ));
        }
        Ok(instance.size.clone())
    }
}

/// A name that the catalog has not, with those that it has.
fn not_found(field: &'static str, name: &str, there_are: &[&str]) -> ComputeError {
    let (code, what) = match field {
        "identity" => ("IdentityNotFound", "user-assigned managed identity"),
        "computeName" => (codes::COMPUTE_INSTANCE_NOT_FOUND, "compute instance"),
        _ => ("VmSizeNotFound", "VM size"),
    };
    let known = match there_are {
        [] => "Your administrator hasn’t set up any.".to_owned(),
        names => format!("Choose from: {}.", names.join(", ")),
    };
    ComputeError::invalid(code, format!("No {what} is called ‘{name}’. {known}")).at(field)
}
