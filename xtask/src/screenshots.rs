//! The pictures of the documentation: the product in Chromium, with real sessions.

use anyhow::{Context, Result, bail};
use std::fs;

use crate::{
    build::{self, Profile},
    process,
    progress::step,
    project::Project,
    setup::{self, Browser, Scope},
};

/// What all pictures in `docs/` may weigh together, in bytes: whoever clones the repository downloads them.
const MOST: u64 = 1_500_000;

/// Takes all pictures, or those of the scripts whose name contains one of `filters`, and puts them into `docs/`.
pub(crate) fn take(project: &Project, filters: &[String]) -> Result<()> {
    setup::run(project, Scope::Test)?;
    build::app(project, Profile::Release)?;
    let binary = build::server(project, Profile::Release)?;
    step("pictures of the documentation", |step| {
        let mut playwright = process::command("npm");
        playwright
            .args(["exec", "--", "playwright", "test"])
            .args(["--config", "screenshots.config.ts"])
            .args(filters)
            .current_dir(project.path("tests/e2e"))
            .env("FLOWDECK_BIN", &binary)
            .env("FLOWDECK_ASSETS", project.dist())
            .env("FLOWDECK_CHROMIUM", Browser::program()?);
        process::run(project, step, "screenshots", &mut playwright)?.success()?;
        let bytes = weight(project)?;
        if bytes > MOST {
            bail!(
                "the pictures in docs/ are {bytes} bytes together; {MOST} are the most they may be"
            );
        }
        step.note(format!("{} KB in docs/", bytes.div_ceil(1000)));
        Ok(())
    })
}

fn weight(project: &Project) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(project.path("docs")).context("cannot list docs/")? {
        let entry = entry.context("cannot list docs/")?;
        if entry.path().extension().is_some_and(|kind| kind == "png") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
