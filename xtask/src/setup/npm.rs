//! What a package.json of the checkout asks for, exactly as its lock file has it.

use anyhow::{Context, Result};
use std::{fs, path::PathBuf};

use super::Part;
use crate::{digest::short_hash, process, progress::Step, project::Project, stamp::Stamp};

pub(super) struct NpmFolder {
    folder: PathBuf,
    name: &'static str,
}

impl NpmFolder {
    pub(super) fn new(project: &Project, name: &'static str) -> Self {
        Self {
            folder: project.path(name),
            name,
        }
    }

    /// Stands inside `node_modules`: whoever removes that folder removes the stamp.
    fn stamp(&self) -> Result<Stamp> {
        let lock = self.folder.join("package-lock.json");
        let content = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        Ok(Stamp::new(
            self.folder.join("node_modules/.flowdeck-stamp"),
            short_hash(&content),
        ))
    }
}

impl Part for NpmFolder {
    fn title(&self) -> String {
        format!("the npm packages of {}", self.name)
    }

    fn is_ready(&self) -> bool {
        self.stamp().is_ok_and(|stamp| stamp.is_current())
    }

    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        let stamp = self.stamp()?;
        let mut npm = process::command("npm");
        npm.args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&self.folder)
            // The browser is the system's; Playwright need not bring three of its own.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        let log = format!("setup-npm-{}", self.name.replace('/', "-"));
        process::run(project, step, &log, &mut npm)?.success()?;
        stamp.write()
    }
}
