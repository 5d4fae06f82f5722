//! The Docker daemon of the steps that need one: the same for all of a run, with the images that it has by then.

use super::{Run, end_to_end::DOCKER};
use crate::{
    docker::Daemon,
    progress::step,
    setup::{Docker, RegistryServer},
};

/// A daemon with the product's base image, that of earlier steps where there is one; where there can be none its tests are
/// skipped, with the reason.
pub(super) fn with_base_image(run: &Run<'_>, earlier: Option<Daemon>) -> Option<Daemon> {
    if let Some(why) = RegistryServer::new(run.project).lacks() {
        run.skip(DOCKER, &why);
        return None;
    }
    let daemon = earlier.or_else(|| start(run))?;
    let made = step("a base image for tests", |step| {
        daemon.make_base_image(run.project, step)
    });
    made.map_err(|error| run.fail(&error)).ok()?;
    Some(daemon)
}

/// The daemon for tests; where there can be none they are skipped, with the reason.
pub(super) fn start(run: &Run<'_>) -> Option<Daemon> {
    let started = match Docker::unavailable() {
        Some(reason) => Err(reason),
        None => step("a Docker daemon for tests", |step| {
            Daemon::start(run.project, step, "test-dockerd")
        })
        .map_err(|error| format!("{error:#}")),
    };
    started
        .inspect_err(|reason| run.skip("tests of the Docker engine", reason))
        .ok()
}
