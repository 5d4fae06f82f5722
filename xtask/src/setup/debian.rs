//! Debian packages.

use anyhow::{Context, Result, bail};
use std::{fs, path::Path};

use crate::{process, progress::Step, project::Project};

/// Installs `packages`, after fetching the package lists; names the command where this user may not.
pub(super) fn install(project: &Project, step: &Step, packages: &[&str]) -> Result<()> {
    let by_hand = format!("apt-get update && apt-get install {}", packages.join(" "));
    if process::find("apt-get").is_none() {
        bail!("this is not a Debian system: install the equivalent of `{by_hand}`");
    }
    if process::capture(process::command("id").arg("-u"))? != "0" {
        bail!("installing packages needs root. Run: sudo sh -c '{by_hand}'");
    }
    run(project, step, "setup-apt-update", &["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    run(project, step, "setup-apt-install", &arguments)
}

/// Whether packages can be installed here without asking anybody.
pub(super) fn can_install() -> bool {
    let is_root = || process::capture(process::command("id").arg("-u")).is_ok_and(|id| id == "0");
    process::find("apt-get").is_some() && is_root()
}

/// Unpacks `package` into `folder`, without what installing it would do to this machine.
pub(super) fn unpack(project: &Project, step: &Step, package: &str, folder: &Path) -> Result<()> {
    run(project, step, "setup-apt-update", &["update"])?;
    let mut download = process::command("apt-get");
    download.args(["download", package]).current_dir(folder);
    process::run(project, step, "setup-apt-download", &mut download)?.success()?;
    let mut files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let archive = files
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .with_context(|| format!("apt-get has not downloaded {package}"))?;
    let mut extract = process::command("dpkg-deb");
    extract.arg("--extract").arg(&archive).arg(folder);
    process::run(project, step, "setup-dpkg-deb", &mut extract)?.success()?;
    fs::remove_file(archive)?;
    Ok(())
}

fn run(project: &Project, step: &Step, log: &str, arguments: &[&str]) -> Result<()> {
    let mut command = process::command("apt-get");
    // Another apt-get may be at work: wait for its lock instead of failing.
    command
        .args(["-o", "DPkg::Lock::Timeout=600"])
        .args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(project, step, log, &mut command)?.success()?;
    Ok(())
}
