//! What the kernel says about processes. A process differs from a later one with its number by when it started.

use std::{fs, io};

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

/// The process with a number; `None` only when the kernel says that there is none.
pub(super) fn find(pid: u32) -> io::Result<Option<Process>> {
    let stat = if_there(fs::read_to_string(format!("/proc/{pid}/stat")))?;
    Ok(stat.and_then(|stat| parse(pid, &stat)))
}

/// Whether that very process lives. An error says that nobody could look, not that it has ended.
pub(super) fn lives(pid: u32, started: u64) -> io::Result<bool> {
    Ok(find(pid)?.is_some_and(|process| process.started == started && !process.zombie))
}

/// Every process of the machine that has not ended.
pub(super) fn all() -> io::Result<Vec<Process>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        found.extend(find(pid)?.filter(|process| !process.zombie));
    }
    Ok(found)
}

/// A variable of the environment a process was started with; `None` when it has none of that name, or has ended.
pub(super) fn variable(pid: u32, name: &str) -> io::Result<Option<String>> {
    let environ = if_there(fs::read(format!("/proc/{pid}/environ")))?.unwrap_or_default();
    let value = environ.split(|byte| *byte == 0).find_map(|entry| {
        let value = entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        String::from_utf8(value.to_vec()).ok()
    });
    Ok(value)
}

/// What was read of a process; `None` when there is no such process. Whatever else stands in the way, such as a want of
/// file descriptors, says nothing of the process.
fn if_there<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    const NO_SUCH_PROCESS: i32 = 3;
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error)
            if error.kind() == io::ErrorKind::NotFound
                || error.raw_os_error() == Some(NO_SUCH_PROCESS) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
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
        let me = find(std::process::id()).unwrap().unwrap();
        assert!(lives(me.pid, me.started).unwrap());
        assert!(
            !lives(me.pid, me.started + 1).unwrap(),
            "another process with the same number is not it"
        );
        assert!(all().unwrap().contains(&me));
        assert_eq!(
            variable(me.pid, "PATH").unwrap(),
            std::env::var("PATH").ok()
        );
    }

    #[test]
    fn only_what_the_kernel_does_not_know_is_gone() {
        const TOO_MANY_OPEN_FILES: i32 = 24;
        const NO_SUCH_PROCESS: i32 = 3;
        let read = |number| if_there::<()>(Err(io::Error::from_raw_os_error(number)));
        assert_eq!(read(NO_SUCH_PROCESS).unwrap(), None);
        assert!(read(TOO_MANY_OPEN_FILES).is_err());
        assert_eq!(find(u32::MAX).unwrap(), None);
        assert_eq!(variable(u32::MAX, "PATH").unwrap(), None);
    }
}
