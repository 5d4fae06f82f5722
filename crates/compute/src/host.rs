//! What the machine has: cores and memory, as far as this process may use them.

use std::{fs, num::NonZero, path::Path, thread};

/// What there is to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host {
    /// CPU cores, at least 1.
    pub cores: u32,
    /// Memory in MiB.
    pub memory_mb: u64,
}

/// When the kernel does not tell.
const MEMORY_UNKNOWN_MB: u64 = 4096;

impl Host {
    /// Asks the kernel; a container's bounds count, too.
    #[must_use]
    pub fn measure() -> Self {
        // Knows of CPU quotas and affinity.
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let machine = memory_mb().unwrap_or(MEMORY_UNKNOWN_MB);
        let bounds = bounds_mb(Path::new("/sys/fs/cgroup"));
        Self {
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
            memory_mb: bounds.into_iter().fold(machine, u64::min),
        }
    }
}

fn memory_mb() -> Option<u64> {
    let meminfo = fs::read_to_string("/proc/meminfo").ok()?;
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}

/// The memory that the control groups of both versions allow; in a container its own group is mounted at the top.
fn bounds_mb(top: &Path) -> Vec<u64> {
    ["memory.max", "memory/memory.limit_in_bytes"]
        .iter()
        .filter_map(|file| fs::read_to_string(top.join(file)).ok())
        .filter_map(|text| text.trim().parse::<u64>().ok())
        .map(|bytes| bytes / (1024 * 1024))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_something_to_give() {
        let host = Host::measure();
        assert!(host.cores >= 1 && host.memory_mb > 100, "{host:?}");
    }

    #[test]
    fn the_bounds_of_a_container_count() {
        let top = tempfile::tempdir().unwrap();
        assert_eq!(bounds_mb(top.path()), Vec::<u64>::new());
        fs::write(top.path().join("memory.max"), "max\n").unwrap();
        assert_eq!(bounds_mb(top.path()), Vec::<u64>::new());
        fs::write(top.path().join("memory.max"), "1073741824\n").unwrap();
        assert_eq!(bounds_mb(top.path()), [1024]);
    }
}
