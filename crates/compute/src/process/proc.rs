//! What the kernel tells of processes. A process is told from a later one with its number by when it started.

use std::{fs, io, path::Path};

/// A process, as it was when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) parent: u32,
    pub(super) group: u32,
    pub(super) session: u32,
    /// Clock ticks from the machine's start to the process's.
    pub(super) started: u64,
    /// Has ended, and waits for its parent to notice.
    pub(super) zombie: bool,
}

/// The process with a number, when there is one.
pub(super) fn find(pid: u32) -> Option<Process> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether that very process lives.
pub(super) fn lives(pid: u32, started: u64) -> bool {
    find(pid).is_some_and(|process| process.started == started && !process.zombie)
}

/// Every process of the machine that has not ended.
pub(super) fn all() -> io::Result<Vec<Process>> {
    let entries = fs::read_dir("/proc")?.filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    Ok(pids
        .filter_map(find)
        .filter(|process| !process.zombie)
        .collect())
}

/// A variable of the environment a process was started with; `None` also when we may not look.
pub(super) fn variable(pid: u32, name: &str) -> Option<String> {
    let environ = fs::read(Path::new("/proc").join(pid.to_string()).join("environ")).ok()?;
    environ.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        String::from_utf8(value.to_vec()).ok()
    })
}

/// How many processes the kernel has ended for want of memory since the machine started.
pub(super) fn memory_kills() -> u64 {
    let vmstat = fs::read_to_string("/proc/vmstat").unwrap_or_default();
    let value = vmstat
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "));
    value
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(0)
}

/// Reads `/proc/PID/stat`: the name in parentheses may hold anything, so fields count from its last parenthesis.
fn parse(pid: u32, stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_process() {
        let stat = "7 (x) S 1 1 1) R 2 3 4 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 555 0 0";
        let process = parse(7, stat).unwrap();
        assert_eq!(
            (
                process.parent,
                process.group,
                process.session,
                process.started
            ),
            (2, 3, 4, 555)
        );
        assert_eq!(parse(7, "nonsense"), None);
    }

    #[test]
    fn this_very_process_lives() {
        let me = find(std::process::id()).unwrap();
        assert!(lives(me.pid, me.started));
        assert!(
            !lives(me.pid, me.started + 1),
            "another process with the same number is not it"
        );
        assert!(all().unwrap().contains(&me));
        assert_eq!(variable(me.pid, "PATH"), std::env::var("PATH").ok());
    }
}
