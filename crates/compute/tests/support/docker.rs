//! A Docker daemon and images for tests: those that `cargo xtask test` started and made, told by the environment.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{Arc, Mutex, Once, PoisonError},
    time::Duration,
};

use flowdeck_compute::docker::{DockerEngine, DockerOptions};

use super::{Home, skipped::skipped};

/// Where the daemon listens, such as `unix:///run/docker.sock`.
const HOST: &str = "FLOWDECK_TEST_DOCKER";
/// A tar archive of a Debian system with Python: what a base image is made from.
const ROOT: &str = "FLOWDECK_TEST_ROOT";

/// Has Debian's Python, and nothing of ours.
pub(crate) const PLAIN: &str = "flowdeck-test/plain:1";

/// The daemon of the tests.
pub(crate) struct Daemon {
    pub(crate) host: String,
    root: PathBuf,
}

/// The daemon; without one the test is skipped.
pub(crate) fn daemon() -> Option<Daemon> {
    let (Ok(host), Ok(root)) = (std::env::var(HOST), std::env::var(ROOT)) else {
        skipped(&format!(
            "there is no Docker daemon for tests: {HOST} and {ROOT} are not set; cargo xtask test sets them where it is \
             root and has dockerd and debootstrap"
        ));
        return None;
    };
    let daemon = Daemon {
        host,
        root: root.into(),
    };
    daemon.make_plain_image();
    Some(daemon)
}

/// On the machine's own network: a daemon without a bridge, as another test starts one, takes the bridge of all others away.
const BUILD: [&str; 5] = ["build", "-q", "--network", "host", "-t"];

impl Daemon {
    /// Runs Docker's own client; gives what it printed.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        self.docker_with(arguments, Stdio::null())
    }

    pub(crate) fn docker_with(&self, arguments: &[&str], input: Stdio) -> String {
        let output = Command::new("docker")
            .args(["-H", &self.host])
            .args(arguments)
            .env("DOCKER_BUILDKIT", "0")
            .stdin(input)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "docker {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn make_plain_image(&self) {
        static MAKING: Mutex<()> = Mutex::new(());
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.docker(&["images", "-q", PLAIN]).is_empty() {
            let root = File::open(&self.root).unwrap();
            self.docker_with(&["import", "-", PLAIN], root.into());
        }
    }

    /// Another daemon.
    pub(crate) fn at(&self, host: &str) -> Self {
        Self {
            host: host.to_owned(),
            root: self.root.clone(),
        }
    }

    /// Gives another daemon an image, as it is.
    pub(crate) fn give(&self, to: &Self, image: &str) {
        let mut saving = Command::new("docker")
            .args(["-H", &self.host, "save", image])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let image = saving.stdout.take().unwrap();
        to.docker_with(&["load"], image.into());
        assert!(saving.wait().unwrap().success());
    }

    /// Builds an image of a Dockerfile's text.
    pub(crate) fn build(&self, tag: &str, dockerfile: &str) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
        self.docker(&[&BUILD[..], &[tag, folder.path().to_str().unwrap()]].concat());
    }

    /// Builds flowdeck's own base image on another one, as `cargo xtask image` does; fine when it is there.
    pub(crate) fn build_base(&self, tag: &str, from: &str) {
        if !self.docker(&["images", "-q", tag]).is_empty() {
            return;
        }
        let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = tempfile::tempdir().unwrap();
        let trusted = ["SSL_CERT_FILE", "PIP_CERT"]
            .iter()
            .find_map(std::env::var_os);
        let trusted = trusted.unwrap_or_else(|| "/etc/ssl/certs/ca-certificates.crt".into());
        for (file, name) in [
            (sources.join("images/base/Dockerfile"), "Dockerfile"),
            (sources.join("crates/engines/base/base.lock"), "base.lock"),
            (PathBuf::from(trusted), "certificates.pem"),
        ] {
            fs::copy(file, folder.path().join(name)).unwrap();
        }
        let arguments = [format!("FROM={from}"), "UV_VERSION=0.13.9".to_owned()];
        let mut build = [&BUILD[..], &[tag]].concat();
        for argument in &arguments {
            build.extend(["--build-arg", argument]);
        }
        for name in ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"] {
            if std::env::var_os(name).is_some() {
                build.extend(["--build-arg", name]);
            }
        }
        build.push(folder.path().to_str().unwrap());
        self.docker(&build);
    }

    /// The engine over this daemon; sessions that ask for no image have `image`.
    pub(crate) async fn engine(&self, home: &Home, image: &str) -> Arc<DockerEngine> {
        self.engine_keeping(home, image, 0).await
    }

    /// As [`Daemon::engine`], one that keeps environments of so many bytes.
    pub(crate) async fn engine_keeping(
        &self,
        home: &Home,
        image: &str,
        kept_bytes: u64,
    ) -> Arc<DockerEngine> {
        let options = DockerOptions {
            kept_bytes,
            ..self.options(image)
        };
        self.engine_with(home, options).await
    }

    /// What [`Daemon::engine`] is made with.
    pub(crate) fn options(&self, image: &str) -> DockerOptions {
        DockerOptions {
            host: Some(self.host.clone()),
            image: Some(image.to_owned()),
            bases: Some(bases()),
            ..DockerOptions::default()
        }
    }

    /// As [`Daemon::engine`], made with other options.
    pub(crate) async fn engine_with(
        &self,
        home: &Home,
        options: DockerOptions,
    ) -> Arc<DockerEngine> {
        super::share(&home.data(), "tools", "tools");
        super::share(&home.data(), "uv-cache", "docker-uv-cache");
        Arc::new(DockerEngine::new(&home.data(), options).await.unwrap())
    }

    /// The containers of a data folder, by id, but for one that prepares an image's base.
    pub(crate) fn containers(&self, home: &Home) -> Vec<String> {
        const SHOWN: &str = r#"{{.ID}} {{.Label "flowdeck.session"}}"#;
        let label = format!("label=flowdeck.data={}", mark(home));
        let asked = [
            "ps",
            "-a",
            "--no-trunc",
            "--filter",
            &label,
            "--format",
            SHOWN,
        ];
        let listed = self.docker(&asked);
        let of_sessions = listed.lines().filter_map(|line| {
            let (id, session) = line.split_once(' ')?;
            (!session.starts_with("preparation")).then(|| id.to_owned())
        });
        of_sessions.collect()
    }

    /// What the daemon says of something, by a template.
    pub(crate) fn inspect(&self, what: &str, template: &str) -> String {
        self.docker(&["inspect", "--format", template, what])
    }

    /// Whether there is a network of a data folder.
    pub(crate) fn has_network(&self, home: &Home) -> bool {
        let name = format!("name={}", mark(home));
        !self
            .docker(&["network", "ls", "-q", "--filter", &name])
            .is_empty()
    }
}

/// As the engine marks what is of a data folder.
pub(super) fn mark(home: &Home) -> String {
    use sha2::Digest as _;
    let path = home.data().canonicalize().unwrap();
    let hash = sha2::Sha256::digest(path.as_os_str().as_encoded_bytes());
    let digits: String = hash
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("flowdeck-{digits}")
}

/// Where tests keep what they make of images, for each other. What earlier runs left is deleted: each build of an image is
/// another one.
fn bases() -> PathBuf {
    static OLD_ONES: Once = Once::new();
    let folder = super::shared("docker-images");
    OLD_ONES.call_once(|| {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        for entry in entries.filter(is_old) {
            let path = entry.path();
            // Another program of tests may delete it at the same time.
            drop(fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path)));
        }
    });
    folder
}

fn is_old(entry: &fs::DirEntry) -> bool {
    const LONGEST_RUN: Duration = Duration::from_secs(2 * 3600);
    let made = entry.metadata().and_then(|metadata| metadata.modified());
    let age = made.ok().and_then(|made| made.elapsed().ok());
    age.is_some_and(|age| age > LONGEST_RUN)
}
