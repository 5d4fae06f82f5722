//! The commands of steps.

use anyhow::Result;
use std::{env, ffi::OsString, process::Command};

use super::Run;
use crate::{process, progress::Step, setup::RegistryServer};

/// A step that is one command: it passes when the command succeeds.
pub(super) fn passes(
    run: &Run<'_>,
    step: &Step,
    log_name: &str,
    command: &mut Command,
) -> Result<()> {
    process::run(run.project, step, log_name, command)?
        .success()
        .map(drop)
}

pub(super) fn cargo(run: &Run<'_>) -> Command {
    let mut cargo = process::command("cargo");
    cargo.current_dir(&run.project.root);
    cargo
}

pub(super) fn npm(run: &Run<'_>, folder: &str, arguments: &[&str]) -> Command {
    let mut npm = process::command("npm");
    npm.args(arguments).current_dir(run.project.path(folder));
    npm
}

/// Where programs are: that of a registry after all others, so that one that is installed comes first.
pub(super) fn path_with(registry: &RegistryServer) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([registry.folder()]);
    Ok(env::join_paths(folders)?)
}
