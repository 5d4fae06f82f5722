//! What is at work in the folders of sessions, each work in a thread of its own. Such a thread goes on when whoever
//! asked for it has given up, as when a start is stopped: a folder must not be removed under its hands.

use std::{collections::HashMap, io, sync::Arc};

use flowdeck_contract::ids::SessionId;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// Held together by all work in a session's folder, and alone by what removes something from it.
type Hold = Arc<RwLock<()>>;

/// What is at work in which session's folder. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct AtWork(Arc<Mutex<HashMap<SessionId, Hold>>>);

impl AtWork {
    /// Does `work` in the session's folder.
    pub(super) async fn on<T: Send + 'static>(
        &self,
        session: &SessionId,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let hold = self.of(session).read_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _hold = hold;
            work()
        });
        done.await
            .map_err(io::Error::other)
            .and_then(|result| result)
    }

    /// Waits until nothing is at work in the session's folder. Nothing begins as long as what this gives is kept.
    pub(super) async fn settled(&self, session: &SessionId) -> OwnedRwLockWriteGuard<()> {
        self.of(session).write_owned().await
    }

    /// The session's folder is gone.
    pub(super) fn forget(&self, session: &SessionId) {
        self.all().remove(session);
    }

    fn of(&self, session: &SessionId) -> Hold {
        Arc::clone(self.all().entry(session.clone()).or_default())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SessionId, Hold>> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_folder_settles_only_when_work_that_nobody_waits_for_has_ended() {
        let (at_work, session) = (AtWork::default(), SessionId::try_from("s").unwrap());
        let (began, beginning) = tokio::sync::oneshot::channel();
        let (go, going) = mpsc::channel::<()>();
        let work = at_work.on(&session, move || {
            began.send(()).unwrap();
            going.recv().map_err(io::Error::other)
        });
        tokio::select! {
            _ = work => panic!("it waits"),
            began = beginning => began.unwrap(),
        }
        let mut settled = Box::pin(at_work.settled(&session));
        assert!(settled.as_mut().now_or_never().is_none());
        let other = SessionId::try_from("other").unwrap();
        assert!(at_work.settled(&other).now_or_never().is_some());
        go.send(()).unwrap();
        drop(settled.await);
        at_work.forget(&session);
        assert_eq!(at_work.all().len(), 1);
    }
}
