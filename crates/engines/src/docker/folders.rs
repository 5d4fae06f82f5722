//! Where the Docker engine keeps what. Containers see everything at the paths that it has on this machine.

use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use flowdeck_contract::ids::SessionId;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::image::Image;
use crate::{
    engine::{EngineError, EnvironmentId, WorkFolders},
    environment::{base::LOCK, folders::Folders},
    user::User,
};

/// The folders of one data folder.
#[derive(Clone, Debug)]
pub(super) struct DockerFolders {
    folders: Folders,
}

/// What must be known of a session to make containers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) user: User,
    pub(super) flow: Option<PathBuf>,
    pub(super) others: Vec<PathBuf>,
    /// Device and inode of those folders: a container goes on to see them when others come to have their paths.
    #[serde(default)]
    nodes: Vec<(u64, u64)>,
    /// `None` until it is there.
    pub(super) image: Option<Image>,
}

impl Facts {
    pub(super) fn new(place: &WorkFolders) -> io::Result<Self> {
        let node = |folder: &PathBuf| {
            let metadata = fs::metadata(folder)?;
            Ok((metadata.dev(), metadata.ino()))
        };
        let folders = place.flow.iter().chain(&place.others);
        Ok(Self {
            user: User::of_session(place.flow.as_deref())?,
            flow: place.flow.clone(),
            others: place.others.clone(),
            nodes: folders.map(node).collect::<io::Result<_>>()?,
            image: None,
        })
    }

    /// Whether they are what they would be of a session that is made here now.
    pub(super) fn are_of(&self, place: &WorkFolders) -> io::Result<bool> {
        let now = Self::new(place)?;
        Ok(*self
            == Self {
                image: self.image.clone(),
                ..now
            })
    }

    /// The folders that the session reads and writes.
    pub(super) fn folders(&self) -> impl Iterator<Item = &PathBuf> {
        self.flow.iter().chain(&self.others)
    }

    pub(super) fn image(&self) -> Result<&Image, EngineError> {
        self.image
            .as_ref()
            .ok_or_else(|| EngineError::new("Internal", "The session has no image."))
    }
}

impl DockerFolders {
    /// `data` must be absolute and without links.
    pub(super) fn new(data: PathBuf, bases: Option<PathBuf>) -> Self {
        let bases = bases.unwrap_or_else(|| data.join("images"));
        Self {
            folders: Folders::new(data, bases),
        }
    }

    pub(super) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Tells the containers and networks of this data folder from those of others.
    pub(super) fn mark(&self) -> String {
        self.folders.short_name()
    }

    pub(super) fn sessions(&self) -> PathBuf {
        self.folders.sessions()
    }

    pub(super) fn session(&self, session: &SessionId) -> PathBuf {
        self.folders.session(session)
    }

    pub(super) fn environment(&self, environment: &EnvironmentId) -> PathBuf {
        self.folders.environment(environment)
    }

    /// Holds a session's socket and temporary files.
    pub(super) fn runtime(&self, session: &SessionId) -> PathBuf {
        self.folders.runtime(session).join("run")
    }

    /// What [`DockerFolders::runtime`] is in, when it is not the session's folder.
    pub(super) fn short_runtime(&self, session: &SessionId) -> Option<PathBuf> {
        let folder = self.folders.runtime(session);
        (folder != self.session(session)).then_some(folder)
    }

    pub(super) fn socket(&self, environment: &EnvironmentId) -> PathBuf {
        self.runtime(&environment.session)
            .join(format!("{}.sock", environment.generation))
    }

    /// What uv has fetched before, apart for every user, so that none can change what another installs.
    pub(super) fn cache(&self, user: User) -> PathBuf {
        self.folders
            .data()
            .join("uv-cache")
            .join(user.uid().to_string())
    }

    /// Where containers pass to what is below root's home.
    pub(super) fn passage(&self) -> PathBuf {
        self.folders.data().join("passage")
    }

    /// One folder per image: its base environment.
    pub(super) fn bases(&self) -> &Path {
        self.folders.bases()
    }

    /// The base environment of an image.
    pub(super) fn base(&self, image: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for part in [LOCK, image] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        self.bases().join(&hex::encode(hash.finalize())[..16])
    }

    fn facts_file(&self, session: &SessionId) -> PathBuf {
        self.session(session).join("session.json")
    }

    /// What is known of a session.
    pub(super) fn facts(&self, session: &SessionId) -> Result<Facts, EngineError> {
        let text = fs::read(self.facts_file(session))
            .map_err(|error| EngineError::io("Reading what is known of the session", &error))?;
        serde_json::from_slice(&text)
            .map_err(|error| EngineError::new("Internal", format!("session.json: {error}.")))
    }

    pub(super) fn remember(&self, session: &SessionId, facts: &Facts) -> Result<(), EngineError> {
        let write = || {
            let file = self.facts_file(session);
            let new = file.with_extension("new");
            fs::write(&new, serde_json::to_vec(facts)?)?;
            fs::rename(new, file)
        };
        write().map_err(|error: io::Error| {
            EngineError::io("Noting what is known of the session", &error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_stay_within_what_the_system_allows() {
        let session = SessionId::try_from("0123456789abcdef").unwrap();
        let environment = EnvironmentId {
            session: session.clone(),
            generation: u32::MAX,
        };
        for length in 1..200 {
            let places =
                DockerFolders::new(PathBuf::from(format!("/{}", "d".repeat(length))), None);
            let runtime = places.runtime(&session);
            // Where Python's multiprocessing listens.
            let listener = runtime.join("tmp/pymp-xxxxxxxx/listener-xxxxxxxx");
            for socket in [listener, places.socket(&environment)] {
                assert!(socket.as_os_str().len() < 108, "{}", socket.display());
            }
        }
    }
}
