//! The engines that a story is told on.

use std::sync::Arc;

use flowdeck_compute::engine::Engine;

use super::{
    Home,
    docker::{self, Daemon, PLAIN},
};

/// An engine of real parts.
pub(crate) enum On {
    Process,
    Docker(Daemon),
}

impl On {
    /// The Docker engine; without a daemon the test is skipped.
    pub(crate) fn docker() -> Option<Self> {
        docker::daemon().map(Self::Docker)
    }

    /// The engine, which keeps environments of so many bytes.
    pub(crate) async fn engine(&self, home: &Home, kept_bytes: u64) -> Arc<dyn Engine> {
        match self {
            Self::Process => home.engine_keeping(kept_bytes).await,
            Self::Docker(daemon) => daemon.engine_keeping(home, PLAIN, kept_bytes).await,
        }
    }

    pub(crate) fn daemon(&self) -> Option<&Daemon> {
        match self {
            Self::Process => None,
            Self::Docker(daemon) => Some(daemon),
        }
    }
}
