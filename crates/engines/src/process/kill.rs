//! Ends every process of a session: those in its control groups, those that carry its mark, and those that share a
//! process group or session with one of these or descend from one.

use std::{collections::HashSet, io, time::Duration};

use flowdeck_contract::ids::SessionId;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::time::Instant;

use super::{
    machine::Machine,
    proc::{self, Process},
    runtime::leader,
};
use crate::{
    engine::{EngineError, Runtime},
    install::marks::{DATA_MARK, SESSION_MARK},
};

/// The kernel ends a process at once, unless it hangs in the kernel itself.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);

/// Which processes to end.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// All of a session.
    Session(&'a SessionId),
    /// One runtime and what it started.
    Runtime(&'a Runtime),
    /// All of a runtime's session but the runtime and what it started.
    AllBut(&'a Runtime),
}

/// Ends the target's processes and returns when none is left.
pub(super) async fn end(machine: &Machine, target: Target<'_>) -> Result<(), EngineError> {
    let deadline = Instant::now() + PATIENCE;
    let mut known = Known::default();
    loop {
        if let (Target::Session(session), Some(groups)) = (target, machine.groups()) {
            groups.end(session);
        }
        let is_late = Instant::now() > deadline;
        match victims(machine, &target, &mut known) {
            Ok(victims) if victims.is_empty() => return Ok(()),
            Ok(victims) if is_late => return Err(remain(&victims)),
            Ok(victims) => victims.iter().for_each(kill),
            Err(error) if is_late => return Err(EngineError::io("Looking for processes", &error)),
            // What could not be looked at may be there.
            Err(error) => {
                tracing::debug!(%error, "processes could not be looked for; trying again");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn remain(victims: &[Process]) -> EngineError {
    let pids: Vec<String> = victims
        .iter()
        .map(|process| process.pid.to_string())
        .collect();
    let message = format!("These processes can't be ended: {}.", pids.join(", "));
    EngineError::new("ProcessesRemain", message).with_remedy(
        "Check what they wait for (a network file system, a debugger), then stop the session again.",
    )
}

/// The numbers of the target's processes.
pub(super) fn pids(machine: &Machine, target: Target<'_>) -> io::Result<Vec<u32>> {
    let found = victims(machine, &target, &mut Known::default())?;
    Ok(found.iter().map(|process| process.pid).collect())
}

/// The ids of all sessions of this data folder of which a process lives.
pub(super) fn sessions(machine: &Machine) -> io::Result<HashSet<SessionId>> {
    let mut found = HashSet::new();
    for process in proc::all()? {
        let session = mark(machine, process.pid)?;
        found.extend(session.and_then(|id| SessionId::try_from(id).ok()));
    }
    Ok(found)
}

/// The session a process is marked with, when it is one of this data folder.
fn mark(machine: &Machine, pid: u32) -> io::Result<Option<String>> {
    let (session, data) = match (
        proc::variable(pid, SESSION_MARK),
        proc::variable(pid, DATA_MARK),
    ) {
        // Another user's, who is none of ours.
        (Err(error), _) | (_, Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Ok(None);
        }
        (session, data) => (session?, data?),
    };
    let ours = machine.folders.data().as_os_str().as_encoded_bytes();
    Ok(session.filter(|_| data.is_some_and(|data| data.as_bytes() == ours)))
}

/// What was seen of a target before.
#[derive(Default)]
struct Known {
    /// Process groups and sessions: a child whose parent has ended in between is found by them still.
    groups: HashSet<u32>,
    /// Processes, by number and start: one whose parent has ended in between has another parent now.
    processes: HashSet<(u32, u64)>,
}

fn victims(machine: &Machine, target: &Target<'_>, known: &mut Known) -> io::Result<Vec<Process>> {
    let mut all = proc::all()?;
    all.retain(|process| process.pid != std::process::id());
    let leads = |runtime: &Runtime| {
        let leader = leader(runtime);
        let leads = |process: &&Process| leader == Some((process.pid, process.started));
        all.iter()
            .filter(leads)
            .map(|process| process.pid)
            .collect()
    };
    Ok(match target {
        Target::Session(session) => related(&all, of_session(machine, &all, session)?, known),
        Target::Runtime(runtime) => related(&all, leads(runtime), known),
        Target::AllBut(runtime) => {
            let kept = related(&all, leads(runtime), known);
            let session = of_session(machine, &all, &runtime.session)?;
            let others = all.iter().filter(|process| session.contains(&process.pid));
            others
                .filter(|process| !kept.contains(process))
                .copied()
                .collect()
        }
    })
}

/// The numbers of those that are in the session's control groups or carry its mark.
fn of_session(machine: &Machine, all: &[Process], session: &SessionId) -> io::Result<HashSet<u32>> {
    let mut found = HashSet::new();
    for process in all {
        if mark(machine, process.pid)?.as_deref() == Some(session.as_str()) {
            found.insert(process.pid);
        }
    }
    if let Some(groups) = machine.groups() {
        found.extend(groups.processes(session)?);
    }
    Ok(found)
}

/// Those of these numbers, and what shares a group or session with one or descends from one.
fn related(all: &[Process], roots: HashSet<u32>, known: &mut Known) -> Vec<Process> {
    let mut found = roots;
    let seen = |process: &&Process| known.processes.contains(&(process.pid, process.started));
    found.extend(all.iter().filter(seen).map(|process| process.pid));
    // Groups are ours as long as a process of ours is in them: their numbers are not given away meanwhile.
    known.groups.extend(found.iter().copied());
    known.groups.retain(|group| {
        all.iter()
            .any(|process| process.group == *group || process.session == *group)
    });
    loop {
        let before = found.len();
        let is_related = |process: &&Process| {
            found.contains(&process.parent)
                || known.groups.contains(&process.group)
                || known.groups.contains(&process.session)
        };
        let more: Vec<u32> = all
            .iter()
            .filter(is_related)
            .map(|process| process.pid)
            .collect();
        found.extend(more);
        if found.len() == before {
            break;
        }
    }
    let found: Vec<Process> = all
        .iter()
        .filter(|process| found.contains(&process.pid))
        .copied()
        .collect();
    let seen = found.iter().map(|process| (process.pid, process.started));
    known.processes.extend(seen);
    found
}

/// Kills that very process: a handle is taken first, then its start compared. Whoever calls looks whether it is gone.
fn kill(process: &Process) {
    let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    let killed = pidfd_open(pid, PidfdFlags::empty())
        .map_err(io::Error::from)
        .and_then(|handle| match proc::lives(process.pid, process.started)? {
            true => Ok(pidfd_send_signal(&handle, Signal::KILL)?),
            false => Ok(()),
        });
    if let Err(error) = killed {
        tracing::debug!(pid = process.pid, %error, "a process could not be killed");
    }
}
