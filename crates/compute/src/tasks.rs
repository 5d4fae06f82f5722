//! Tasks in the background, which end with the server.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// All tasks of a server.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    shutdown: CancellationToken,
}

/// A task that changes a session; there is one at a time.
#[derive(Debug)]
pub(crate) struct Work {
    cancel: CancellationToken,
    done: JoinHandle<()>,
}

impl Work {
    /// Drops the task at its next await.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
    }
}

impl Tasks {
    /// Runs a task that ends with the server.
    pub(crate) fn background(&self, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.shutdown.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Does what holds up a thread, such as deleting files; a server that ends waits for it.
    pub(crate) fn blocking(&self, work: impl FnOnce() + Send + 'static) {
        self.tracker.spawn_blocking(work);
    }

    /// Runs `task` once `before` has ended; dropped when it is cancelled or the server ends.
    pub(crate) fn after(
        &self,
        before: Option<Work>,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Work {
        let cancel = self.shutdown.child_token();
        let cancelled = cancel.clone();
        let done = self.tracker.spawn(async move {
            if let Some(before) = before {
                // A task that panicked has ended, too.
                let _ = before.done.await;
            }
            tokio::select! {
                biased;
                () = cancelled.cancelled() => {}
                () = task => {}
            }
        });
        Work { cancel, done }
    }

    /// Ends all tasks, and waits until they have.
    pub(crate) async fn end(&self) {
        self.shutdown.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}
