//! What a session may use: a control group bounds it where this server may make one; elsewhere its memory is watched.

mod detect;
mod groups;
mod watched;

use std::{collections::HashMap, io, sync::Mutex, sync::PoisonError, time::Duration};

use flowdeck_contract::{ids::SessionId, session::SessionSize};

pub(super) use self::groups::Groups;
use super::{
    kill::{self, Target},
    layout::Layout,
};
use crate::{
    catalog::gib,
    engine::{EngineError, MEMORY_EXCEEDED, PhaseNote},
};

const MIB: u64 = 1024 * 1024;

/// The sizes of the sessions that have one.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<SessionId, SessionSize>>);

impl Limits {
    /// Bounds everything of a session from now on.
    pub(super) fn impose(
        &self,
        layout: &Layout,
        session: &SessionId,
        size: &SessionSize,
    ) -> Result<PhaseNote, EngineError> {
        let mut note = format!(
            "{}: {} vCPUs, {:.2} GiB",
            size.name,
            size.v_cpus,
            gib(size.memory_mb)
        );
        match layout.groups() {
            Some(groups) => bound(layout, groups, session, size)
                .map_err(|error| EngineError::io("Limiting the session to its VM size", &error))?,
            None => note.push_str(
                "; its memory is watched and its CPUs are not limited, as this server may not make control groups",
            ),
        }
        self.sizes().insert(session.clone(), size.clone());
        Ok(Some(note))
    }

    pub(super) fn forget(&self, session: &SessionId) {
        self.sizes().remove(session);
    }

    fn sizes(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, SessionSize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the target's session has used more memory than it has; for ever when it never does.
    pub(super) async fn exceeded(
        &self,
        layout: &Layout,
        session: &SessionId,
        target: Target<'_>,
    ) -> EngineError {
        const LOOK: Duration = Duration::from_millis(250);
        loop {
            if let Some(error) = self.excess(layout, session, &target) {
                return error;
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// That the target's session has used more memory than it has, when it has.
    pub(super) fn excess(
        &self,
        layout: &Layout,
        session: &SessionId,
        target: &Target<'_>,
    ) -> Option<EngineError> {
        let size = self.sizes().get(session).cloned()?;
        let bound = size.memory_mb.saturating_mul(MIB);
        let used = match layout.groups() {
            Some(groups) => groups.excess(session)?,
            None => watched::excess(layout, target, bound)?,
        };
        let message = format!(
            "The compute session was stopped: it used {:.2} GiB of memory, and its VM size {} has {:.2} GiB.",
            gib(used / MIB),
            size.name,
            gib(size.memory_mb)
        );
        Some(EngineError::new(MEMORY_EXCEEDED, message).with_remedy(
            "Choose a larger VM size, or make the flow use less memory; then start the session again.",
        ))
    }
}

fn bound(
    layout: &Layout,
    groups: &Groups,
    session: &SessionId,
    size: &SessionSize,
) -> io::Result<()> {
    groups.make(session)?;
    groups.impose(session, size)?;
    // What an earlier flowdeck started is in no group yet; what is started from now on is from its beginning.
    for pid in kill::pids(layout, Target::Session(session))? {
        groups.add(session, pid)?;
    }
    Ok(())
}
