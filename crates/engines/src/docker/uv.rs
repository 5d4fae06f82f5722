//! uv as every image can run it: one file without dependencies, which containers see and cannot change.

use std::path::{Path, PathBuf};

use flowdeck_access::id;
use tokio::process::Command;

use crate::{
    engine::EngineError,
    environment::folders::Folders,
    install::{UV_VERSION as VERSION, given::Purpose, marks::marked, output, preparation, python},
    log::LogFile,
};

/// The file of the release; fetched with pip when it is not there yet.
pub(super) async fn find(folders: &Folders, log: &LogFile) -> Result<PathBuf, EngineError> {
    let uv = folders.tools().join(format!("uv-static-{VERSION}"));
    if !uv.exists() {
        fetch(folders, &uv, log).await?;
    }
    Ok(uv)
}

async fn fetch(folders: &Folders, target: &Path, log: &LogFile) -> Result<(), EngineError> {
    log.line(format!("Fetching uv {VERSION} for containers"));
    let python = python::find(None).await?;
    let work = folders.tools().join(format!("new-{}", id::token()));
    let fetched = async {
        tokio::fs::create_dir_all(&work)
            .await
            .map_err(|error| EngineError::io("Making the tools folder", &error))?;
        let mut pip = command(folders, &python.path)?;
        pip.args([
            "-m",
            "pip",
            "download",
            "--no-input",
            "--no-deps",
            "--only-binary=:all:",
        ])
        .arg("--platform")
        .arg(format!("musllinux_1_1_{}", std::env::consts::ARCH))
        .arg("--dest")
        .arg(&work)
        .arg(format!("uv=={VERSION}"));
        step(pip, log).await?;
        let wheel = std::fs::read_dir(&work)
            .ok()
            .and_then(|mut entries| entries.next()?.ok())
            .ok_or_else(|| missing("pip left nothing"))?;
        let mut unpack = command(folders, &python.path)?;
        unpack
            .args(["-m", "zipfile", "-e"])
            .arg(wheel.path())
            .arg(&work);
        step(unpack, log).await?;
        keep(&work.join(format!("uv-{VERSION}.data/scripts/uv")), target)
            .map_err(|error| EngineError::io("Keeping uv", &error))
    }
    .await;
    if let Err(error) = tokio::fs::remove_dir_all(&work).await {
        tracing::debug!(%error, "no folder of uv's fetching to remove");
    }
    fetched
}

/// One of what prepares shared things.
fn command(folders: &Folders, program: &Path) -> Result<Command, EngineError> {
    let command = Command::new(program);
    Ok(marked(
        command,
        folders.data(),
        &preparation()?,
        &[],
        Purpose::Install,
    ))
}

fn keep(file: &Path, target: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))?;
    std::fs::rename(file, target)
}

async fn step(command: Command, log: &LogFile) -> Result<(), EngineError> {
    let output = output::run(command, "Fetching uv", Some(log)).await?;
    if output.status.success() {
        return Ok(());
    }
    Err(missing(output.lines.last().map_or("", String::as_str)))
}

fn missing(why: &str) -> EngineError {
    EngineError::new(
        "UvNotFound",
        format!("Sessions need uv, which couldn’t be downloaded: {why}."),
    )
    .with_remedy("Check the network, and that python3 -m pip works for the server’s user.")
}
