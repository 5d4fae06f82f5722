//! The control groups of one data folder's sessions. That of a session on a compute instance is within the instance's,
//! whose size it shares.

use std::io;

use flowdeck_contract::ids::SessionId;

use crate::{
    cgroup::{self, Group},
    engine::Share,
};

/// What is in the name of a compute instance's group and in no session's id.
const INSTANCE: char = '@';

/// Where the control groups of one data folder's sessions are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    /// Holds them.
    top: Group,
    /// Begins the names of this data folder's groups.
    prefix: String,
}

impl Groups {
    /// `None` when the server may make none.
    pub(in crate::process) fn find(prefix: String) -> Option<Self> {
        let top = cgroup::own(&format!("{prefix}.probe"))?;
        Some(Self { top, prefix })
    }

    /// Makes a session's group, which bounds nothing yet but how many processes there are; one that is there is fine.
    pub(in crate::process) fn make(&self, session: &SessionId, processes: u32) -> io::Result<()> {
        let group = self.of(session);
        group.make()?;
        group.bound_processes(processes)
    }

    /// The numbers of the processes in a session's groups.
    pub(in crate::process) fn processes(&self, session: &SessionId) -> io::Result<Vec<u32>> {
        let mut found = self.of(session).processes()?;
        found.extend(self.alone(session).processes()?);
        Ok(found)
    }

    /// Lets no process be born in a session's groups any more, and ends those that are in them where the kernel does that.
    pub(in crate::process) fn end(&self, session: &SessionId) {
        self.of(session).end();
        self.alone(session).end();
    }

    /// Bounds what is in a session's group; on a compute instance, together with what else is on that.
    pub(super) fn impose(
        &self,
        session: &SessionId,
        share: &Share,
        processes: u32,
    ) -> io::Result<()> {
        let Some(name) = &share.instance else {
            let group = self.of(session);
            group.make()?;
            group.end_as_one();
            group.bound_processes(processes)?;
            return group.bound(&share.size);
        };
        let instance = self.top.child(&format!("{}{INSTANCE}{name}", self.prefix));
        let group = instance.child(&self.name(session));
        // First the inner one: the other cannot be removed from around it.
        group.make()?;
        instance.divide()?;
        instance.bound(&share.size)?;
        group.end_as_one();
        group.bound_processes(processes)
    }

    /// Puts a process into the group of its session; one that has ended is fine.
    pub(super) fn add(&self, session: &SessionId, pid: u32) -> io::Result<()> {
        self.of(session).add(pid)
    }

    /// Removes the group that a session had before it came to a compute instance; nothing is in it any more.
    pub(super) fn leave(&self, session: &SessionId) -> io::Result<()> {
        match self.on_instance(session) {
            Some(_) => self.alone(session).remove(),
            None => Ok(()),
        }
    }

    /// The files that a process of the session writes its number into to be in its group; none when there is none.
    pub(in crate::process) fn doors(&self, session: &SessionId) -> Vec<std::path::PathBuf> {
        self.of(session).doors()
    }

    /// The most bytes that were in use, when the kernel has ended a process because more were wanted.
    pub(super) fn excess(&self, session: &SessionId) -> Option<u64> {
        self.of(session).excess()
    }

    /// Removes a session's group, in which no process lives any more; with the last one on a compute instance, that's.
    pub(in crate::process) fn remove(&self, session: &SessionId) -> io::Result<()> {
        self.alone(session).remove()?;
        for instance in self.instances() {
            instance.child(&self.name(session)).remove()?;
            instance.remove_if_empty();
        }
        Ok(())
    }

    /// The sessions that have groups.
    pub(in crate::process) fn sessions(&self) -> Vec<SessionId> {
        let instances = self.instances();
        let all = std::iter::once(&self.top).chain(&instances);
        let names = all.flat_map(Group::children);
        names
            .filter_map(|name| SessionId::try_from(name.strip_prefix(&self.prefix)?).ok())
            .collect()
    }

    fn of(&self, session: &SessionId) -> Group {
        self.on_instance(session)
            .unwrap_or_else(|| self.alone(session))
    }

    fn alone(&self, session: &SessionId) -> Group {
        self.top.child(&self.name(session))
    }

    fn on_instance(&self, session: &SessionId) -> Option<Group> {
        let name = self.name(session);
        let mut inner = self
            .instances()
            .into_iter()
            .map(|instance| instance.child(&name));
        inner.find(Group::exists)
    }

    fn instances(&self) -> Vec<Group> {
        let prefix = format!("{}{INSTANCE}", self.prefix);
        let names = self.top.children().into_iter();
        let ours = names.filter(|name| name.starts_with(&prefix));
        ours.map(|name| self.top.child(&name)).collect()
    }

    fn name(&self, session: &SessionId) -> String {
        format!("{}{}", self.prefix, session.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::Version;
    use flowdeck_contract::session::VmSize;

    fn session(id: &str) -> SessionId {
        SessionId::try_from(id).unwrap()
    }

    fn share(instance: Option<&str>) -> Share {
        Share {
            size: VmSize {
                name: "Small".to_owned(),
                v_cpus: 1,
                memory_mb: 1,
            },
            instance: instance.map(str::to_owned),
        }
    }

    #[test]
    fn sessions_on_an_instance_are_within_its_bounds() {
        let top = tempfile::tempdir().unwrap();
        let groups = Groups {
            top: Group {
                version: Version::One,
                memory: top.path().to_owned(),
                cpu: None,
                pids: None,
            },
            prefix: "flowdeck-a-".to_owned(),
        };
        let (one, two) = (session("one"), session("two"));
        groups.make(&one, 9).unwrap();
        groups.impose(&one, &share(Some("shared")), 9).unwrap();
        groups.leave(&one).unwrap();
        groups.impose(&two, &share(None), 9).unwrap();
        let inner = top.path().join("flowdeck-a-@shared/flowdeck-a-one");
        assert_eq!(groups.doors(&one), [inner.join("cgroup.procs")]);
        let bounds =
            std::fs::read_to_string(top.path().join("flowdeck-a-@shared/memory.limit_in_bytes"));
        assert_eq!(bounds.unwrap(), "1048576");
        let mut found = groups.sessions();
        found.sort();
        assert_eq!(found, [one.clone(), two]);
        groups.remove(&one).unwrap();
        assert!(!inner.exists());
    }
}
