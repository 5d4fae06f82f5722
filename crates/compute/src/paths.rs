//! Where this crate keeps what, below the data folder; the engine's folders are its own.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use flowdeck_access::{
    disk::{entries, private_folder, remove},
    folder::{FileBeneath, Folder, ReadError},
};
use flowdeck_contract::ids::{FlowId, RunId, SessionId};
use sha2::{Digest as _, Sha256};

use crate::{error::ComputeError, owner::Owner};

/// The mode of files that the server's user alone reads.
pub(crate) const PRIVATE: u32 = 0o600;

/// The file of a run's log…
pub(crate) const RUN_LOG: &str = "log";
/// …that of its whole result, when that is too large to be shown…
pub(crate) const RUN_RESULT: &str = "result.json";
/// …that of the flow's files as it found them…
pub(crate) const RUN_FILES: &str = "files.json";
/// …and the folder of files that it made, such as pictures.
pub(crate) const RUN_OUTPUT: &str = "output";
/// The folder of pictures among a flow's runs.
const PICTURES: &str = "pictures";

/// The data folder.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    data: PathBuf,
}

impl Paths {
    /// Makes the data folder and locks it: no two servers may use it. The lock ends with its file's handle.
    pub(crate) async fn open(data: &Path) -> Result<(Self, File), ComputeError> {
        let unwritable = |source: io::Error| ComputeError::DataNotWritable {
            folder: data.display().to_string(),
            source,
        };
        fs::create_dir_all(data).map_err(unwritable)?;
        let paths = Self {
            data: data.canonicalize().map_err(unwritable)?,
        };
        let lock = File::create(paths.data.join("lock")).map_err(unwritable)?;
        if !take(&lock).await.map_err(unwritable)? {
            return Err(ComputeError::DataInUse(data.display().to_string()));
        }
        for folder in [paths.logs(), paths.own_folders(), paths.data.join("runs")] {
            private_folder(&folder).map_err(unwritable)?;
        }
        paths.clear_work().map_err(unwritable)?;
        Ok((paths, lock))
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.data.join("flowdeck.sqlite")
    }

    fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// Holds a folder for every session without a flow, with what it is made of.
    pub(crate) fn own_folders(&self) -> PathBuf {
        self.data.join("own")
    }

    /// A session's log, which stays until the flow's next session.
    pub(crate) fn session_log(&self, session: &SessionId) -> PathBuf {
        self.logs().join(format!("{session}.log"))
    }

    /// The logs of all sessions.
    pub(crate) fn session_logs(&self) -> io::Result<Vec<(SessionId, PathBuf)>> {
        let paths = entries(&self.logs())?;
        Ok(paths
            .into_iter()
            .filter_map(|path| {
                Some((
                    SessionId::try_from(path.file_stem()?.to_str()?).ok()?,
                    path.clone(),
                ))
            })
            .collect())
    }

    /// What a run leaves: its log, its files.
    pub(crate) fn run(&self, flow: &FlowId, run: &RunId) -> PathBuf {
        self.runs(flow).join(run.as_str())
    }

    /// A file of what a run leaves, by its name.
    pub(crate) fn run_file(&self, flow: &FlowId, run: &RunId, name: &str) -> FileBeneath {
        FileBeneath::new(self.runs(flow), Path::new(run.as_str()).join(name))
    }

    /// Files that a run made, such as pictures.
    pub(crate) fn run_output(&self, flow: &FlowId, run: &RunId) -> PathBuf {
        self.run(flow, run).join(RUN_OUTPUT)
    }

    /// Holds the pictures that people gave to a flow's inputs: among its runs, where its session sees them.
    pub(crate) fn pictures(&self, flow: &FlowId) -> PathBuf {
        self.runs(flow).join(PICTURES)
    }

    /// Holds what a flow's runs leave.
    pub(crate) fn runs(&self, flow: &FlowId) -> PathBuf {
        self.data.join("runs").join(one_folder(flow))
    }

    /// What a flow's runs leave, opened: the flow's session writes there as well, and through this nothing beyond is
    /// reached, whatever links it makes.
    pub(crate) fn runs_opened(&self, flow: &FlowId) -> Result<Folder, ReadError> {
        Folder::open(&self.runs(flow))
    }

    /// What a run leaves, as [`Paths::runs_opened`].
    pub(crate) fn run_opened(&self, flow: &FlowId, run: &RunId) -> Result<Folder, ReadError> {
        self.runs_opened(flow)?.folder(run.as_str())
    }

    /// The same, with a folder for the files that the run will make.
    pub(crate) fn run_made(&self, flow: &FlowId, run: &RunId) -> Result<Folder, ReadError> {
        fs::create_dir_all(self.runs(flow))?;
        let folder = self.runs_opened(flow)?.make(run.as_str())?;
        folder.make(RUN_OUTPUT)?;
        Ok(folder)
    }

    /// A file of at most `limit` bytes that a run made, by its name.
    pub(crate) fn read_output(
        &self,
        flow: &FlowId,
        run: &RunId,
        name: &str,
        limit: u64,
    ) -> Result<Vec<u8>, ReadError> {
        let output = self.run_opened(flow, run)?.folder(RUN_OUTPUT)?;
        output.read(name, limit)
    }

    /// The pictures that people gave to a flow's inputs, as [`Paths::runs_opened`].
    pub(crate) fn pictures_opened(&self, flow: &FlowId) -> Result<Folder, ReadError> {
        self.runs_opened(flow)?.folder(PICTURES)
    }

    /// The same, where pictures can be put.
    pub(crate) fn pictures_made(&self, flow: &FlowId) -> Result<Folder, ReadError> {
        fs::create_dir_all(self.runs(flow))?;
        self.runs_opened(flow)?.make(PICTURES)
    }

    /// Holds an owner's folders for passing copies; it stays, for containers see into it.
    pub(crate) fn works(&self, owner: &Owner) -> PathBuf {
        let (kind, name) = match owner {
            Owner::Flow(flow) => ("flows", one_folder(flow)),
            Owner::Nobody(session) => ("own", session.to_string()),
        };
        self.data.join("work").join(kind).join(name)
    }

    /// A folder for passing copies, gone with the next start of the server at the latest.
    pub(crate) fn work(&self, owner: &Owner, name: &str) -> PathBuf {
        self.works(owner).join(name)
    }

    fn clear_work(&self) -> io::Result<()> {
        for kind in entries(&self.data.join("work"))? {
            for owner in entries(&kind)? {
                for copy in entries(&owner)? {
                    remove(&copy)?;
                }
            }
        }
        Ok(())
    }
}

/// Takes the lock, unless somebody holds it for long. A server that ends holds it a moment longer, and so does a
/// process that a server has started, until it has become its program.
async fn take(lock: &File) -> io::Result<bool> {
    const PATIENCE: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_millis(20);
    let start = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => return Ok(false),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The name of the one folder that a flow has among all flows' here. A flow deeper down gets a name that starts with a
/// dot, which no flow's own name does, so that no folder of one flow is in another's.
fn one_folder(flow: &FlowId) -> String {
    if flow.is_at_top() {
        return flow.as_str().to_owned();
    }
    let hash = Sha256::digest(flow.as_str());
    format!(".{}", hex::encode(&hash[..16]))
}
