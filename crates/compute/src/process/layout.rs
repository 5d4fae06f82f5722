//! Where the process engine keeps what.

use std::path::{Path, PathBuf};

use flowdeck_contract::ids::SessionId;
use sha2::{Digest as _, Sha256};

use super::limits::Groups;
use crate::engine::EnvironmentId;

/// A Unix socket's path has 107 bytes; Python's multiprocessing puts `/tmp/pymp-xxxxxxxx/listener-xxxxxxxx` below the
/// runtime folder and listens there.
const LONGEST_RUNTIME_FOLDER: usize = 107 - "/tmp/pymp-xxxxxxxx/listener-xxxxxxxx".len();

/// The folders of one data folder.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    data: PathBuf,
    base: PathBuf,
    groups: Option<Groups>,
}

impl Layout {
    /// `data` must be absolute and without links: it marks our processes.
    pub(crate) fn new(data: PathBuf, base: Option<PathBuf>) -> Self {
        let base = base.unwrap_or_else(|| data.join("base"));
        let groups = None;
        Self { data, base, groups }
    }

    /// Sessions get control groups, where this server may make some.
    pub(crate) fn with_groups(self) -> Self {
        let groups = Groups::find(format!("{}-", self.short_name()));
        Self { groups, ..self }
    }

    pub(crate) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// One folder per base environment.
    pub(crate) fn bases(&self) -> &Path {
        &self.base
    }

    /// Tools that were not on the machine.
    pub(crate) fn tools(&self) -> PathBuf {
        self.data.join("tools")
    }

    /// One folder per environment that is kept.
    pub(super) fn kept(&self) -> PathBuf {
        self.data.join("kept")
    }

    /// One folder per session.
    pub(crate) fn sessions(&self) -> PathBuf {
        self.data.join("sessions")
    }

    pub(crate) fn session(&self, session: &SessionId) -> PathBuf {
        self.sessions().join(session.as_str())
    }

    pub(crate) fn environment(&self, environment: &EnvironmentId) -> PathBuf {
        self.session(&environment.session)
            .join(format!("env-{}", environment.generation))
    }

    /// Holds a session's socket and temporary files: the session's folder, or a short one when that is too long.
    pub(crate) fn runtime(&self, session: &SessionId) -> PathBuf {
        let folder = self.session(session);
        if folder.as_os_str().len() <= LONGEST_RUNTIME_FOLDER {
            return folder;
        }
        self.short_runtimes().join(session.as_str())
    }

    /// Where runtime folders are when the data folder's path is long; its name is told by the data folder's.
    pub(crate) fn short_runtimes(&self) -> PathBuf {
        std::env::temp_dir().join(self.short_name())
    }

    pub(crate) fn short_name(&self) -> String {
        let hash = hex(&Sha256::digest(self.data.as_os_str().as_encoded_bytes()));
        format!("flowdeck-{}", &hash[..12])
    }

    /// Where a session's executor listens.
    pub(crate) fn socket(&self, environment: &EnvironmentId) -> PathBuf {
        self.runtime(&environment.session)
            .join(format!("{}.sock", environment.generation))
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_stay_within_what_the_system_allows() {
        let session = SessionId::try_from("0123456789abcdef").unwrap();
        let environment = EnvironmentId {
            session: session.clone(),
            generation: 4_000_000_000,
        };
        for length in [10, 60, 200, 3000] {
            let layout = Layout::new(PathBuf::from(format!("/{}", "d".repeat(length))), None);
            let listener = layout
                .runtime(&session)
                .join("tmp/pymp-xxxxxxxx/listener-xxxxxxxx");
            assert!(listener.as_os_str().len() < 108, "{}", listener.display());
            assert!(layout.socket(&environment).as_os_str().len() < 108);
        }
    }
}
