//! A Docker daemon for the steps that need one.

use super::{Run, end_to_end::DOCKER};
use crate::{
    docker::Daemon,
    progress::step,
    setup::{Docker, RegistryServer},
};

/// A daemon with the product's base image; where there can be none its tests are skipped, with the reason.
pub(super) fn with_base_image(run: &Run<'_>) -> Option<Daemon> {
    if let Some(why) = RegistryServer::new(run.project).lacks() {
        run.skip(DOCKER, &why);
        return None;
    }
    let daemon = start(run, "test-e2e-dockerd")?;
    let made = step("a base image for tests", |step| {
        daemon.make_base_image(run.project, step)
    });
    made.map_err(|error| run.fail(&error)).ok()?;
    Some(daemon)
}

/// The daemon for tests; where there can be none they are skipped, with the reason.
pub(super) fn start(run: &Run<'_>, log_name: &str) -> Option<Daemon> {
    let started = match Docker::unavailable() {
        Some(reason) => Err(reason),
        None => step("a Docker daemon for tests", |step| {
            Daemon::start(run.project, step, log_name)
        })
        .map_err(|error| format!("{error:#}")),
    };
    started
        .inspect_err(|reason| run.skip("tests of the Docker engine", reason))
        .ok()
}
