//! Installs into the environments of sessions, and looks whether they hold what was asked for.

use std::sync::Arc;

use flowdeck_engines::{
    engine::{DryRunStart, EngineError, EnvironmentId, PhaseNote, Requirements, SharedEngine},
    packages::{self, Lines, PackageMove, Progress, RuntimePackages},
};
use parking_lot::Mutex;

use super::{Book, Shared};
use crate::owner::Owner;

/// Installs into environments.
pub(crate) struct Installer {
    book: Arc<Book>,
    engine: SharedEngine,
}

impl Installer {
    pub(crate) fn new(shared: &Shared) -> Self {
        Self {
            book: Arc::clone(&shared.book),
            engine: Arc::clone(&shared.engine),
        }
    }

    /// Installs into an environment that nobody uses yet, and looks whether it holds what was asked for.
    pub(super) async fn install_and_verify(
        &self,
        owner: &Owner,
        environment: &EnvironmentId,
        requirements: &Requirements,
    ) -> Result<PhaseNote, EngineError> {
        let log = self.book.log(owner);
        let lines = Lines::of_set(&requirements.set);
        let before = self.engine.inventory(environment).await?;
        let runtime = RuntimePackages::of(&before.base);
        if let Some(error) = runtime.pinned(&requirements.set, Some(&before.markers)) {
            return Err(error);
        }
        if requirements.set.needs_hashes() {
            let start = DryRunStart::Environment;
            let steps = self.dry_run(environment, start, requirements).await?;
            if let Some(error) = packages::unhashed(&requirements.set, &steps) {
                return Err(error);
            }
        }
        let progress = Mutex::new(Progress::new(&lines.asked, &before));
        let read_line = |line: &str| {
            let mut progress = progress.lock();
            if progress.read_line(line) {
                self.book.tell_lines(owner, progress.lines());
            }
        };
        let note = self
            .engine
            .install(environment, requirements, &log, &read_line)
            .await?;
        let after = self.engine.inventory(environment).await?;
        let wrong = packages::unsatisfied(&after, &lines.asked);
        if let Some(error) = wrong.or_else(|| runtime.changed_in(&after, &lines)) {
            return Err(error);
        }
        for trouble in packages::new_troubles(&after) {
            log.line(format!("Warning: {trouble}"));
        }
        let mut progress = progress.lock();
        progress.finish(&after);
        self.book.tell_lines(owner, progress.lines());
        Ok(note)
    }

    /// A runtime that didn't start, with what its environment has in the place of the base's packages.
    pub(super) async fn explained(
        &self,
        environment: &EnvironmentId,
        requirements: &Requirements,
        error: EngineError,
    ) -> EngineError {
        if error.failure.code != "RuntimeDied" && error.failure.code != "RuntimeNotReady" {
            return error;
        }
        match self.engine.inventory(environment).await {
            Ok(inventory) => {
                let lines = Lines::of_set(&requirements.set);
                packages::does_not_start(error, &inventory, &lines)
            }
            Err(unread) => {
                tracing::warn!(error = %unread, "the packages of a runtime that didn't start can't be read");
                error
            }
        }
    }

    /// What an install would do to each package, when an installer can read the requirements.
    pub(super) async fn dry_run(
        &self,
        environment: &EnvironmentId,
        start: DryRunStart,
        requirements: &Requirements,
    ) -> Result<Vec<PackageMove>, EngineError> {
        requirements.set.require_readable()?;
        let printed = self.engine.dry_run(environment, start, requirements);
        Ok(packages::steps(&printed.await?))
    }
}
