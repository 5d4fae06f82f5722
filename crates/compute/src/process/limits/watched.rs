//! Where there are no control groups: counts the memory of a session's processes.

use std::fs;

use crate::process::{kill, layout::Layout};

/// The bytes that the target's processes use, when they are more than `bound`.
pub(super) fn excess(layout: &Layout, target: &kill::Target<'_>, bound: u64) -> Option<u64> {
    let pids = kill::pids(layout, *target).ok()?;
    let sum =
        |bytes: fn(u32) -> Option<u64>| pids.iter().filter_map(|pid| bytes(*pid)).sum::<u64>();
    // What processes share counts in each: only an upper bound, but quickly told.
    if sum(resident) <= bound {
        return None;
    }
    Some(sum(proportional)).filter(|used| *used > bound)
}

fn resident(pid: u32) -> Option<u64> {
    in_kib(&format!("/proc/{pid}/status"), "VmRSS:")
}

/// What is shared is divided by how many share it.
fn proportional(pid: u32) -> Option<u64> {
    in_kib(&format!("/proc/{pid}/smaps_rollup"), "Pss:").or_else(|| resident(pid))
}

/// A value of such a file, in bytes.
fn in_kib(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_uses_memory_and_less_of_what_it_shares() {
        let me = std::process::id();
        let (resident, proportional) = (resident(me).unwrap(), proportional(me).unwrap());
        assert!(resident > 100_000, "{resident}");
        assert!(proportional > 100_000, "{proportional}");
        assert_eq!(in_kib("/proc/self/status", "Nothing:"), None);
    }
}
