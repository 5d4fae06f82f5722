//! How many connections there may be at once: a share of the files that the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than this is of no use to anybody, and some systems name a number that no program can count to.
const MOST_FILES: u64 = 1 << 20;

const MOST_CONNECTIONS: u64 = 8192;

/// How many connections there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In all.
    pub(crate) connections: usize,
    /// From one address. Addresses of this machine have no limit of their own: a proxy there speaks for many.
    pub(crate) per_peer: usize,
}

impl Limits {
    /// Those of a process that may have `files` open: half of them are for sessions, logs and the store.
    pub(crate) fn of_files(files: u64) -> Self {
        let connections = (files / 2).clamp(16, MOST_CONNECTIONS);
        let connections = usize::try_from(connections).unwrap_or(16);
        Self {
            connections,
            per_peer: connections / 4,
        }
    }
}

/// Lets this process open as many files as it may at most; gives how many it may open then.
pub(crate) fn raise_file_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let (now, most) = (
        limit.current.unwrap_or(MOST_FILES),
        limit.maximum.unwrap_or(MOST_FILES).min(MOST_FILES),
    );
    if now >= most {
        return now;
    }
    let raised = Rlimit {
        current: Some(most),
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, limit = now, "the limit of open files could not be raised");
            now
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        for (files, connections, per_peer) in [
            (1024, 512, 128),
            (20_000, 8192, 2048),
            (1 << 20, 8192, 2048),
            (8, 16, 4),
        ] {
            let limits = Limits {
                connections,
                per_peer,
            };
            assert_eq!(Limits::of_files(files), limits);
        }
    }

    #[test]
    fn the_limit_of_files_is_raised_as_far_as_it_goes() {
        let raised = raise_file_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, Some(raised));
        assert!(
            raised == MOST_FILES || limit.maximum == Some(raised),
            "{limit:?}"
        );
    }
}
