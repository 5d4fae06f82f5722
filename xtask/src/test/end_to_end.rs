//! The whole product in a browser: the app as it is shipped, before the server that the native tests have built.

use anyhow::Result;
use std::{fs, os::unix::fs::MetadataExt as _, path::PathBuf};

use super::{
    Run,
    commands::{npm, passes, path_with},
    counts::Counts,
    daemon, runner,
};
use crate::{
    build,
    docker::Daemon,
    progress::Step,
    project::Project,
    setup::{Browser, RegistryServer},
};

const PRODUCT: &str = "end-to-end tests in Chromium";
pub(super) const DOCKER: &str = "end-to-end tests of the Docker engine in Chromium";

pub(super) fn types(run: &Run<'_>) {
    run.check("types of the end-to-end tests", |step| {
        passes(
            run,
            step,
            "test-e2e-types",
            &mut npm(run, "tests/e2e", &["run", "check"]),
        )
    });
}

/// All specs; those of the Docker engine last and alone, because containers come and go with network interfaces.
/// `earlier` is the daemon of earlier steps.
pub(super) fn specs(run: &Run<'_>, is_built: bool, earlier: Option<Daemon>, arguments: &[String]) {
    if !is_built {
        run.skip(PRODUCT, "because the product was not built");
        return;
    }
    run.step(PRODUCT, |step| {
        playwright(run, step, "product", None, arguments)
    });
    if let Some(daemon) = daemon::with_base_image(run, earlier) {
        run.step(DOCKER, |step| {
            playwright(run, step, "docker", Some(&daemon), arguments)
        });
    }
}

/// Where the native tests have a base environment and uv, which take a minute to make. On another disk they are of no use:
/// what is made from them is hard links.
fn shared(project: &Project) -> Option<PathBuf> {
    let shared = project.cache.join("test-data");
    let disk = |folder: PathBuf| fs::metadata(folder).map(|found| found.dev());
    let is_here = disk(shared.clone()).ok()? == disk(project.path("target")).ok()?;
    is_here.then_some(shared)
}

/// Runs a project of Playwright's configuration.
fn playwright(
    run: &Run<'_>,
    step: &Step,
    name: &str,
    daemon: Option<&Daemon>,
    arguments: &[String],
) -> Result<Counts> {
    let report = run.project.work().join(format!("e2e-{name}.json"));
    let mut test = npm(
        run,
        "tests/e2e",
        &["exec", "--", "playwright", "test", "--reporter=list,json"],
    );
    test.arg(format!("--project={name}"))
        .args(arguments)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("FLOWDECK_BIN", build::server_for_tests(run.project))
        .env("FLOWDECK_ASSETS", run.project.dist())
        .env("FLOWDECK_CHROMIUM", Browser::program()?)
        .env("PATH", path_with(&RegistryServer::new(run.project))?);
    if let Some(shared) = shared(run.project) {
        test.env("FLOWDECK_E2E_SHARED", shared);
    }
    if !arguments.is_empty() {
        // What was asked for may all be in the other project.
        test.arg("--pass-with-no-tests");
    }
    if let Some(daemon) = daemon {
        daemon.tell(&mut test);
    }
    runner::playwright(
        run.project,
        step,
        &format!("test-e2e-{name}"),
        &mut test,
        &report,
    )
}
