//! What breaks under the Docker engine: its daemon is restarted, a registry goes away in the middle of a pull.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    Home, TWO_NODES,
    docker::{self, Daemon, PLAIN},
    eventually, in_state,
};
use flowdeck_compute::{
    Compute, LogFile, StartSession,
    engine::{Engine as _, WantedBase, WorkFolders},
};
use flowdeck_contract::{
    ids::{FlowId, SessionId},
    pull::{LayerState, PullLayer},
    session::{SessionState, SessionView},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A daemon that one test may end, with the images of another.
struct Own {
    process: Option<Child>,
    folder: tempfile::TempDir,
}

impl Own {
    fn new() -> Self {
        // Below /var/tmp, for the sockets of containers need short paths.
        let folder = tempfile::Builder::new().tempdir_in("/var/tmp").unwrap();
        Self {
            process: None,
            folder,
        }
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    async fn start(&mut self) {
        let path = |name: &str| self.folder.path().join(name);
        let log = fs::File::create(path("log")).unwrap();
        let process = Command::new("dockerd")
            .args(["--host", &self.host(), "--max-download-attempts", "1"])
            .args(["--bridge", "none", "--iptables=false"])
            .arg("--data-root")
            .arg(path("data"))
            .arg("--exec-root")
            .arg(path("exec"))
            .arg("--pidfile")
            .arg(path("pid"))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
        let host = self.host();
        eventually("the daemon", || {
            let mut asked = Command::new("docker");
            asked
                .args(["-H", &host, "version"])
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            asked.status().unwrap().success().then_some(())
        })
        .await;
    }

    fn stop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        let pid = process.id().to_string();
        // A daemon has been seen to miss that it's asked to end. It ends at once when it's asked for the third time.
        for _ in 0..4 {
            Command::new("kill").arg(&pid).status().unwrap();
            let deadline = Instant::now() + Duration::from_secs(20);
            while Instant::now() < deadline {
                if process.try_wait().unwrap().is_some() {
                    return;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn start(compute: &Compute, flow: &FlowId) -> SessionView {
    compute.start(flow, StartSession::default()).await.unwrap();
    eventually("the end of a start", || {
        Some(compute.session(flow)).filter(|view| view.state != SessionState::Starting)
    })
    .await
}

async fn open(daemon: &Daemon, home: &Home, image: &str) -> Compute {
    let engine = daemon.engine(home, image).await;
    Compute::open(home.config(0), engine).await.unwrap()
}

/// Makes the base of the plain image with a daemon whose containers reach the network; every test has it then.
async fn make_base(daemon: &Daemon) {
    let home = Home::new();
    let engine = daemon.engine(&home, PLAIN).await;
    let session = SessionId::try_from("maker").unwrap();
    let log = LogFile::at(home.root().join("log"));
    engine
        .allocate(&session, &WorkFolders::default())
        .await
        .unwrap();
    engine
        .prepare_base(&session, &WantedBase::default(), &log)
        .await
        .unwrap();
    engine.remove(&session).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_daemon_is_restarted_says_so_and_starts_again() {
    let Some(shared) = docker::daemon() else {
        return;
    };
    let mut own = Own::new();
    own.start().await;
    let daemon = shared.at(&own.host());
    shared.give(&daemon, PLAIN);
    make_base(&shared).await;
    let home = Home::new();
    let flow = home.flow("hello", &TWO_NODES);
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    own.stop();
    own.start().await;
    let view = in_state(&compute, &flow, SessionState::Failed).await;
    let failure = view.failure.unwrap();
    assert!(
        failure.message.contains("daemon was restarted"),
        "{failure:?}"
    );
    assert!(failure.remedy.unwrap().contains("live-restore"));
    eventually("the end of its container", || {
        daemon.containers(&home).is_empty().then_some(())
    })
    .await;
    let view = start(&compute, &flow).await;
    assert_eq!(view.state, SessionState::Available, "{:?}", view.failure);
    compute.stop(&flow).await.unwrap();
    in_state(&compute, &flow, SessionState::NotExist).await;
    compute.close().await;
}

/// Debian's registry, on a free port.
struct Registry {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Registry {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n",
            data.display()
        );
        fs::write(&config, text).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        eventually("the registry", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        })
        .await;
        Self {
            process,
            port,
            _folder: folder,
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Stands before a registry and breaks every connection once it has let so many bytes through.
async fn frail(port: u16, bytes: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let left = Arc::new(AtomicUsize::new(bytes));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, port, Arc::clone(&left)));
        }
    });
    own
}

async fn pass(client: TcpStream, port: u16, left: Arc<AtomicUsize>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asks = tokio::io::copy(&mut from_client, &mut to_server);
    let answers = async {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from_server.read(&mut buffer).await {
            let taken = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(count)
            });
            if taken.is_err() || to_client.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = asks => {}
        () = answers => {}
    }
}

/// A system of one file that no compression makes smaller.
fn archive(folder: &Path) -> PathBuf {
    let (file, tar) = (folder.join("noise"), folder.join("noise.tar"));
    let mut noise = vec![0_u8; 8 << 20];
    std::io::Read::read_exact(&mut fs::File::open("/dev/urandom").unwrap(), &mut noise).unwrap();
    fs::write(file, noise).unwrap();
    let made = Command::new("tar")
        .arg("-C")
        .arg(folder)
        .arg("-cf")
        .arg(&tar)
        .arg("noise")
        .status();
    assert!(made.unwrap().success());
    tar
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_goes_away_in_a_pull_is_named_and_the_next_pull_is_told() {
    let Some(shared) = docker::daemon() else {
        return;
    };
    let mut own = Own::new();
    own.start().await;
    let daemon = shared.at(&own.host());
    let registry = Registry::start().await;
    let home = Home::new();
    let pushed = format!("127.0.0.1:{}/noise:1", registry.port);
    let tar = fs::File::open(archive(home.root())).unwrap();
    daemon.docker_with(&["import", "-", &pushed], tar.into());
    daemon.docker(&["push", "-q", &pushed]);
    daemon.docker(&["rmi", &pushed]);

    let frail = frail(registry.port, 2 << 20).await;
    let asks = |image: &str| {
        let text = format!("environment:\n  image: {image}\n{}", TWO_NODES[0].1);
        home.flow("hello", &[("flow.dag.yaml", &*text)])
    };
    home.flow("hello", &TWO_NODES);
    let flow = asks(&format!("127.0.0.1:{frail}/noise:1"));
    let compute = open(&daemon, &home, PLAIN).await;
    let view = start(&compute, &flow).await;
    let failure = view.failure.unwrap();
    assert_eq!(failure.code, "RegistryUnreachable", "{failure:?}");
    let pull = view.pull.unwrap().read().unwrap();
    // The daemon may have been about to try it again.
    let began = |layer: &PullLayer| layer.state != LayerState::Done && layer.total.is_some();
    assert!(pull.layers.iter().any(began), "{pull:?}");
    assert!(
        failure
            .message
            .contains(&format!("127.0.0.1:{frail}/noise:1")),
        "{}",
        failure.message
    );

    asks(&pushed);
    let failure = start(&compute, &flow).await.failure.unwrap();
    assert_eq!(failure.code, "ImageWithoutPython", "{failure:?}");
    let log = compute.session_log_text(&flow).unwrap();
    assert!(log.contains("Download complete, 8.0 MiB"), "{log}");
    assert!(log.contains("MiB/s"), "{log}");
    compute.close().await;
}
