//! Ends every process of a session: those that carry its mark, share a process group or session with one that does,
//! or descend from one.

use std::{collections::HashSet, io, time::Duration};

use flowdeck_contract::ids::SessionId;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::time::Instant;

use super::{
    layout::Layout,
    proc::{self, Process},
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
pub(super) async fn end(layout: &Layout, target: Target<'_>) -> Result<(), EngineError> {
    let deadline = Instant::now() + PATIENCE;
    let mut known = HashSet::new();
    loop {
        let victims = victims(layout, &target, &mut known)
            .map_err(|error| EngineError::io("Looking for processes", &error))?;
        if victims.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            let pids: Vec<String> = victims
                .iter()
                .map(|process| process.pid.to_string())
                .collect();
            let message = format!("These processes could not be ended: {}.", pids.join(", "));
            return Err(EngineError::new("ProcessesRemain", message)
                .with_remedy("Look at what they wait for (a network file system, a debugger), then stop the session again."));
        }
        victims.iter().for_each(kill);
        tokio::time::sleep(PAUSE).await;
    }
}

/// The numbers of the target's processes.
pub(super) fn pids(layout: &Layout, target: Target<'_>) -> io::Result<Vec<u32>> {
    let found = victims(layout, &target, &mut HashSet::new())?;
    Ok(found.iter().map(|process| process.pid).collect())
}

/// The ids of all sessions of this data folder of which a process lives.
pub(super) fn sessions(layout: &Layout) -> io::Result<HashSet<SessionId>> {
    let ids = proc::all()?
        .into_iter()
        .filter_map(|process| mark(layout, process.pid));
    Ok(ids.filter_map(|id| SessionId::try_from(id).ok()).collect())
}

/// The session a process is marked with, when it is one of this data folder.
fn mark(layout: &Layout, pid: u32) -> Option<String> {
    let session = proc::variable(pid, SESSION_MARK)?;
    let ours =
        proc::variable(pid, DATA_MARK)?.as_bytes() == layout.data().as_os_str().as_encoded_bytes();
    ours.then_some(session)
}

/// `known` keeps those seen before: a child whose parent has ended in between is found by its group still.
fn victims(
    layout: &Layout,
    target: &Target<'_>,
    known: &mut HashSet<u32>,
) -> io::Result<Vec<Process>> {
    let all: Vec<Process> = proc::all()?
        .into_iter()
        .filter(|process| process.pid != std::process::id())
        .collect();
    let marked = |process: &&Process, session: &SessionId| {
        mark(layout, process.pid).as_deref() == Some(session.as_str())
    };
    let leads = |process: &&Process, runtime: &Runtime| {
        runtime.process() == Some((process.pid, process.started))
    };
    Ok(match target {
        Target::Session(session) => related(
            &all,
            all.iter().filter(|process| marked(process, session)),
            known,
        ),
        Target::Runtime(runtime) => related(
            &all,
            all.iter().filter(|process| leads(process, runtime)),
            known,
        ),
        Target::AllBut(runtime) => {
            let kept = related(
                &all,
                all.iter().filter(|process| leads(process, runtime)),
                known,
            );
            let marked = all
                .iter()
                .filter(|process| marked(process, &runtime.session));
            marked
                .filter(|process| !kept.contains(process))
                .copied()
                .collect()
        }
    })
}

/// `roots` and what shares a group or session with one or descends from one.
fn related<'a>(
    all: &[Process],
    roots: impl Iterator<Item = &'a Process>,
    known: &mut HashSet<u32>,
) -> Vec<Process> {
    let mut found: HashSet<u32> = roots.map(|process| process.pid).collect();
    // Groups are ours as long as a process of ours is in them: their numbers are not given away meanwhile.
    known.extend(found.iter().copied());
    known.retain(|group| {
        all.iter()
            .any(|process| process.group == *group || process.session == *group)
    });
    loop {
        let before = found.len();
        let is_related = |process: &&Process| {
            found.contains(&process.parent)
                || known.contains(&process.group)
                || known.contains(&process.session)
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
    all.iter()
        .filter(|process| found.contains(&process.pid))
        .copied()
        .collect()
}

/// Kills that very process: a handle is taken first, then its start compared.
fn kill(process: &Process) {
    let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    if proc::lives(process.pid, process.started)
        && let Err(error) = pidfd_send_signal(&handle, Signal::KILL)
    {
        tracing::debug!(pid = process.pid, %error, "a process could not be killed");
    }
}
