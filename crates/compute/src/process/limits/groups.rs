//! A session's control groups: one folder in version 2, one per controller in version 1.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use flowdeck_contract::{ids::SessionId, session::SessionSize};

use super::MIB;

/// Where the control groups of one data folder's sessions are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    pub(super) version: Version,
    /// The folder that holds the groups that bound memory.
    pub(super) memory: PathBuf,
    /// The one that holds those that bound CPUs; the same in version 2.
    pub(super) cpu: Option<PathBuf>,
    /// Begins the names of this data folder's groups.
    pub(super) prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// In microseconds.
const PERIOD: u64 = 100_000;

impl Groups {
    /// Makes a session's groups, which bound nothing yet; those that are there are fine.
    pub(in crate::process) fn make(&self, session: &SessionId) -> io::Result<()> {
        self.folders(session)
            .iter()
            .try_for_each(fs::create_dir_all)
    }

    /// Bounds what is in the groups.
    pub(super) fn impose(&self, session: &SessionId, size: &SessionSize) -> io::Result<()> {
        let bytes = size.memory_mb.saturating_mul(MIB).to_string();
        let memory = self.folder(&self.memory, session);
        match self.version {
            Version::One => {
                fs::write(memory.join("memory.limit_in_bytes"), &bytes)?;
                // There only where the kernel counts swap.
                at_best(fs::write(
                    memory.join("memory.memsw.limit_in_bytes"),
                    &bytes,
                ));
            }
            Version::Two => {
                fs::write(memory.join("memory.max"), &bytes)?;
                at_best(fs::write(memory.join("memory.swap.max"), "0"));
                at_best(fs::write(memory.join("memory.oom.group"), "1"));
            }
        }
        let Some(cpu) = &self.cpu else { return Ok(()) };
        let (cpu, quota) = (self.folder(cpu, session), u64::from(size.v_cpus) * PERIOD);
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

    /// Puts a process into the groups; one that has ended is fine.
    pub(super) fn add(&self, session: &SessionId, pid: u32) -> io::Result<()> {
        const NO_SUCH_PROCESS: i32 = 3;
        self.doors(session)
            .iter()
            .try_for_each(|door| match fs::write(door, pid.to_string()) {
                Err(error) if error.raw_os_error() == Some(NO_SUCH_PROCESS) => Ok(()),
                written => written,
            })
    }

    /// The files that a process of the session writes its number into to be in its groups; none when there are none.
    pub(in crate::process) fn doors(&self, session: &SessionId) -> Vec<PathBuf> {
        let folders = self.folders(session).into_iter();
        folders
            .filter(|folder| folder.exists())
            .map(|folder| folder.join("cgroup.procs"))
            .collect()
    }

    /// The most bytes that were in use, when the kernel has ended a process because more were wanted.
    pub(super) fn excess(&self, session: &SessionId) -> Option<u64> {
        let memory = self.folder(&self.memory, session);
        let (events, peak) = match self.version {
            Version::One => (
                "memory.oom_control",
                ["memory.max_usage_in_bytes", "memory.limit_in_bytes"],
            ),
            Version::Two => ("memory.events", ["memory.peak", "memory.max"]),
        };
        let events = fs::read_to_string(memory.join(events)).ok()?;
        let killed = events
            .lines()
            .find_map(|line| line.strip_prefix("oom_kill "))?;
        if killed.trim().parse::<u64>().ok()? == 0 {
            return None;
        }
        let read = |file: &&str| {
            fs::read_to_string(memory.join(file))
                .ok()?
                .trim()
                .parse()
                .ok()
        };
        peak.iter().find_map(read)
    }

    /// Removes a session's groups, in which no process lives any more.
    pub(in crate::process) fn remove(&self, session: &SessionId) -> io::Result<()> {
        self.folders(session)
            .iter()
            .try_for_each(|folder| remove(folder))
    }

    /// The sessions that have groups.
    pub(in crate::process) fn sessions(&self) -> Vec<SessionId> {
        let parents = std::iter::once(&self.memory).chain(&self.cpu);
        let entries = parents
            .filter_map(|parent| fs::read_dir(parent).ok())
            .flatten();
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names
            .filter_map(|name| SessionId::try_from(name.strip_prefix(&self.prefix)?).ok())
            .collect()
    }

    fn folders(&self, session: &SessionId) -> Vec<PathBuf> {
        let mut folders = vec![self.folder(&self.memory, session)];
        let cpu = self.cpu.iter().map(|cpu| self.folder(cpu, session));
        folders.extend(cpu);
        folders.dedup();
        folders
    }

    fn folder(&self, parent: &Path, session: &SessionId) -> PathBuf {
        parent.join(format!("{}{}", self.prefix, session.as_str()))
    }
}

/// A process that has ended is in its group a little longer.
fn remove(folder: &Path) -> io::Result<()> {
    const TRIES: u32 = 100;
    const PAUSE: Duration = Duration::from_millis(20);
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
