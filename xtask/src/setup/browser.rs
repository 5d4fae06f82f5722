//! Chromium and its driver, for tests alone.

use anyhow::{Context, Result};
use std::path::PathBuf;

use super::{Part, debian};
use crate::{process, progress::Step, project::Project};

pub(crate) struct Browser;

impl Browser {
    pub(crate) fn program() -> Result<PathBuf> {
        ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find_map(process::find)
            .context("no Chromium on PATH: install it, on Debian with `apt-get install chromium`")
    }

    pub(crate) fn driver() -> Result<PathBuf> {
        process::find("chromedriver").context(
            "no chromedriver on PATH: install it, on Debian with `apt-get install chromium-driver`",
        )
    }
}

impl Part for Browser {
    fn title(&self) -> String {
        "Chromium and its driver".to_owned()
    }

    fn is_ready(&self) -> bool {
        Self::program().is_ok() && Self::driver().is_ok()
    }

    fn install(&self, project: &Project, step: &Step) -> Result<()> {
        debian::install(
            project,
            step,
            &["chromium", "chromium-driver", "fonts-dejavu-core"],
        )
    }
}
