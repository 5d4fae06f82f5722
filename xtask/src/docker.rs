//! A Docker daemon for tests and benchmarks of the Docker engine, with a Debian system to make images from: nothing is
//! pulled.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    image::{self, ImageArgs},
    process,
    progress::Step,
    project::Project,
};

/// The variables that tests read.
const HOST: &str = "FLOWDECK_TEST_DOCKER";
const ROOT: &str = "FLOWDECK_TEST_ROOT";
const IMAGE: &str = "FLOWDECK_TEST_IMAGE";
/// The Debian system, as an image.
const PLAIN: &str = "flowdeck-test/plain:1";
/// The base image on it.
const BASE: &str = "flowdeck-test/base:1";
const PATIENCE: Duration = Duration::from_secs(60);
/// A Python and what it needs to fetch packages; the image's name is not in it.
const PACKAGES: &str = "python3-minimal,python3,python3-venv,ca-certificates";

/// A daemon that ends, with all that it has, when this is dropped.
pub(crate) struct Daemon {
    process: Child,
    folder: PathBuf,
    root: PathBuf,
}

impl Daemon {
    /// What it says goes to `target/xtask/logs/<log_name>.log`.
    pub(crate) fn start(project: &Project, step: &Step, log_name: &str) -> Result<Self> {
        let cache = project.cache.join("test-data/docker");
        fs::create_dir_all(&cache).context("cannot make the folder of test images")?;
        let root = cache.join("debian.tar");
        if !root.exists() {
            make_root(project, step, &cache, &root)?;
        }
        let folder = PathBuf::from(format!("/var/tmp/flowdeck-docker-{}", std::process::id()));
        fs::create_dir_all(&folder).context("cannot make the daemon's folder")?;
        step.says("starting dockerd");
        let (path, log) = process::new_log(project, log_name)?;
        let process = Command::new("dockerd")
            .arg("--data-root")
            .arg(folder.join("data"))
            .arg("--exec-root")
            .arg(folder.join("exec"))
            .arg("--pidfile")
            .arg(folder.join("pid"))
            .args(["--host", &host(&folder)])
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("cannot write dockerd's log")?)
            .stderr(log)
            .spawn()
            .context("cannot start dockerd")?;
        let mut daemon = Self {
            process,
            folder,
            root,
        };
        daemon.wait(&path)?;
        Ok(daemon)
    }

    fn wait(&mut self, log: &Path) -> Result<()> {
        let began = Instant::now();
        loop {
            let mut asked = process::command("docker");
            asked.args(["-H", &host(&self.folder), "version"]);
            if process::capture(&mut asked).is_ok() {
                return Ok(());
            }
            let ended = self.process.try_wait().context("cannot look at dockerd")?;
            if ended.is_some() || began.elapsed() > PATIENCE {
                bail!("dockerd did not start; {} says why", log.display());
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Builds the product's base image, on a Debian system, for tests that take one as it is; tells them its name.
    pub(crate) fn make_base_image(&self, project: &Project, step: &Step) -> Result<()> {
        step.says("importing a Debian system");
        process::capture(self.client().arg("import").arg(&self.root).arg(PLAIN))?;
        step.says("building the base image");
        let args = ImageArgs {
            from: PLAIN.to_owned(),
            tag: BASE.to_owned(),
            // Another daemon on this machine that starts or ends can take the bridge that builds use by default.
            network: Some("host".to_owned()),
        };
        image::build_with(self.client(), project, step, &args)
    }

    /// Containers on the machine's own network leave a mount, and what mounted a container's layers can outlive the daemon by a
    /// moment.
    fn remove_folder(&self) -> std::io::Result<()> {
        let network = self.folder.join("exec/netns/default");
        if network.exists() {
            drop(Command::new("umount").arg(&network).status());
        }
        let began = Instant::now();
        loop {
            match fs::remove_dir_all(&self.folder) {
                Err(error)
                    if error.kind() == std::io::ErrorKind::ResourceBusy
                        && began.elapsed() < Duration::from_secs(10) =>
                {
                    thread::sleep(Duration::from_millis(200));
                }
                ended => return ended,
            }
        }
    }

    fn client(&self) -> Command {
        let mut docker = process::command("docker");
        docker
            .args(["-H", &host(&self.folder)])
            .env("DOCKER_BUILDKIT", "0");
        docker
    }

    /// Tells tests where it is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env(HOST, host(&self.folder))
            .env(ROOT, &self.root)
            .env(IMAGE, BASE);
    }
}

fn host(folder: &Path) -> String {
    format!("unix://{}/docker.sock", folder.display())
}

fn make_root(project: &Project, step: &Step, cache: &Path, root: &Path) -> Result<()> {
    let folder = cache.join("debian.new");
    let new = cache.join("debian.tar.new");
    step.says("making a Debian system for test images (some minutes, once)");
    let remove = || match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    remove().context("cannot remove an unfinished Debian system")?;
    let mut debootstrap = process::command("debootstrap");
    debootstrap
        .args([
            "--variant=minbase",
            &format!("--include={PACKAGES}"),
            "bookworm",
        ])
        .arg(&folder);
    process::run(project, step, "test-debootstrap", &mut debootstrap)?.success()?;
    let mut tar = process::command("tar");
    tar.arg("-C").arg(&folder).args([
        "--exclude=./var/cache/apt/archives/*.deb",
        "--exclude=./var/lib/apt/lists/*",
        "-cf",
    ]);
    tar.arg(&new).arg(".");
    process::run(project, step, "test-debootstrap-tar", &mut tar)?.success()?;
    remove().context("cannot remove the Debian system")?;
    fs::rename(new, root).context("cannot keep the Debian system")
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let pid = self.process.id().to_string();
        drop(Command::new("kill").arg(&pid).status());
        drop(self.process.wait());
        if let Err(error) = self.remove_folder() {
            eprintln!("{}: {error}", self.folder.display());
        }
    }
}
