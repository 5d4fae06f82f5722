//! Processes that are held by a handle of the kernel's: once it is taken, whether they live and that they end is known
//! without another file descriptor, and no later process of the same number is taken for them.

use std::{
    collections::HashMap, io, os::fd::OwnedFd, process::ExitStatus, sync::Arc, time::Duration,
};

use parking_lot::{Mutex, MutexGuard};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};
use tokio::sync::watch;

use super::{proc, runtime::leader};
use crate::{engine::Runtime, install::marks::SESSION_MARK};

/// How a process ended, once it has; the kernel tells only its parent.
type Status = watch::Receiver<Option<ExitStatus>>;

/// A process that is held.
#[derive(Clone, Debug)]
pub(super) struct Held {
    handle: Arc<OwnedFd>,
    status: Option<Status>,
}

impl Held {
    /// Takes hold of that very process; `None` when it has ended.
    ///
    /// # Errors
    /// When nobody could look, for want of file descriptors for example: the process may live.
    pub(super) fn take(process: u32, started: u64) -> io::Result<Option<Self>> {
        let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) else {
            return Ok(None);
        };
        let handle = match pidfd_open(pid, PidfdFlags::empty()) {
            Err(rustix::io::Errno::SRCH) => return Ok(None),
            handle => handle?,
        };
        // The handle was taken first: what has its number now is what it holds.
        let lives = proc::lives(process, started)?;
        Ok(lives.then(|| Self {
            handle: Arc::new(handle),
            status: None,
        }))
    }

    /// As it is, with what the kernel reports of its end to its parent.
    pub(super) fn with_status(self, status: Status) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// Whether the process has not ended.
    pub(super) fn lives(&self) -> io::Result<bool> {
        let mut polled = [PollFd::new(&*self.handle, PollFlags::IN)];
        let ready = poll(&mut polled, Some(&Timespec::default()))?;
        Ok(ready == 0)
    }

    /// Waits until the process has ended; gives how, when we are its parent.
    pub(super) async fn ended(&self) -> Option<ExitStatus> {
        const LOOK: Duration = Duration::from_millis(200);
        if let Some(status) = &self.status {
            let mut status = status.clone();
            let ended = status.wait_for(Option::is_some).await;
            return ended.ok().and_then(|ended| *ended);
        }
        while self.lives().unwrap_or(true) {
            tokio::time::sleep(LOOK).await;
        }
        None
    }
}

/// The runtimes that this server holds, by number and start.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<HashMap<(u32, u64), Held>>);

impl Holds {
    fn all(&self) -> MutexGuard<'_, HashMap<(u32, u64), Held>> {
        self.0.lock()
    }

    /// Keeps hold of a runtime.
    pub(super) fn keep(&self, runtime: &Runtime, held: Held) {
        if let Some(process) = leader(runtime) {
            self.all().insert(process, held);
        }
    }

    /// Lets go of a runtime that has ended.
    pub(super) fn release(&self, runtime: &Runtime) {
        if let Some(process) = leader(runtime) {
            self.all().remove(&process);
        }
    }

    /// Lets go of everything that has ended.
    pub(super) fn release_ended(&self) {
        self.all().retain(|_, held| held.lives().unwrap_or(true));
    }

    /// The hold on a runtime, taken now when an earlier server started it; `None` when that has ended.
    ///
    /// # Errors
    /// When nobody could look.
    pub(super) fn of(&self, runtime: &Runtime) -> io::Result<Option<Held>> {
        let Some((process, started)) = leader(runtime) else {
            return Ok(None);
        };
        if let Some(held) = self.all().get(&(process, started)) {
            return Ok(Some(held.clone()));
        }
        let Some(held) = Held::take(process, started)? else {
            return Ok(None);
        };
        let mark = proc::variable(process, SESSION_MARK)?;
        if mark.as_deref() != Some(runtime.session.as_str()) {
            return Ok(None);
        }
        self.all().insert((process, started), held.clone());
        Ok(Some(held))
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").spawn().unwrap()
    }

    #[tokio::test]
    async fn a_process_that_is_held_lives_until_it_ends() {
        let mut child = sleeper();
        let started = proc::find(child.id()).unwrap().unwrap().started;
        assert!(Held::take(child.id(), started + 1).unwrap().is_none());
        let held = Held::take(child.id(), started).unwrap().unwrap();
        assert!(held.lives().unwrap());
        child.kill().unwrap();
        assert_eq!(held.ended().await, None, "its parent knows, not its handle");
        child.wait().unwrap();
        assert!(!held.lives().unwrap());
        assert!(Held::take(child.id(), started).unwrap().is_none());
    }

    const TASK: &str = "FLOWDECK_TEST_TASK";

    /// Descriptors belong to a whole process, so that another one wants for them: this very test program.
    #[test]
    fn a_want_of_descriptors_ends_nothing() {
        if std::env::var_os(TASK).is_none() {
            let output = Command::new(std::env::current_exe().unwrap())
                .args(["a_want_of_descriptors_ends_nothing", "--nocapture"])
                .env(TASK, "descriptors")
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}");
            assert!(said.contains("1 passed"), "{said}");
            return;
        }
        let mut children = [sleeper(), sleeper()];
        let [one, two] = &children;
        let started = |child: &Child| proc::find(child.id()).unwrap().unwrap().started;
        let (of_one, of_two) = (started(one), started(two));
        let held = Held::take(one.id(), of_one).unwrap().unwrap();
        let mut taken = Vec::new();
        while let Ok(file) = std::fs::File::open("/dev/null") {
            taken.push(file);
        }
        let looked = [
            proc::find(two.id()).map(|_| ()),
            proc::all().map(|_| ()),
            proc::variable(two.id(), SESSION_MARK).map(|_| ()),
            Held::take(two.id(), of_two).map(|_| ()),
        ];
        let lives = held.lives();
        drop(taken);
        children.iter_mut().for_each(|child| {
            child.kill().unwrap();
            child.wait().unwrap();
        });
        assert!(lives.unwrap(), "what is held needs no descriptor");
        for (number, looked) in looked.into_iter().enumerate() {
            assert!(looked.is_err(), "{number}: could not look is not gone");
        }
    }
}
