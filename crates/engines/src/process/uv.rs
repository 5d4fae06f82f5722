//! Finds uv, or installs it below the data folder.

use std::path::{Path, PathBuf};

use flowdeck_access::id;
use tokio::process::Command;

use super::{environment, machine::Machine};
use crate::{
    engine::EngineError,
    install::{UV_VERSION as VERSION, failure, output, preparation, python::Python},
    log::LogFile,
};

const PIP_INSTALL: [&str; 4] = ["-m", "pip", "install", "--no-input"];
/// Older ones lack options that we use.
const OLDEST: (u32, u32) = (0, 5);

/// The uv asked for, one on PATH that is new enough, or the one in the data folder, which is installed when missing.
pub(super) async fn find(
    machine: &Machine,
    chosen: Option<&Path>,
    python: &Python,
    log: &LogFile,
) -> Result<PathBuf, EngineError> {
    if let Some(path) = chosen {
        return match is_usable(path).await {
            true => Ok(path.to_owned()),
            false => Err(missing(&format!(
                "{} is not a uv of version {}.{} or later",
                path.display(),
                OLDEST.0,
                OLDEST.1
            ))),
        };
    }
    if is_usable(Path::new("uv")).await {
        return Ok(PathBuf::from("uv"));
    }
    let installed = machine.folders.tools().join(format!("uv-{VERSION}"));
    if !is_usable(&installed).await {
        install(machine, python, &installed, log).await?;
    }
    Ok(installed)
}

fn missing(why: &str) -> EngineError {
    EngineError::new("UvNotFound", format!("Sessions need uv, but {why}."))
        .with_remedy("Install uv (pip install uv), or name one with --uv.")
}

async fn is_usable(path: &Path) -> bool {
    let output = Command::new(path)
        .arg("--version")
        .kill_on_drop(true)
        .output()
        .await;
    let Ok(output) = output else { return false };
    let text = String::from_utf8_lossy(&output.stdout);
    let Some(version) = text.strip_prefix("uv ") else {
        return false;
    };
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= OLDEST
}

/// Installs uv with pip, and keeps the one file that it consists of.
async fn install(
    machine: &Machine,
    python: &Python,
    target: &Path,
    log: &LogFile,
) -> Result<(), EngineError> {
    log.line(format!("Installing uv {VERSION}"));
    let work = machine.folders.tools().join(format!("new-{}", id::token()));
    let result = async {
        tokio::fs::create_dir_all(&work)
            .await
            .map_err(|error| EngineError::io("Making the tools folder", &error))?;
        if !with_own_pip(machine, python, &work, log).await? {
            with_new_pip(machine, python, &work, log).await?;
        }
        tokio::fs::rename(work.join("bin/uv"), target)
            .await
            .map_err(|error| EngineError::io("Keeping uv", &error))
    }
    .await;
    if let Err(error) = tokio::fs::remove_dir_all(&work).await {
        tracing::debug!(%error, "no folder of uv's installation to remove");
    }
    result
}

/// With the pip that Python has: an environment with another takes three times as long. Whether that was possible;
/// why not doesn't matter, since another pip may do it.
async fn with_own_pip(
    machine: &Machine,
    python: &Python,
    work: &Path,
    log: &LogFile,
) -> Result<bool, EngineError> {
    let mut pip = tool_command(machine, &python.path)?;
    pip.args(PIP_INSTALL)
        .args(["--no-deps", "--no-compile", "--target"])
        .arg(work)
        .arg(format!("uv=={VERSION}"))
        // What people set for their own installs is not for this one.
        .envs([("PIP_USER", "0"), ("PIP_REQUIRE_VIRTUALENV", "0")]);
    let output = output::run(pip, "Installing uv", None).await?;
    let is_there = is_usable(&work.join("bin/uv")).await;
    if !is_there {
        let last = output.lines.last().map_or("", String::as_str);
        log.line(format!("Python’s own pip couldn’t install uv: {last}"));
    }
    Ok(is_there)
}

/// With a pip of its own, in an environment that is thrown away.
async fn with_new_pip(
    machine: &Machine,
    python: &Python,
    work: &Path,
    log: &LogFile,
) -> Result<(), EngineError> {
    let mut venv = tool_command(machine, &python.path)?;
    venv.args(["-m", "venv", "--clear"]).arg(work);
    step(
        venv,
        log,
        "Python's venv module is missing or broken",
        "Install it (on Debian: apt install python3-venv).",
    )
    .await?;
    let mut pip = tool_command(machine, &work.join("bin/python"))?;
    pip.args(PIP_INSTALL).arg(format!("uv=={VERSION}"));
    step(
        pip,
        log,
        "pip could not install uv",
        "Check the network, or install uv yourself and name it with --uv.",
    )
    .await
}

fn tool_command(machine: &Machine, program: &Path) -> Result<Command, EngineError> {
    Ok(environment::command(machine, program, &preparation()?))
}

async fn step(
    command: Command,
    log: &LogFile,
    what: &str,
    remedy: &str,
) -> Result<(), EngineError> {
    let output = output::run(command, what, Some(log)).await?;
    if output.status.success() {
        return Ok(());
    }
    let common = failure::of_machine(&output.lines);
    let last = output.lines.last().map_or("", String::as_str);
    Err(common.unwrap_or_else(|| missing(&format!("{what}: {last}")).with_remedy(remedy)))
}
