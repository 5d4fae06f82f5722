//! Compute instances: running or stopped, and when they stop for lack of use.

use std::collections::BTreeMap;

use flowdeck_contract::{Millis, settings::InstanceState};
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};

use super::Allotter;
use crate::{catalog::Catalog, error::ComputeError, sessions::Record, state::State};

/// What is remembered of a compute instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InstanceRecord {
    pub(crate) name: String,
    pub(crate) state: InstanceState,
    /// When it was started, or a session on it was last used.
    pub(crate) last_activity: Millis,
}

/// The compute instances of the catalog.
#[derive(Debug, Default)]
pub(super) struct Instances {
    all: Mutex<BTreeMap<String, InstanceRecord>>,
}

impl Instances {
    /// Those of the catalog as they are remembered; a new one is stopped, so that it uses nothing before it is wanted.
    pub(crate) fn new(catalog: &Catalog, remembered: Vec<InstanceRecord>) -> Self {
        let mut remembered: BTreeMap<String, InstanceRecord> = remembered
            .into_iter()
            .map(|record| (record.name.clone(), record))
            .collect();
        let all = catalog.instances.iter().map(|instance| {
            let name = instance.name.clone();
            let record = remembered.remove(&name).unwrap_or(InstanceRecord {
                name: name.clone(),
                state: InstanceState::Stopped,
                last_activity: Millis(0),
            });
            (name, record)
        });
        Self {
            all: Mutex::new(all.collect()),
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, InstanceRecord>> {
        self.all.lock()
    }

    /// Where an instance stands; `None` when there is none of that name.
    pub(crate) fn state(&self, name: &str) -> Option<InstanceState> {
        self.all().get(name).map(|record| record.state)
    }

    pub(crate) fn is_running(&self, name: &str) -> bool {
        self.state(name) == Some(InstanceState::Running)
    }
}

impl Allotter {
    /// Starts an instance that is stopped; one that runs goes on.
    pub(crate) fn start_instance(&self, name: &str) -> Result<(), ComputeError> {
        let instance = self
            .parts
            .catalog
            .instance(name)
            .ok_or_else(|| ComputeError::InstanceNotFound(name.to_owned()))?;
        let _allotting = self.allotting();
        if self.instances.is_running(name) {
            return Ok(());
        }
        self.require_room(&instance.size, None)?;
        let now = self.parts.clock.now();
        self.change_instance(name, |record| {
            (record.state, record.last_activity) = (InstanceState::Running, now);
        })
    }

    /// A session on an instance has ended: the instance is idle since the session was.
    pub(crate) fn instance_was_used(&self, record: &Record) {
        let Some(name) = record.instance() else {
            return;
        };
        let used = self.change_instance(name, |instance| {
            instance.last_activity = instance.last_activity.max(record.last_activity);
        });
        if let Err(error) = used {
            tracing::warn!(instance = name, %error, "activity could not be written down");
        }
    }

    /// When each instance stops for lack of use.
    pub(crate) fn instance_deadlines(&self) -> Vec<(String, Millis)> {
        let running: Vec<InstanceRecord> = {
            let all = self.instances.all();
            let running = all
                .values()
                .filter(|record| record.state == InstanceState::Running);
            running.cloned().collect()
        };
        let deadlines = running.into_iter().filter_map(|record| {
            let deadline = self.instance_deadline(&record)?;
            Some((record.name, deadline))
        });
        deadlines.collect()
    }

    fn instance_deadline(&self, record: &InstanceRecord) -> Option<Millis> {
        let idle = self.parts.catalog.instance(&record.name)?.idle_shutdown?;
        let flows = self.parts.book.sessions();
        let mut on_it = flows.values().filter(|live| {
            live.record.holds_compute() && live.record.instance() == Some(&*record.name)
        });
        let last = on_it.try_fold(record.last_activity, |last, live| {
            let idle = live.record.state == State::Available && !live.is_busy();
            idle.then(|| last.max(live.record.last_activity))
        })?;
        let idle = i64::try_from(idle.as_millis()).ok()?;
        Some(Millis(last.0.saturating_add(idle)))
    }

    /// Written down first, then true.
    fn change_instance(
        &self,
        name: &str,
        change: impl FnOnce(&mut InstanceRecord),
    ) -> Result<(), ComputeError> {
        let mut all = self.instances.all();
        // One that the administrator has removed has nothing to remember.
        if let Some(record) = all.get_mut(name) {
            let mut changed = record.clone();
            change(&mut changed);
            self.parts.store.save_instance(&changed)?;
            *record = changed;
        }
        drop(all);
        self.parts.deadlines.notify_one();
        Ok(())
    }

    /// Marks an instance as stopped.
    pub(crate) fn stop_instance(&self, name: &str) -> Result<(), ComputeError> {
        let _allotting = self.allotting();
        self.change_instance(name, |record| record.state = InstanceState::Stopped)
    }
}
