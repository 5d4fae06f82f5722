//! The sessions, as they are written down and known in memory. The only place that changes them.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Deref,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
};

use flowdeck_access::disk;
use flowdeck_contract::{
    events::FlowEvent,
    ids::{RunId, SessionId},
    packages::RequirementState,
    pull::Pull,
};
use flowdeck_engines::log::{LIMIT, LogFile};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::{Live, Record, live::SessionLog};
use crate::{
    clock::Clock, error::ComputeError, events::Events, owner::Owner, state::State, store::Store,
    tasks::Tasks, timeline::Followed,
};

/// The session of every owner that has or had one.
pub(crate) struct Book {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: Arc<Events>,
    /// Something changed that an idle deadline depends on.
    deadlines: Arc<Notify>,
    pub(super) next_life: AtomicU64,
    sessions: Mutex<BTreeMap<Owner, Live>>,
}

/// All sessions, to look at. None changes meanwhile.
pub(crate) struct Sessions<'a>(MutexGuard<'a, BTreeMap<Owner, Live>>);

impl Deref for Sessions<'_> {
    type Target = BTreeMap<Owner, Live>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Book {
    /// Reads what is remembered.
    pub(crate) fn open(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        events: Arc<Events>,
        deadlines: Arc<Notify>,
    ) -> Result<Self, ComputeError> {
        let sessions = store.sessions()?.into_iter().map(|(owner, record)| {
            let record = record.unwrap_or_else(|error| {
                tracing::error!(%owner, %error, "a session can't be read from the store");
                Record::unreadable(owner.clone(), &error)
            });
            (owner, Live::new(record))
        });
        let mut sessions: BTreeMap<Owner, Live> = sessions.collect();
        for (owner, life) in store.last_lives()? {
            if let Some(live) = sessions.get_mut(&owner) {
                live.life = Some(life);
            }
        }
        Ok(Self {
            next_life: AtomicU64::new(store.next_life()?),
            sessions: Mutex::new(sessions),
            store,
            clock,
            events,
            deadlines,
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Owner, Live>> {
        self.sessions.lock()
    }

    /// Every session of a flow that has or had one, and every session without a flow.
    pub(crate) fn sessions(&self) -> Sessions<'_> {
        Sessions(self.lock())
    }

    /// Sessions of which something may exist.
    pub(crate) fn living_sessions(&self) -> HashSet<SessionId> {
        let sessions = self.lock();
        let living = sessions
            .values()
            .filter(|live| !matches!(live.record.state, State::NotExist | State::Failed));
        living
            .filter_map(|live| live.record.session.session_id.clone())
            .collect()
    }

    /// What is remembered of an owner's session.
    pub(crate) fn record(&self, owner: &Owner) -> Record {
        self.lock()
            .get(owner)
            .map_or_else(|| Record::none(owner.clone()), |live| live.record.clone())
    }

    /// Changes an owner's session: written first, then held, then published. Nothing changes when `change` fails.
    pub(crate) fn change<R>(
        &self,
        owner: &Owner,
        change: impl FnOnce(&mut Live) -> Result<R, ComputeError>,
    ) -> Result<R, ComputeError> {
        self.change_and_save(owner, change, |record, followed| {
            self.store.save_session(record, followed)
        })
    }

    /// Looks at a session, without a change.
    pub(crate) fn look<R>(&self, owner: &Owner, look: impl FnOnce(&Live) -> R) -> R {
        match self.lock().get(owner) {
            Some(live) => look(live),
            None => look(&Live::none(owner)),
        }
    }

    /// As [`Book::change`], written down by `save`.
    pub(crate) fn change_and_save<R>(
        &self,
        owner: &Owner,
        change: impl FnOnce(&mut Live) -> Result<R, ComputeError>,
        save: impl FnOnce(&Record, &Followed) -> Result<(), ComputeError>,
    ) -> Result<R, ComputeError> {
        let mut sessions = self.lock();
        let live = sessions
            .entry(owner.clone())
            .or_insert_with(|| Live::none(owner));
        let before = live.record.clone();
        let changed = change(live).and_then(|result| {
            let followed = self.follow(&before, live);
            save(&live.record, &followed).map(|()| (result, followed))
        });
        match changed {
            Ok((result, followed)) => {
                // Whoever learns that a session has ended finds the reason in its timeline.
                self.tell_life(live, followed);
                self.tell(live);
                Ok(result)
            }
            Err(error) => {
                live.record = before;
                Err(error)
            }
        }
    }

    /// Forgets a session that does not exist, once `remove` has removed what there is of it elsewhere.
    pub(crate) fn forget(
        &self,
        owner: &Owner,
        remove: impl FnOnce(Option<&Live>) -> Result<(), ComputeError>,
    ) -> Result<(), ComputeError> {
        let mut sessions = self.lock();
        let live = sessions.get(owner);
        if live.is_some_and(|live| live.record.state != State::NotExist) {
            return Ok(());
        }
        remove(live)?;
        self.store.forget_session(owner)?;
        sessions.remove(owner);
        Ok(())
    }

    /// Tells how a session stands.
    fn tell(&self, live: &Live) {
        let event = FlowEvent::Session(live.view());
        self.events.send(&live.record.owner, event);
        self.deadlines.notify_one();
    }

    /// Publishes how far the pull of a session's image is. It is not written: a start that is cut off begins again.
    pub(crate) fn tell_pull(&self, owner: &Owner, session: &SessionId, pull: Pull) {
        if let Some(live) = self.lock().get_mut(owner) {
            live.pull = Some((session.clone(), pull));
            self.tell(live);
        }
    }

    /// Tells how far an install into the running session is. It is not written down: a restart of the server ends it.
    pub(crate) fn tell_lines(&self, owner: &Owner, lines: Vec<RequirementState>) {
        let mut sessions = self.lock();
        let Some(live) = sessions.get_mut(owner).filter(|live| live.installs()) else {
            return;
        };
        if let Some(install) = &mut live.record.session.install {
            install.lines = lines;
        }
        self.tell(live);
    }

    /// A run that could not be written down is none of the session's.
    pub(crate) fn leave_run(&self, owner: &Owner, run: &RunId) {
        if let Some(live) = self.lock().get_mut(owner) {
            live.runs.remove(run);
        }
    }

    /// Runs `task` once whatever is at work on the session has ended; dropped when it is cancelled or the server ends.
    pub(crate) fn work(
        &self,
        owner: &Owner,
        tasks: &Tasks,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let mut sessions = self.lock();
        let live = sessions
            .entry(owner.clone())
            .or_insert_with(|| Live::none(owner));
        let before = live.work.take();
        live.work = Some(tasks.after(before, task));
    }

    /// The log of an owner's session; lines go nowhere when there is none.
    pub(crate) fn log(&self, owner: &Owner) -> LogFile {
        let log = self.session_log(owner);
        log.map_or_else(|| LogFile::at("/dev/null"), |log| log.file.clone())
    }

    /// The log of an owner's session, as far as it was published.
    pub(crate) fn session_log(&self, owner: &Owner) -> Option<Arc<SessionLog>> {
        self.lock().get(owner).and_then(|live| live.log.clone())
    }

    /// Follows the log that an earlier server left of an owner's session.
    pub(super) fn open_log(&self, owner: &Owner, log: SessionLog) {
        if let Some(live) = self.lock().get_mut(owner) {
            live.log = Some(Arc::new(log));
        }
    }

    /// Gives the session a log of its own at `path`, and forgets the one before.
    pub(super) fn switch_log(&self, owner: &Owner, path: PathBuf) {
        let mut sessions = self.lock();
        let Some(live) = sessions.get_mut(owner) else {
            return;
        };
        if let Some(old) = live.log.replace(Arc::new(SessionLog::at(path.clone())))
            && old.file.path() != path
            && let Err(error) = disk::remove(old.file.path())
        {
            tracing::warn!(%error, "an old session log could not be removed");
        }
        self.events.send(owner, FlowEvent::SessionLogReset);
    }

    /// Removes the log of a session that has ended.
    pub(super) fn remove_log(&self, owner: &Owner) {
        let log = self.lock().get_mut(owner).and_then(|live| live.log.take());
        if let Some(log) = log
            && let Err(error) = disk::remove(log.file.path())
        {
            tracing::warn!(%error, "an old session log could not be removed");
        }
    }

    /// Tells the lines that came into a session's log since the last time; gives whether there were any.
    pub(crate) fn tell_log(&self, owner: &Owner) -> bool {
        let Some(log) = self.session_log(owner) else {
            return false;
        };
        let mut tail = log.tail();
        let mut has_grown = false;
        match tail.read() {
            Ok(lines) if lines.is_empty() => {}
            Ok(lines) => {
                has_grown = true;
                self.events.send(owner, FlowEvent::SessionLog(lines));
            }
            Err(error) => tracing::warn!(%error, "a session log could not be read"),
        }
        if let Err(error) = tail.cut(LIMIT) {
            tracing::warn!(%error, "a session log could not be cut");
        }
        has_grown
    }
}
