//! What the administrator offers: VM sizes, a quota, compute instances, identities and legacy runtimes.

use std::time::Duration;

use flowdeck_access::identity::Identity;
use flowdeck_contract::session::{VmSize, v_cpus};
use flowdeck_engines::engine::gib;
use thiserror::Error;

use crate::host::Host;

/// Everything on offer. Names are unique within each list; what an entry names exists.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// VM sizes of serverless compute, smallest first; never empty.
    pub sizes: Vec<VmSize>,
    /// What all sessions and compute instances may use together.
    pub quota: Quota,
    /// Compute instances.
    pub instances: Vec<ComputeInstance>,
    /// User-assigned managed identities.
    pub identities: Vec<Identity>,
    /// Legacy runtimes of compute instances.
    pub runtimes: Vec<LegacyRuntime>,
}

/// An amount of compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Virtual CPUs.
    pub v_cpus: u32,
    /// Memory in MiB.
    pub memory_mb: u64,
}

/// A compute instance: compute of a fixed size that sessions share.
#[derive(Clone, Debug)]
pub struct ComputeInstance {
    /// Its name.
    pub name: String,
    /// Its size.
    pub size: VmSize,
    /// The name of its identity; `None` for the user's own.
    pub identity: Option<String>,
    /// It is stopped after this time without activity; `None` for never.
    pub idle_shutdown: Option<Duration>,
}

/// A legacy runtime of a compute instance, which a compute session replaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyRuntime {
    /// Its name.
    pub name: String,
    /// The compute instance it stood on.
    pub instance: String,
    /// Its image, as `environment.image` of `flow.dag.yaml` would have it.
    pub image: Option<String>,
    /// The name of its environment.
    pub environment: Option<String>,
    /// What it was for.
    pub description: Option<String>,
}

/// Most sessions wait for a model most of the time, so the cores of a host are given more than once. Memory is not.
const V_CPUS_PER_CORE: u32 = 4;
/// Left to the server and the machine.
const RESERVE_MB: u64 = 1024;
/// The memory of the smallest size of a host, in MiB: an eighth of the host's within these bounds.
const SMALLEST_MB: std::ops::RangeInclusive<u64> = 1024..=2048;

impl Catalog {
    /// What a host offers by itself: sizes of 1, 2, 4, … vCPUs, the whole host, and nothing else.
    #[must_use]
    pub fn of_host(host: Host) -> Self {
        Self {
            sizes: sizes_of(host),
            quota: Quota::of_host(host),
            instances: Vec::new(),
            identities: Vec::new(),
            runtimes: Vec::new(),
        }
    }

    pub(crate) fn size(&self, name: &str) -> Option<&VmSize> {
        // Azure does not tell sizes apart by case.
        self.sizes
            .iter()
            .find(|size| size.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn instance(&self, name: &str) -> Option<&ComputeInstance> {
        self.instances.iter().find(|instance| instance.name == name)
    }

    pub(crate) fn identity(&self, name: &str) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|identity| identity.name == name)
    }
}

fn sizes_of(host: Host) -> Vec<VmSize> {
    let all = VmSize {
        name: "Host_All".to_owned(),
        v_cpus: host.cores,
        memory_mb: Quota::of_host(host).memory_mb,
    };
    let unit = (host.memory_mb / 8).clamp(*SMALLEST_MB.start(), *SMALLEST_MB.end()) / 256 * 256;
    let doubled = std::iter::successors(Some(1_u32), |cores| cores.checked_mul(2));
    let mut sizes: Vec<VmSize> = doubled
        .take_while(|cores| *cores <= host.cores)
        .map(|cores| VmSize {
            name: format!("Host_{cores}"),
            v_cpus: cores,
            memory_mb: unit * u64::from(cores),
        })
        .filter(|size| size.memory_mb < all.memory_mb)
        .collect();
    sizes.push(all);
    sizes
}

impl Quota {
    /// What a host has to give.
    #[must_use]
    pub fn of_host(host: Host) -> Self {
        let left = host.memory_mb.saturating_sub(RESERVE_MB);
        Self {
            v_cpus: host.cores.saturating_mul(V_CPUS_PER_CORE),
            memory_mb: left.max(host.memory_mb / 2) / 256 * 256,
        }
    }

    /// What is left of it when `used` is in use.
    pub(crate) fn less(self, used: Self) -> Self {
        Self {
            v_cpus: self.v_cpus.saturating_sub(used.v_cpus),
            memory_mb: self.memory_mb.saturating_sub(used.memory_mb),
        }
    }

    /// Whether a size fits into it.
    pub(crate) fn holds(self, size: &VmSize) -> bool {
        size.v_cpus <= self.v_cpus && size.memory_mb <= self.memory_mb
    }

    pub(crate) fn plus(self, v_cpus: u32, memory_mb: u64) -> Self {
        Self {
            v_cpus: self.v_cpus.saturating_add(v_cpus),
            memory_mb: self.memory_mb.saturating_add(memory_mb),
        }
    }
}

/// Why a quota has no room for a size. Displayed as a sentence that doesn't name the size.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Shortage {
    /// The size is more than all there is.
    #[error("Exceeds your quota ({} and {}).", v_cpus(.0.v_cpus), amount(.0.memory_mb))]
    Ever(Quota),
    /// Others use too much of it now.
    #[error(
        "Not enough quota: needs {} and {}, {} available.",
        v_cpus(needs.v_cpus),
        amount(needs.memory_mb),
        lacking(*needs, *left)
    )]
    Now {
        /// What the size takes.
        needs: Quota,
        /// What is available.
        left: Quota,
    },
}

impl Shortage {
    /// `None` when a size fits into what is left of a quota.
    pub(crate) fn of(size: &VmSize, quota: Quota, left: Quota) -> Option<Self> {
        if left.holds(size) {
            return None;
        }
        if !quota.holds(size) {
            return Some(Self::Ever(quota));
        }
        let needs = Quota::default().plus(size.v_cpus, size.memory_mb);
        Some(Self::Now { needs, left })
    }
}

/// What of it is left of that which does not suffice.
fn lacking(needs: Quota, left: Quota) -> String {
    let cpus = (left.v_cpus < needs.v_cpus).then(|| v_cpus(left.v_cpus));
    let memory = (left.memory_mb < needs.memory_mb).then(|| amount(left.memory_mb));
    let parts: Vec<String> = cpus.into_iter().chain(memory).collect();
    parts.join(" and ")
}

/// Memory in words: `8 GiB`, `1.5 GiB`.
fn amount(memory_mb: u64) -> String {
    let text = format!("{:.1}", gib(memory_mb));
    format!("{} GiB", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(cores: u32, memory_gib: u64) -> Host {
        Host {
            cores,
            memory_mb: memory_gib * 1024,
        }
    }

    #[test]
    fn the_sizes_of_a_host_grow_to_the_whole_of_it() {
        let names = |host| {
            let catalog = Catalog::of_host(host);
            let sizes = catalog.sizes.iter();
            sizes
                .map(|size| format!("{} {} {}", size.name, size.v_cpus, size.memory_mb))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(host(6, 32)),
            [
                "Host_1 1 2048",
                "Host_2 2 4096",
                "Host_4 4 8192",
                "Host_All 6 31744"
            ]
        );
        assert_eq!(names(host(1, 1)), ["Host_All 1 512"]);
    }

    #[test]
    fn a_shortage_says_what_is_needed_and_what_is_available() {
        let quota = Quota {
            v_cpus: 8,
            memory_mb: 8192,
        };
        let size = |v_cpus, memory_mb| VmSize {
            name: "Any".to_owned(),
            v_cpus,
            memory_mb,
        };
        let told =
            |size, left| Shortage::of(&size, quota, left).map(|shortage| shortage.to_string());
        assert_eq!(told(size(8, 8192), quota), None);
        assert_eq!(
            told(size(16, 32768), quota).as_deref(),
            Some("Exceeds your quota (8 vCPUs and 8 GiB).")
        );
        let left = Quota {
            v_cpus: 3,
            memory_mb: 512,
        };
        assert_eq!(
            told(size(1, 1536), left).as_deref(),
            Some("Not enough quota: needs 1 vCPU and 1.5 GiB, 0.5 GiB available.")
        );
        assert_eq!(
            told(size(4, 1024), left).as_deref(),
            Some("Not enough quota: needs 4 vCPUs and 1 GiB, 3 vCPUs and 0.5 GiB available.")
        );
    }

    #[test]
    fn every_size_of_a_host_fits_into_its_quota() {
        for (cores, memory) in [(1, 1), (1, 2), (2, 4), (3, 8), (16, 24), (128, 512)] {
            let catalog = Catalog::of_host(host(cores, memory));
            assert!(!catalog.sizes.is_empty());
            for size in &catalog.sizes {
                assert!(catalog.quota.holds(size), "{size:?} {:?}", catalog.quota);
                assert!(size.v_cpus > 0 && size.memory_mb > 0, "{size:?}");
            }
            assert!(
                catalog
                    .sizes
                    .is_sorted_by_key(|size| (size.v_cpus, size.memory_mb))
            );
        }
    }
}
