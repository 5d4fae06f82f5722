//! Debian packages.

use anyhow::{Result, bail};

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
