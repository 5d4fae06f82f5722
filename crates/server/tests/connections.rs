//! The server under clients that hold on to connections.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

const TOKEN: &str = "a-token-for-tests-0123456789abcdef";

/// A server in a process of its own, with at most so many open files.
struct Server {
    process: Child,
    address: SocketAddr,
    world: TempDir,
}

impl Server {
    fn start(files: u32) -> Self {
        let world = tempfile::tempdir().unwrap();
        let flow = world.path().join("flows/good");
        fs::create_dir_all(&flow).unwrap();
        fs::write(flow.join("flow.dag.yaml"), "nodes: []\noutputs: {}\n").unwrap();
        Self::start_in(world, files)
    }

    fn start_in(world: TempDir, files: u32) -> Self {
        let script = format!(
            "ulimit -n {files}; exec \"$0\" serve --flows flows --data data --standby 0 --listen 127.0.0.1:0"
        );
        let mut process = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_flowdeck")])
            .env("FLOWDECK_TOKEN", TOKEN)
            .env_remove("RUST_LOG")
            .current_dir(world.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next();
        Self {
            address: address.unwrap().parse().unwrap(),
            process,
            world,
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap()
    }

    /// Sends what `head` says, and gives the connection.
    fn send(&self, head: &str) -> TcpStream {
        let mut stream = self.connect();
        let end = format!(
            "Host: {}\r\nAuthorization: Bearer {TOKEN}\r\n",
            self.address
        );
        write!(stream, "{head}\r\n{end}\r\n").unwrap();
        stream
    }

    /// How long it takes until the server says that it is well.
    fn health(&self) -> Duration {
        let began = Instant::now();
        let mut stream = self.send("GET /api/health HTTP/1.1\r\nConnection: close");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        began.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the server closes the connection within `time`.
fn ends_within(stream: &mut TcpStream, time: Duration) -> bool {
    let until = Instant::now() + time;
    let mut bytes = [0; 4096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        stream.set_read_timeout(Some(left)).unwrap();
        match stream.read(&mut bytes) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return false;
            }
            Err(_) => return true,
        }
    }
}

fn may_open_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

#[test]
fn more_silent_connections_than_there_can_be_files_keep_nobody_out() {
    may_open_many_files();
    let server = Server::start(1024);
    let mut events = server.send("GET /api/projects/default/flows/good/events HTTP/1.1");
    let starts = [
        "",
        "GET /api/health HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nX-A",
    ];
    let mut silent: Vec<TcpStream> = (0..1_010)
        .map(|number| {
            let mut stream = server.connect();
            // One that was closed for another by now takes nothing.
            let _ = stream.write_all(starts[number % starts.len()].as_bytes());
            stream
        })
        .collect();
    for _ in 0..5 {
        let took = server.health();
        assert!(took < Duration::from_secs(5), "{took:?}");
    }
    // Those that are left end by themselves; what is being answered goes on.
    let last = silent.last_mut().unwrap();
    assert!(ends_within(last, Duration::from_secs(20)));
    assert!(!ends_within(&mut events, Duration::from_secs(1)));
    drop(silent);
    server.health();
}

#[test]
fn a_body_that_stops_arriving_ends_its_request() {
    let server = Server::start(1024);
    let mut stream = server.send(
        "PUT /api/projects/default/flows/good/files/a.txt HTTP/1.1\r\nIf-None-Match: *\r\nContent-Length: 1000",
    );
    stream.write_all(b"half").unwrap();
    assert!(!ends_within(
        &mut stream.try_clone().unwrap(),
        Duration::from_secs(5)
    ));
    let mut answer = String::new();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("RequestTimeout"), "{answer}");
    assert!(!server.world.path().join("flows/good/a.txt").exists());
}

#[test]
fn an_event_stream_lives_longer_than_any_limit_of_a_request() {
    let server = Server::start(1024);
    let mut events = server.send("GET /api/projects/default/flows/good/events HTTP/1.1");
    assert!(!ends_within(&mut events, Duration::from_secs(25)));
}

#[test]
fn the_limit_of_open_files_is_raised_as_far_as_it_goes() {
    let world = tempfile::tempdir().unwrap();
    fs::create_dir(world.path().join("flows")).unwrap();
    let server = Server::start_in(world, 700);
    // The shell has set both; what a service is given has a lower one of the two.
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.process.id())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    assert_eq!((words[3], words[4]), ("700", "700"));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_open_data_folder_is_closed_at_the_next_start() {
    let mut server = Server::start(1024);
    let data = server.world.path().join("data");
    assert_eq!(mode(&data), 0o700);
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(
        data.join("flowdeck.sqlite"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    let world = std::mem::replace(&mut server.world, tempfile::tempdir().unwrap());
    let server = Server::start_in(world, 1024);
    assert_eq!(mode(&data), 0o700);
    for entry in fs::read_dir(&data).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("sqlite") {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
    drop(server);
}
