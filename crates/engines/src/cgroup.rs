//! Control groups of the kernel, in version 1 and 2: where they are, and what bounds what is in them. Knows no
//! sessions.

mod find;

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use flowdeck_contract::session::VmSize;

pub(crate) use self::find::{everywhere, own, topmost};

pub(crate) const MIB: u64 = 1024 * 1024;

/// Which of the kernel's two ways to group there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// One hierarchy for each controller.
    One,
    /// One hierarchy for all of them.
    Two,
}

/// A control group: one folder in version 2, one for each controller in version 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) version: Version,
    /// The folder that bounds memory.
    pub(crate) memory: PathBuf,
    /// The one that bounds CPUs, where that can be; the same in version 2.
    pub(crate) cpu: Option<PathBuf>,
    /// The one that bounds how many processes there are, where that can be; the same in version 2.
    pub(crate) pids: Option<PathBuf>,
}

/// In microseconds.
const PERIOD: u64 = 100_000;

impl Group {
    /// A group within it.
    pub(crate) fn child(&self, name: &str) -> Self {
        Self {
            version: self.version,
            memory: self.memory.join(name),
            cpu: self.cpu.as_ref().map(|cpu| cpu.join(name)),
            pids: self.pids.as_ref().map(|pids| pids.join(name)),
        }
    }

    /// The names of the groups within it.
    pub(crate) fn children(&self) -> Vec<String> {
        let entries = self
            .folders()
            .into_iter()
            .filter_map(|folder| fs::read_dir(folder).ok());
        let names = entries
            .flatten()
            .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names.dedup();
        names
    }

    pub(crate) fn exists(&self) -> bool {
        self.folders().iter().any(|folder| folder.exists())
    }

    /// Makes it, and those around it, which bound nothing yet; fine when it is there.
    pub(crate) fn make(&self) -> io::Result<()> {
        self.folders().iter().try_for_each(fs::create_dir_all)
    }

    /// Lets it bound what is in the groups within it, too, and lets those have bounds. It may hold no process of its
    /// own.
    pub(crate) fn divide(&self) -> io::Result<()> {
        match self.version {
            // Later kernels know no other way, and have no such file.
            Version::One => {
                at_best(fs::write(self.memory.join("memory.use_hierarchy"), "1"));
                Ok(())
            }
            Version::Two => {
                let controllers = controllers(self.cpu.is_some(), self.pids.is_some());
                fs::write(self.memory.join("cgroup.subtree_control"), controllers)
            }
        }
    }

    /// Bounds how many processes and threads there are in it.
    pub(crate) fn bound_processes(&self, most: u32) -> io::Result<()> {
        let Some(pids) = &self.pids else {
            return Ok(());
        };
        fs::write(pids.join("pids.max"), most.to_string())
    }

    /// Lets no process be born in it any more, and ends those that are in it where the kernel does that: in version 2.
    /// Whoever calls looks who is left.
    pub(crate) fn end(&self) {
        if let Some(pids) = self.pids.as_ref().filter(|pids| pids.exists()) {
            at_best(fs::write(pids.join("pids.max"), "0"));
        }
        let kill = self.memory.join("cgroup.kill");
        if self.version == Version::Two && kill.exists() {
            at_best(fs::write(kill, "1"));
        }
    }

    /// The numbers of the processes in it and in the groups within it; none when there is no such group.
    pub(crate) fn processes(&self) -> io::Result<Vec<u32>> {
        let mut found = Vec::new();
        for folder in self.folders() {
            add_processes(&folder, &mut found)?;
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Bounds what is in it.
    pub(crate) fn bound(&self, size: &VmSize) -> io::Result<()> {
        let bytes = size.memory_mb.saturating_mul(MIB).to_string();
        match self.version {
            Version::One => {
                fs::write(self.memory.join("memory.limit_in_bytes"), &bytes)?;
                // There only where the kernel counts swap.
                let with_swap = self.memory.join("memory.memsw.limit_in_bytes");
                at_best(fs::write(with_swap, &bytes));
            }
            Version::Two => {
                fs::write(self.memory.join("memory.max"), &bytes)?;
                at_best(fs::write(self.memory.join("memory.swap.max"), "0"));
            }
        }
        let Some(cpu) = &self.cpu else { return Ok(()) };
        let quota = u64::from(size.v_cpus) * PERIOD;
        let written = match self.version {
            Version::One => fs::write(cpu.join("cpu.cfs_period_us"), PERIOD.to_string())
                .and_then(|()| fs::write(cpu.join("cpu.cfs_quota_us"), quota.to_string())),
            Version::Two => fs::write(cpu.join("cpu.max"), format!("{quota} {PERIOD}")),
        };
        match written {
            // More than the group around it has, which bounds it then.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            written => written,
        }
    }

    /// Whether its memory is bounded to this amount.
    pub(crate) fn is_bounded_to(&self, size: &VmSize) -> bool {
        let file = match self.version {
            Version::One => "memory.limit_in_bytes",
            Version::Two => "memory.max",
        };
        // Where it cannot be read, nobody knows of a bound.
        fs::read_to_string(self.memory.join(file))
            .is_ok_and(|bytes| bytes.trim().parse::<u64>().ok() == size.memory_mb.checked_mul(MIB))
    }

    /// When the kernel ends one of its processes for want of memory, it ends all of them. Version 1 cannot.
    pub(crate) fn end_as_one(&self) {
        if self.version == Version::Two {
            at_best(fs::write(self.memory.join("memory.oom.group"), "1"));
        }
    }

    /// Puts a process into it; one that has ended is fine.
    pub(crate) fn add(&self, pid: u32) -> io::Result<()> {
        const NO_SUCH_PROCESS: i32 = 3;
        self.doors()
            .iter()
            .try_for_each(|door| match fs::write(door, pid.to_string()) {
                Err(error) if error.raw_os_error() == Some(NO_SUCH_PROCESS) => Ok(()),
                written => written,
            })
    }

    /// The files that a process writes its number into to be in it; none when there is no such group.
    pub(crate) fn doors(&self) -> Vec<PathBuf> {
        let folders = self.folders().into_iter();
        folders
            .filter(|folder| folder.exists())
            .map(|folder| folder.join("cgroup.procs"))
            .collect()
    }

    /// The most bytes that were in use, when the kernel has ended one of its processes because more were wanted.
    pub(crate) fn excess(&self) -> Option<u64> {
        let (events, peak) = match self.version {
            Version::One => (
                "memory.oom_control",
                ["memory.max_usage_in_bytes", "memory.limit_in_bytes"],
            ),
            Version::Two => ("memory.events", ["memory.peak", "memory.max"]),
        };
        let events = fs::read_to_string(self.memory.join(events)).ok()?;
        let killed = events
            .lines()
            .find_map(|line| line.strip_prefix("oom_kill "))?;
        if killed.trim().parse::<u64>().ok()? == 0 {
            return None;
        }
        let read = |file: &&str| {
            let text = fs::read_to_string(self.memory.join(file)).ok()?;
            text.trim().parse().ok()
        };
        peak.iter().find_map(read)
    }

    /// Removes it once no process lives in it any more; fine when it is not there.
    pub(crate) fn remove(&self) -> io::Result<()> {
        self.folders().iter().try_for_each(|folder| remove(folder))
    }

    /// Removes it unless something is in it.
    pub(crate) fn remove_if_empty(&self) {
        for folder in self.folders() {
            // What is in it may be just coming or going.
            let _ = fs::remove_dir(folder);
        }
    }

    fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.memory.clone()];
        folders.extend(self.cpu.clone());
        folders.extend(self.pids.clone());
        folders.dedup();
        folders
    }
}

/// What a group of version 2 lets the groups within it have.
fn controllers(cpu: bool, pids: bool) -> &'static str {
    match (cpu, pids) {
        (true, true) => "+memory +cpu +pids",
        (true, false) => "+memory +cpu",
        (false, true) => "+memory +pids",
        (false, false) => "+memory",
    }
}

/// Adds the numbers of the processes in the group of a folder and in those within it.
fn add_processes(folder: &Path, found: &mut Vec<u32>) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Some(text) = unless_gone(fs::read_to_string(folder.join("cgroup.procs")))? else {
            continue;
        };
        found.extend(text.lines().filter_map(|line| line.parse::<u32>().ok()));
        folders.extend(within(&folder)?);
    }
    Ok(())
}

/// The folders of the groups within the group of a folder.
fn within(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in unless_gone(fs::read_dir(folder))?.into_iter().flatten() {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// `None` when the group has been removed.
fn unless_gone<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    const NO_SUCH_DEVICE: i32 = 19;
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error)
            if error.kind() == io::ErrorKind::NotFound
                || error.raw_os_error() == Some(NO_SUCH_DEVICE) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Removes a group with those within it, which a session may have made. A process that has ended is in its group a
/// little longer.
fn remove(folder: &Path) -> io::Result<()> {
    const TRIES: u32 = 100;
    const PAUSE: Duration = Duration::from_millis(20);
    for inner in within(folder)? {
        remove(&inner)?;
    }
    for _ in 0..TRIES {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => thread::sleep(PAUSE),
            removed => return removed,
        }
    }
    fs::remove_dir(folder)
}

fn at_best(written: io::Result<()>) {
    if let Err(error) = written {
        tracing::debug!(%error, "a bound beside the main one was not set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_bounded_by_the_files_of_its_version() {
        let top = tempfile::tempdir().unwrap();
        let size = VmSize {
            name: "Small".to_owned(),
            v_cpus: 2,
            memory_mb: 1,
        };
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        let one = Group {
            version: Version::One,
            memory: top.path().join("memory"),
            cpu: Some(top.path().join("cpu")),
            pids: Some(top.path().join("pids")),
        }
        .child("a");
        one.make().unwrap();
        one.bound(&size).unwrap();
        assert!(one.is_bounded_to(&size));
        assert_eq!(read(top.path().join("cpu/a/cpu.cfs_quota_us")), "200000");
        one.bound_processes(7).unwrap();
        assert_eq!(read(top.path().join("pids/a/pids.max")), "7");
        one.end();
        assert_eq!(read(top.path().join("pids/a/pids.max")), "0");
        assert_eq!(one.processes().unwrap(), Vec::<u32>::new());
        fs::create_dir(top.path().join("cpu/a/inner")).unwrap();
        for (group, pids) in [
            ("memory/a", "3\n1\n"),
            ("cpu/a", "1\n"),
            ("cpu/a/inner", "2\n"),
        ] {
            fs::write(top.path().join(group).join("cgroup.procs"), pids).unwrap();
        }
        assert_eq!(one.processes().unwrap(), [1, 2, 3]);
        let two = Group {
            version: Version::Two,
            memory: top.path().join("two"),
            cpu: Some(top.path().join("two")),
            pids: None,
        };
        two.make().unwrap();
        assert!(!two.is_bounded_to(&size));
        two.bound(&size).unwrap();
        two.divide().unwrap();
        assert!(two.is_bounded_to(&size));
        assert_eq!(read(top.path().join("two/cpu.max")), "200000 100000");
        let controllers = read(top.path().join("two/cgroup.subtree_control"));
        assert_eq!(controllers, "+memory +cpu");
        two.child("b").make().unwrap();
        assert_eq!(two.children(), ["b"]);
        assert_eq!(two.excess(), None);
        fs::write(top.path().join("two/memory.events"), "oom 1\noom_kill 1\n").unwrap();
        assert_eq!(two.excess(), Some(MIB), "the bound, where there is no peak");
    }
}
