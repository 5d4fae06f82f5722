//! A session's environments: what is installed into them, and what is in them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use flowdeck_access::{feeds::FeedAccess, folder::Folder, requirements::RequirementSet};
use flowdeck_contract::{Millis, ids::SessionId, session::InstalledPackage};
use pep508_rs::MarkerEnvironment;
use serde::{Deserialize, Serialize};

use crate::engine::EngineError;

/// One of a session's environments: an install makes a new one beside the old.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnvironmentId {
    /// The session.
    pub session: SessionId,
    /// Counts a session's environments from 0.
    pub generation: u32,
}

/// A requirements file to install.
#[derive(Clone, Debug)]
pub struct Requirements {
    /// The flow folder, in which the install runs: relative lines mean it.
    pub folder: PathBuf,
    /// The file, relative to the folder.
    pub file: String,
    /// With what its private feeds are opened.
    pub feeds: FeedAccess,
    /// What is used of earlier installs.
    pub downloads: Downloads,
    /// What the file and all that it includes said when it was read.
    pub set: Arc<RequirementSet>,
    /// What it said of the runtime's packages, where the base's versions are kept instead.
    pub passed_over: Option<Arc<RequirementSet>>,
}

impl Requirements {
    /// Reads the requirements file `file` in `folder`, with all that it includes.
    ///
    /// # Errors
    /// When one of the files can't be read.
    pub fn read(folder: &Path, file: &str) -> Result<Self, EngineError> {
        Ok(Self::of(folder, file, RequirementSet::read(folder, file)?))
    }

    /// The same in a folder that is held open, which a session may have moved meanwhile. `folder` is where it was.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_opened(opened: Folder, folder: &Path, file: &str) -> Result<Self, EngineError> {
        let set = RequirementSet::read_opened(opened, folder, file)?;
        Ok(Self::of(folder, file, set))
    }

    fn of(folder: &Path, file: &str, set: RequirementSet) -> Self {
        Self {
            folder: folder.to_owned(),
            file: file.to_owned(),
            feeds: FeedAccess::default(),
            downloads: Downloads::default(),
            set: Arc::new(set),
            passed_over: None,
        }
    }

    /// The same without the versions that it gives packages of prompt flow's runtime.
    #[must_use]
    pub fn keeping_base(self) -> Self {
        match self.set.keeping_base() {
            None => self,
            Some(set) => Self {
                passed_over: Some(Arc::clone(&self.set)),
                set: Arc::new(set),
                ..self
            },
        }
    }
}

/// Whether an install uses what earlier ones fetched and built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downloads {
    /// What uv keeps, where it is still what the index has.
    #[default]
    Kept,
    /// Nothing: everything is fetched and rebuilt.
    Anew,
}

/// What a dry run starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRunStart {
    /// The base, as an install does.
    Base,
    /// The environment as it is.
    Environment,
}

/// What is in an environment, and what it was made from.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// What the base is called.
    pub base_name: String,
    /// The packages of the base, by name.
    pub base: Vec<InstalledPackage>,
    /// The packages of the environment, by name.
    pub packages: Vec<PackageFacts>,
    /// What the conditions of requirements are evaluated against.
    pub markers: MarkerEnvironment,
}

/// A package as its metadata describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// Its normalised name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it needs: the values of its `Requires-Dist`, as they stand there.
    pub requires: Vec<String>,
    /// Where it was installed from, when not from an index by its name.
    pub location: Option<String>,
    /// Whether it came, or came to this version, after the last install.
    pub by_hand: bool,
}

/// An environment that was made of a kept one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptEnvironment {
    /// When the kept one was installed.
    pub built: Millis,
    /// How long that took.
    pub took: Duration,
}
