//! Where there are no control groups: counts the memory of a session's processes.

use std::fs;

use flowdeck_contract::ids::SessionId;

use crate::process::{
    kill::{self, Target},
    machine::Machine,
};

/// The bytes that the target's processes use, when they and those of the sessions beside it use more than `bound`. Of
/// several sessions it is the one that uses most.
pub(super) fn excess(
    machine: &Machine,
    target: &Target<'_>,
    beside: &[SessionId],
    bound: u64,
) -> Option<u64> {
    // Where nobody can look nothing is known; who calls looks again.
    let own = kill::pids(machine, *target).ok()?;
    let others: Result<Vec<Vec<u32>>, _> = beside
        .iter()
        .map(|session| kill::pids(machine, Target::Session(session)))
        .collect();
    let others = others.ok()?;
    // What processes share counts in each: only an upper bound, but quick to read.
    let all = |bytes: fn(u32) -> Option<u64>| -> (u64, Vec<u64>) {
        let others = others.iter().map(|pids| sum(pids, bytes)).collect();
        (sum(&own, bytes), others)
    };
    let is_too_much = |(own, others): &(u64, Vec<u64>)| own + others.iter().sum::<u64>() > bound;
    if !is_too_much(&all(resident)) {
        return None;
    }
    let used = all(proportional);
    let uses_most = used.1.iter().all(|other| *other <= used.0);
    (is_too_much(&used) && uses_most).then_some(used.0)
}

fn sum(pids: &[u32], bytes: fn(u32) -> Option<u64>) -> u64 {
    pids.iter().filter_map(|pid| bytes(*pid)).sum()
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
