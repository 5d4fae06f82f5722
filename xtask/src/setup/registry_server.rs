//! A registry of container images, for tests alone: Debian's docker-registry.

use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

use super::{Part, debian};
use crate::{process, progress::Step, project::Project};

const PACKAGE: &str = "docker-registry";

/// Unpacked into the user's cache rather than installed: the package starts a service that listens to everybody.
pub(crate) struct RegistryServer {
    home: PathBuf,
}

impl RegistryServer {
    pub(crate) fn new(project: &Project) -> Self {
        let home = project.tools().join(PACKAGE);
        Self { home }
    }

    /// The folder of the program.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home.join("usr/bin")
    }

    /// Why the tests that need it are skipped, when they are.
    pub(crate) fn lacks(&self) -> Option<String> {
        let is_there = self.is_unpacked() || process::find(PACKAGE).is_some();
        let why = format!("there is no {PACKAGE}; on Debian: apt-get install {PACKAGE}");
        (!is_there).then_some(why)
    }

    fn is_unpacked(&self) -> bool {
        self.folder().join(PACKAGE).is_file()
    }
}

impl Part for RegistryServer {
    fn title(&self) -> String {
        "a registry of container images".to_owned()
    }

    /// Where it cannot be set up, its tests are skipped by name.
    fn is_ready(&self) -> bool {
        self.lacks().is_none() || !debian::can_install()
    }

    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        // Renamed into place when it is whole.
        let part = self.home.with_extension("part");
        let _ = fs::remove_dir_all(&part);
        fs::create_dir_all(&part)
            .with_context(|| format!("cannot make the folder {}", part.display()))?;
        debian::unpack(project, step, PACKAGE, &part)?;
        fs::rename(&part, &self.home)
            .with_context(|| format!("cannot make the folder {}", self.home.display()))
    }
}
