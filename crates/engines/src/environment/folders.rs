//! Where an engine keeps what, below its data folder. Commands and containers see everything at the paths that it has
//! here.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use flowdeck_access::{
    disk::{entries, remove_all},
    id,
};
use flowdeck_contract::ids::SessionId;
use sha2::{Digest as _, Sha256};

use super::{at_work::AtWork, base::LOCK, bytecode};
use crate::{
    engine::{Downloads, EngineError, EnvironmentId},
    user::User,
};

/// A Unix socket's path has 107 bytes; Python's multiprocessing puts `/tmp/pymp-xxxxxxxx/listener-xxxxxxxx` below the
/// runtime folder and listens there. The Docker engine gives its containers a folder `run` within that one.
const LONGEST_RUNTIME_FOLDER: usize = 107 - "/run/tmp/pymp-xxxxxxxx/listener-xxxxxxxx".len();

/// Before the generation in the name of an environment's folder.
const ENVIRONMENT: &str = "env-";
/// Before the random part in the name of a folder for private feeds.
const FEEDS: &str = "feeds-";
const DOWNLOADS: &str = "downloads";

/// The folders of one data folder.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    data: PathBuf,
    bases: PathBuf,
    /// The folder of a session's runtime within the one that is made for it; that one itself when it is `None`.
    runtimes_in: Option<&'static str>,
    at_work: AtWork,
}

impl Folders {
    /// `data` must be absolute and without links.
    pub(crate) fn new(data: PathBuf, bases: PathBuf) -> Self {
        Self {
            data,
            bases,
            runtimes_in: None,
            at_work: AtWork::default(),
        }
    }

    /// Runtimes get a folder of this name for themselves, beside which a session has what they are not to see.
    pub(crate) fn with_runtimes_in(self, name: &'static str) -> Self {
        Self {
            runtimes_in: Some(name),
            ..self
        }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// One folder per base environment.
    pub(crate) fn bases(&self) -> &Path {
        &self.bases
    }

    /// The base environment that these parts decide, beside the lock.
    pub(crate) fn base<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> PathBuf {
        let mut hash = Sha256::new();
        for part in [LOCK].into_iter().chain(parts) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        self.bases.join(&hex::encode(hash.finalize())[..16])
    }

    /// What uv has fetched before, apart for every user, so that none can change what another installs.
    pub(crate) fn cache(&self, user: User) -> PathBuf {
        self.data.join("uv-cache").join(user.uid().to_string())
    }

    /// Where containers pass to what is below root's home.
    pub(crate) fn passage(&self) -> PathBuf {
        self.data.join("passage")
    }

    /// Tools that were not on the machine.
    pub(crate) fn tools(&self) -> PathBuf {
        self.data.join("tools")
    }

    /// One folder per environment that is kept.
    pub(crate) fn kept(&self) -> PathBuf {
        self.data.join("kept")
    }

    /// One folder per session.
    pub(crate) fn sessions(&self) -> PathBuf {
        self.data.join("sessions")
    }

    /// The sessions that have folders.
    pub(crate) fn all_sessions(&self) -> Result<Vec<SessionId>, EngineError> {
        let list = || -> io::Result<Vec<PathBuf>> {
            let mut folders = entries(&self.sessions())?;
            folders.extend(entries(&self.short_runtimes())?);
            Ok(folders)
        };
        let folders =
            list().map_err(|error| EngineError::io("Looking for sessions' folders", &error))?;
        let ids = folders
            .iter()
            .filter_map(|folder| SessionId::try_from(folder.file_name()?.to_str()?).ok());
        Ok(ids.collect())
    }

    pub(crate) fn session(&self, session: &SessionId) -> PathBuf {
        self.sessions().join(session.as_str())
    }

    pub(crate) fn environment(&self, environment: &EnvironmentId) -> PathBuf {
        self.session(&environment.session)
            .join(format!("{ENVIRONMENT}{}", environment.generation))
    }

    /// Holds what an install of a session fetches; `None` for where uv keeps what all fetch.
    pub(crate) fn downloads(&self, session: &SessionId, downloads: Downloads) -> Option<PathBuf> {
        match downloads {
            Downloads::Kept => None,
            Downloads::Anew => Some(self.session(session).join(DOWNLOADS)),
        }
    }

    /// A new folder for what one install needs to come to its private feeds.
    pub(crate) fn feeds(&self, session: &SessionId) -> PathBuf {
        self.session(session)
            .join(format!("{FEEDS}{}", id::token()))
    }

    /// Holds a session's socket and temporary files.
    pub(crate) fn runtime(&self, session: &SessionId) -> PathBuf {
        let around = self.around_runtime(session);
        match self.runtimes_in {
            Some(name) => around.join(name),
            None => around,
        }
    }

    /// The session's folder, or a short one when that is too long.
    fn around_runtime(&self, session: &SessionId) -> PathBuf {
        let folder = self.session(session);
        if folder.as_os_str().len() <= LONGEST_RUNTIME_FOLDER {
            return folder;
        }
        self.short_runtimes().join(session.as_str())
    }

    /// Where runtime folders are when the data folder's path is long; its name follows from the data folder's.
    fn short_runtimes(&self) -> PathBuf {
        std::env::temp_dir().join(self.short_name())
    }

    /// Tells the processes, containers and groups of this data folder from those of others.
    pub(crate) fn short_name(&self) -> String {
        let hash = hex::encode(Sha256::digest(self.data.as_os_str().as_encoded_bytes()));
        format!("flowdeck-{}", &hash[..12])
    }

    /// Where a session's executor listens.
    pub(crate) fn socket(&self, environment: &EnvironmentId) -> PathBuf {
        self.runtime(&environment.session)
            .join(format!("{}.sock", environment.generation))
    }

    /// Does `work` in a session's folder, in a thread of its own: nothing of the folder is removed before that has
    /// ended, also when nobody waits for it any more.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        session: &SessionId,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.at_work.on(session, work).await
    }

    /// Gives the environments of a session the bytecode that their base has got since; `user` is whose they are.
    pub(crate) async fn add_bytecode(
        &self,
        session: &SessionId,
        base: PathBuf,
        user: Option<User>,
    ) -> Result<(), EngineError> {
        let folder = self.session(session);
        if !folder.exists() {
            return Ok(());
        }
        let add = move || {
            for environment in entries(&folder)?
                .into_iter()
                .filter(|path| is_environment(path))
            {
                bytecode::add(&base, &environment)?;
                user.map_or(Ok(()), |user| user.own_folders(&environment))?;
            }
            Ok(())
        };
        let added = self.work(session, add).await;
        added.map_err(|error| EngineError::io("Completing the session's environment", &error))
    }

    /// Removes an environment.
    pub(crate) async fn remove_environment(
        &self,
        environment: &EnvironmentId,
    ) -> Result<(), EngineError> {
        let _settled = self.at_work.settled(&environment.session).await;
        remove_all(
            vec![self.environment(environment)],
            "Removing an environment",
        )
        .await
    }

    /// Removes a session's folder, and the folder of its runtime where that is another one.
    pub(crate) async fn remove_session(&self, session: &SessionId) -> Result<(), EngineError> {
        let settled = self.at_work.settled(session).await;
        let folders = vec![self.around_runtime(session), self.session(session)];
        remove_all(folders, "Removing the session's folder").await?;
        drop(settled);
        self.at_work.forget(session);
        // Goes with the last of them; it is not there when paths are short.
        match fs::remove_dir(self.short_runtimes()) {
            Err(error)
                if !matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty
                ) =>
            {
                Err(EngineError::io("Removing the runtimes' folder", &error))
            }
            _ => Ok(()),
        }
    }

    /// Removes every environment of a session but those of these generations, and what installs that were cut off
    /// left.
    pub(crate) async fn tidy(
        &self,
        session: &SessionId,
        generations: &[u32],
    ) -> Result<(), EngineError> {
        let _settled = self.at_work.settled(session).await;
        let session = self.session(session);
        let is_other = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default();
            let generation = name.strip_prefix(ENVIRONMENT);
            let is_kept = |generation: &str| {
                generations
                    .iter()
                    .any(|kept| kept.to_string() == generation)
            };
            generation.is_some_and(|generation| !is_kept(generation))
                || name.starts_with(FEEDS)
                || name == DOWNLOADS
        };
        let found = entries(&session)
            .map_err(|error| EngineError::io("Looking for environments", &error))?;
        let others = found.into_iter().filter(is_other);
        remove_all(others.collect(), "Removing an environment").await
    }
}

fn is_environment(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with(ENVIRONMENT))
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
            let data = PathBuf::from(format!("/{}", "d".repeat(length)));
            let folders = Folders::new(data.clone(), data);
            for folders in [folders.clone(), folders.with_runtimes_in("run")] {
                // Where Python's multiprocessing listens.
                let listener = "tmp/pymp-xxxxxxxx/listener-xxxxxxxx";
                let listener = folders.runtime(&session).join(listener);
                for socket in [listener, folders.socket(&environment)] {
                    assert!(socket.as_os_str().len() < 108, "{}", socket.display());
                }
            }
        }
    }

    #[tokio::test]
    async fn what_an_install_left_goes_and_the_session_s_own_stays() {
        let root = tempfile::tempdir().unwrap();
        let folders = Folders::new(root.path().to_owned(), root.path().join("base"));
        let session = SessionId::try_from("one").unwrap();
        let own = folders.session(&session);
        let downloads = folders.downloads(&session, Downloads::Anew).unwrap();
        let feeds = folders.feeds(&session);
        let kept = ["env-1", "tmp", "1.sock"].map(|name| own.join(name));
        let gone = [own.join("env-0"), own.join("env-11"), downloads, feeds];
        for folder in kept.iter().chain(&gone) {
            fs::create_dir_all(folder).unwrap();
        }
        folders.tidy(&session, &[1]).await.unwrap();
        assert!(kept.iter().all(|folder| folder.exists()));
        assert!(!gone.iter().any(|folder| folder.exists()));
    }
}
