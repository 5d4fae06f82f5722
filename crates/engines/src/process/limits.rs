//! What a session may use: a control group bounds it where this server may make one; elsewhere its memory is watched.

mod groups;
mod watched;

use std::{collections::HashMap, io, time::Duration};

use flowdeck_contract::ids::SessionId;
use parking_lot::{Mutex, MutexGuard};

pub(super) use self::groups::Groups;
use super::{
    kill::{self, Target},
    machine::Machine,
};
use crate::{
    cgroup::MIB,
    engine::{EngineError, PhaseNote, Share, gib},
};

/// What the sessions may use that are bounded.
#[derive(Debug)]
pub(super) struct Limits {
    shares: Mutex<HashMap<SessionId, Share>>,
    /// How many processes and threads each may have.
    processes: u32,
}

impl Limits {
    /// `processes` says how many processes and threads a session may have.
    pub(super) fn new(processes: u32) -> Self {
        Self {
            shares: Mutex::default(),
            processes,
        }
    }

    /// Makes the groups of a session, where there are some: nothing of it is outside of them.
    pub(super) fn make(&self, machine: &Machine, session: &SessionId) -> io::Result<()> {
        let groups = machine.groups();
        groups.map_or(Ok(()), |groups| groups.make(session, self.processes))
    }

    /// Bounds everything of a session from now on.
    pub(super) fn impose(
        &self,
        machine: &Machine,
        session: &SessionId,
        share: &Share,
    ) -> Result<PhaseNote, EngineError> {
        let mut note = share.to_string();
        match machine.groups() {
            Some(groups) => self.bound(machine, groups, session, share)
                .map_err(|error| EngineError::io("Limiting the session to its VM size", &error))?,
            None => note.push_str(
                "; its memory is watched and its CPUs aren’t limited, because this server isn’t allowed to create control groups",
            ),
        }
        self.shares().insert(session.clone(), share.clone());
        Ok(Some(note))
    }

    pub(super) fn forget(&self, session: &SessionId) {
        self.shares().remove(session);
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<SessionId, Share>> {
        self.shares.lock()
    }

    /// Waits until the target's session has used more memory than it has; forever when it never does.
    pub(super) async fn exceeded(
        &self,
        machine: &Machine,
        session: &SessionId,
        target: Target<'_>,
    ) -> EngineError {
        const LOOK: Duration = Duration::from_millis(250);
        loop {
            if let Some(error) = self.excess(machine, session, &target) {
                return error;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// That the target's session has used more memory than it has, when it has.
    pub(super) fn excess(
        &self,
        machine: &Machine,
        session: &SessionId,
        target: &Target<'_>,
    ) -> Option<EngineError> {
        let share = self.shares().get(session).cloned()?;
        let bound = share.size.memory_mb.saturating_mul(MIB);
        let used = match machine.groups() {
            Some(groups) => groups.excess(session)?,
            None => {
                let beside = self.beside(session, &share);
                watched::excess(machine, target, &beside, bound)?
            }
        };
        Some(share.exceeded(&format!("used {:.2} GiB of memory", gib(used / MIB))))
    }

    fn bound(
        &self,
        machine: &Machine,
        groups: &Groups,
        session: &SessionId,
        share: &Share,
    ) -> io::Result<()> {
        groups.impose(session, share, self.processes)?;
        // What an earlier flowdeck started is in no group yet; what is started from now on is from its beginning.
        for pid in kill::pids(machine, Target::Session(session))? {
            groups.add(session, pid)?;
        }
        groups.leave(session)
    }

    /// The other sessions on the same compute instance.
    fn beside(&self, session: &SessionId, share: &Share) -> Vec<SessionId> {
        let shares = self.shares();
        let same = shares
            .iter()
            .filter(|(other, its)| *other != session && its.instance == share.instance);
        let same = same.map(|(other, _)| other.clone());
        same.filter(|_| share.instance.is_some()).collect()
    }
}
