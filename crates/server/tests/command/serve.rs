//! `flowdeck serve`: how it begins and ends, and what it refuses.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::{flowdeck, text, world};

/// A server in a process of its own, ended when dropped.
struct Server {
    process: Child,
    line: String,
    address: SocketAddr,
}

impl Server {
    fn start(world: &Path, arguments: &[&str]) -> Self {
        let mut process = serve(world, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{line}"));
        Self {
            process,
            line,
            address,
        }
    }

    /// The status line and headers of an answer; the connection stays open.
    fn get(&self, path: &str, token: &str) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        (stream, String::from_utf8(head).unwrap())
    }

    fn terminate(&mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(world: &Path, arguments: &[&str]) -> Command {
    let mut command = flowdeck();
    command.current_dir(world).args([
        "serve",
        "--flows",
        "flows",
        "--data",
        "data",
        "--standby",
        "0",
    ]);
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.args(arguments);
    command
}

fn refused(world: &Path, arguments: &[&str]) -> String {
    let output = serve(world, arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty());
    text(&output.stderr).lines().last().unwrap().to_owned()
}

/// The binary under test is built with or without the feature; both ways it says so.
#[test]
fn the_fake_engine_is_there_only_where_it_is_built_in() {
    let help = flowdeck().args(["serve", "--help"]).output().unwrap();
    assert!(help.status.success());
    let lists_it = text(&help.stdout).contains("fake");
    assert_eq!(lists_it, cfg!(feature = "fake-engine"));
}

#[test]
fn a_server_says_where_it_is_and_ends_when_asked_to() {
    let world = world();
    let mut server = Server::start(
        world.path(),
        &["--token", "secret", "--base-path", "/deck/"],
    );
    assert_eq!(
        server.line,
        format!("flowdeck is ready at http://{}/deck/\n", server.address)
    );
    assert_ne!(server.address.port(), 0);
    let (_, head) = server.get("/deck/api/projects/default", "secret");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (mut events, head) = server.get("/deck/api/projects/default/flows/good/events", "secret");
    assert!(head.contains("text/event-stream"), "{head}");
    assert_eq!(server.terminate(), Some(0));
    // An open stream neither holds the server up nor is it cut off in the middle of an event.
    let mut rest = String::new();
    events.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
}

#[test]
fn a_made_token_stays_valid_over_a_restart_and_is_in_no_journal() {
    let world = world();
    let mut first = Server::start(world.path(), &[]);
    let file = world.path().join("data/token");
    let told = format!("(token in {})\n", file.display());
    assert!(first.line.ends_with(&told), "{}", first.line);
    let made = fs::read_to_string(&file).unwrap();
    assert_eq!(made.len(), 48);
    assert!(!first.line.contains(&made));
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    first.terminate();
    let second = Server::start(world.path(), &[]);
    let (_, head) = second.get("/api/projects/default", &made);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let given = serve(world.path(), &[])
        .env("FLOWDECK_TOKEN", "not a token")
        .output()
        .unwrap();
    assert_eq!(given.status.code(), Some(2));
    assert!(!text(&given.stderr).contains(&made));
}

#[test]
fn a_token_can_be_in_a_file_of_the_administrators() {
    let world = world();
    let file = world.path().join("deck.token");
    fs::write(&file, "file-token\n").unwrap();
    let server = Server::start(world.path(), &["--token-file", "deck.token"]);
    let (_, head) = server.get("/api/projects/default", "file-token");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(server.line.ends_with("deck.token)\n") && !server.line.contains("file-token"));
    assert!(!world.path().join("data/token").exists());
    drop(server);
    fs::write(&file, "two words").unwrap();
    let message = refused(world.path(), &["--token-file", "deck.token"]);
    assert!(message.contains("deck.token holds no token"), "{message}");
    let message = refused(world.path(), &["--token-file", "gone.token"]);
    assert!(
        message.contains("cannot read the token file gone.token"),
        "{message}"
    );
    let both = serve(
        world.path(),
        &["--token-file", "deck.token", "--token", "x"],
    );
    assert_eq!({ both }.output().unwrap().status.code(), Some(2));
}

#[test]
fn a_server_that_cannot_start_says_why_and_what_to_do() {
    let world = world();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = refused(world.path(), &["--listen", &address]);
    assert!(
        refusal.contains(&format!("port {} ", taken.local_addr().unwrap().port()))
            && refusal.contains("--listen"),
        "{refusal}"
    );
    let running = Server::start(world.path(), &[]);
    let refusal = refused(world.path(), &[]);
    assert!(
        refusal.contains("in use by another flowdeck server") && refusal.contains("--data"),
        "{refusal}"
    );
    drop(running);
    fs::rename(world.path().join("flows"), world.path().join("moved")).unwrap();
    let refusal = refused(world.path(), &[]);
    assert_eq!(
        refusal,
        "flowdeck: The flows folder flows doesn’t exist. Give the folder that holds your flows with --flows."
    );
    fs::rename(world.path().join("moved"), world.path().join("flows")).unwrap();
    fs::write(world.path().join("file"), "").unwrap();
    let output = flowdeck()
        .current_dir(world.path())
        .args([
            "serve",
            "--flows",
            "flows",
            "--data",
            "file",
            "--listen",
            "127.0.0.1:0",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("can't write to the data folder file"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn what_a_killed_save_left_is_removed_at_the_next_start() {
    let world = world();
    let leftover = world
        .path()
        .join("flows/good/.flowdeck-save-0123456789abcdef.tmp");
    fs::write(&leftover, "half").unwrap();
    let _server = Server::start(world.path(), &[]);
    assert!(!leftover.exists());
}

#[test]
fn a_configuration_is_checked_before_anything_is_done() {
    let world = world();
    let file = world.path().join("deck.yaml");
    fs::write(
        &file,
        "vmSizes:\n- name: Small\n  vcpus: 1\n  memoryGB: 1\n",
    )
    .unwrap();
    let output = serve(world.path(), &["--config", "deck.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<&str> = text(&output.stderr).lines().collect();
    assert_eq!(
        lines,
        [
            "flowdeck: the configuration isn't valid:",
            "deck.yaml:3:3: \"vcpus\" isn't known here; did you mean 'vCPUs'?",
        ]
    );
    assert!(!world.path().join("data").exists());
    let message = refused(world.path(), &["--config", "gone.yaml"]);
    assert!(
        message.contains("read the configuration gone.yaml"),
        "{message}"
    );
}

#[test]
fn a_configuration_says_what_there_is_to_choose_from() {
    let world = world();
    let file = world.path().join("deck.yaml");
    fs::write(&file, "vmSizes: [{name: Small, vCPUs: 1, memoryGB: 0.5}]\n").unwrap();
    let server = Server::start(
        world.path(),
        &["--token", "secret", "--config", "deck.yaml"],
    );
    let (mut stream, head) = server.get("/api/projects/default/compute-options", "secret");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).unwrap();
    let options: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(options["sizes"].as_array().unwrap().len(), 1);
    assert_eq!(options["defaultSize"], "Small");
}
