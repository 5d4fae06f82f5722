//! What an engine does for environments: it says where they are, and runs commands on them.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use flowdeck_access::feeds::{FeedEndpoint, Forwarder};
use flowdeck_contract::{ids::SessionId, session::InstalledPackage};
use pep508_rs::MarkerEnvironment;

use super::{EngineError, OutputSink, Running, Variables, running};
use crate::{
    environment::{folders::Folders, kept::Kept},
    install::prepared::Prepared,
    log::LogFile,
    user::User,
};

/// Runs commands where sessions have their environments. Whoever implements it has
/// [`Environments`](super::Environments) as well.
#[async_trait]
pub(crate) trait Commands: Send + Sync {
    /// What its environments have in common.
    fn shelf(&self) -> &Shelf;

    /// Where the environments of a session are, and how uv is used there. What has to be fetched for that is written to
    /// the log.
    async fn workspace(
        &self,
        session: &SessionId,
        log: Option<&LogFile>,
    ) -> Result<Workspace, EngineError>;

    /// What is known of the base of a session's environments.
    async fn about_base(&self, session: &SessionId) -> Result<AboutBase, EngineError>;

    /// Begins a command, within what its session may use. What has to be fetched for that is written to the log.
    ///
    /// # Errors
    /// When it could not be begun.
    async fn begin<'a>(
        &'a self,
        command: &'a Command<'a>,
        log: Option<&LogFile>,
    ) -> Result<Box<dyn Running + 'a>, EngineError>;

    /// Runs a command to its end. It is ended when nobody waits for it any more.
    ///
    /// # Errors
    /// When it could not be begun or followed. A command that fails or is ended isn't an error here.
    async fn run(&self, command: &Command<'_>, follow: Follow<'_>) -> Result<Output, EngineError> {
        let mut running = self.begin(command, follow.log).await?;
        follow.to_end(&mut *running).await
    }
}

/// What all environments of an engine share.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// Where sessions have theirs.
    pub(crate) folders: Folders,
    /// Those that are kept for later starts.
    pub(crate) kept: Kept,
    /// Opens private feeds for installs.
    pub(crate) forwarder: Forwarder,
}

/// Where the environments of a session are, and how uv is used there.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// uv, by the path that the session's commands see.
    pub(crate) uv: PathBuf,
    /// The arguments that tell uv where its settings are.
    pub(crate) configuration: Vec<String>,
    /// What the machine's settings tell uv: they decide what an install brings.
    pub(crate) settings: Variables,
    /// The base environment, which environments are made from.
    pub(crate) base: PathBuf,
    /// The base's Python, for people to read.
    pub(crate) python: String,
    /// The user that environments belong to; `None` for the server's own.
    pub(crate) user: Option<User>,
    /// How a command comes to private feeds.
    pub(crate) endpoint: FeedEndpoint,
    /// Whether environments show packages that are in none of their own folders.
    pub(crate) shows_through: bool,
    /// Whether it takes longer to run a command than to use a kept environment.
    pub(crate) is_slow: bool,
}

/// What is known of a base.
#[derive(Clone, Debug)]
pub(crate) struct AboutBase {
    /// What it is called.
    pub(crate) name: String,
    /// Its packages, by name.
    pub(crate) packages: Vec<InstalledPackage>,
    /// What the conditions of requirements are evaluated against.
    pub(crate) markers: MarkerEnvironment,
}

/// A command of a session's. It sees the folders that the session works in and those that are given here.
#[derive(Clone, Debug)]
pub(crate) struct Command<'a> {
    pub(crate) session: &'a SessionId,
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// Where it runs.
    pub(crate) folder: &'a Path,
    /// The environment that it works on.
    pub(crate) environment: &'a Path,
    /// Whether it may change that environment.
    pub(crate) writes: bool,
    /// Where uv keeps what it fetches for this command; `None` for where it keeps what all fetch.
    pub(crate) downloads: Option<&'a Path>,
    /// The requirements files that it reads, with what opens their private feeds.
    pub(crate) prepared: &'a Prepared,
}

/// Where the lines that a command prints go.
#[derive(Clone, Copy)]
pub(crate) struct Follow<'a> {
    pub(crate) log: Option<&'a LogFile>,
    pub(crate) sink: OutputSink<'a>,
    /// What is passed on and kept of a line.
    pub(crate) shown: &'a (dyn Fn(&str) -> String + Send + Sync),
}

impl Follow<'_> {
    /// Nobody but who waits for the end.
    pub(crate) fn nobody() -> Self {
        Self {
            log: None,
            sink: &|_| {},
            shown: &str::to_owned,
        }
    }

    /// Follows a command to its end.
    ///
    /// # Errors
    /// When it can't be followed any more.
    pub(crate) async fn to_end(self, running: &mut dyn Running) -> Result<Output, EngineError> {
        running::to_end(running, self).await
    }

    /// Passes a line on; gives what is to be kept of it.
    pub(super) fn pass_on(&self, line: &str) -> String {
        let line = (self.shown)(line);
        if let Some(log) = self.log {
            log.line(&line);
        }
        (self.sink)(&line);
        line
    }
}

/// How a command ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) end: End,
    /// The first lines; more than some thousands are in the log alone.
    pub(crate) lines: Vec<String>,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It did what it was to do.
    Success,
    /// It said that it could not.
    Failure,
    /// It was ended, for this reason. The code that a process ends with does not tell.
    Ended(EngineError),
}

impl Output {
    pub(crate) fn succeeded(&self) -> bool {
        self.end == End::Success
    }
}
