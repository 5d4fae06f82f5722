//! Builds flowdeck's own base image.

use anyhow::{Context, Result, bail};
use clap::Args;
use std::{env, fs, path::PathBuf, process::Command};

use crate::{
    process,
    progress::{Step, step},
    project::Project,
};

/// The release that installs the packages; the product's own is in `crates/engines/src/process/uv.rs`.
const UV: &str = "0.13.9";
/// Where pip's own settings are handed on.
const SETTINGS: [&str; 3] = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"];
/// Files that hold what a machine trusts, by variable, then where Linux distributions have it.
const CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "PIP_CERT"];
const SYSTEM_CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

#[derive(Args)]
pub(crate) struct ImageArgs {
    /// The image to build on: one with Python 3.9 to 3.12 and its venv module
    #[arg(long, default_value = "python:3.11-slim")]
    pub(crate) from: String,
    /// The image's name
    #[arg(long, default_value = concat!("flowdeck/base:", env!("CARGO_PKG_VERSION")))]
    pub(crate) tag: String,
    /// The network that the build uses, as `docker build --network` takes it; `host` where Docker's bridge reaches nothing
    #[arg(long)]
    pub(crate) network: Option<String>,
}

/// Builds the image with the Docker daemon at `DOCKER_HOST`, or at its usual socket.
pub(crate) fn build(project: &Project, args: &ImageArgs) -> Result<()> {
    if process::find("docker").is_none() {
        bail!("there is no docker on PATH. On Debian: apt install docker.io");
    }
    step(&format!("base image {}", args.tag), |step| {
        build_with(process::command("docker"), project, step, args)
    })
}

/// Builds it with a client of some daemon.
pub(crate) fn build_with(
    mut docker: Command,
    project: &Project,
    step: &Step,
    args: &ImageArgs,
) -> Result<()> {
    let context = context(project)?;
    docker
        .args(["build", "--tag", &args.tag])
        .args(["--build-arg", &format!("FROM={}", args.from)])
        .args(["--build-arg", &format!("UV_VERSION={UV}")]);
    if let Some(network) = &args.network {
        docker.args(["--network", network]);
    }
    for name in SETTINGS.iter().filter(|name| env::var_os(name).is_some()) {
        // Without a value Docker takes it from the environment: it is in no argument list.
        docker.args(["--build-arg", name]);
    }
    docker.arg(&context);
    process::run(project, step, "image", &mut docker)?.success()?;
    fs::remove_dir_all(&context).context("cannot remove the build's folder")
}

/// The folder that Docker builds from.
fn context(project: &Project) -> Result<PathBuf> {
    let folder = project.work().join("image");
    fs::create_dir_all(&folder).context("cannot make the build's folder")?;
    let copy = |from: PathBuf, name: &str| {
        fs::copy(&from, folder.join(name))
            .with_context(|| format!("cannot copy {}", from.display()))
    };
    copy(project.path("images/base/Dockerfile"), "Dockerfile")?;
    copy(project.path("crates/engines/base/base.lock"), "base.lock")?;
    let named = CERTIFICATES.iter().find_map(env::var_os).map(PathBuf::from);
    copy(
        named.unwrap_or_else(|| SYSTEM_CERTIFICATES.into()),
        "certificates.pem",
    )?;
    Ok(folder)
}
