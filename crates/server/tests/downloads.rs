//! Many downloads side by side: what they take of the server's memory, and what they leave of its time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where something is not as it should be"
)]
#![allow(dead_code, reason = "the world is that of the API's tests")]

#[path = "api/world.rs"]
mod world;

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::http::Method;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};
use world::{HOST, TOKEN, World};

const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";

const DOWNLOADS: usize = 200;
const LOG_BYTES: usize = 4 * 1024 * 1024;

/// Of the whole process, the tests' clients included.
const MOST_MEMORY_KB: u64 = 400 * 1024;

/// What the server has a second for as it is shipped takes up to four times as long in a build for tests.
const HEALTH: Duration = Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 1 });

async fn ask(server: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// How many bytes come until the end.
async fn drain(mut stream: TcpStream) -> usize {
    let (mut piece, mut all) = (vec![0; 16 * 1024], 0);
    loop {
        match stream.read(&mut piece).await.unwrap() {
            0 => return all,
            length => all += length,
        }
    }
}

/// The most memory that this process ever had, in KiB.
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next());
    kb.unwrap().parse().unwrap()
}

/// A server whose flow's session has a log of 4 MiB.
async fn with_a_long_log() -> World {
    let world = World::new().await;
    let json = [("content-type", "application/json")];
    world.call(Method::POST, SESSIONS, &json, "{}").await;
    let session = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let session = world.get(&format!("{FLOW}/session")).await.json();
            if session["state"] == "available" {
                return session["sessionId"].as_str().unwrap().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let log = world.path(&format!("data/logs/{}.log", session.await.unwrap()));
    fs::write(
        log,
        "a line of a long log, which goes on\n".repeat(LOG_BYTES / 36),
    )
    .unwrap();
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_logs_at_once_take_little_memory_and_hold_up_nobody() {
    let world = with_a_long_log().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, world.router()).into_future());
    let log = format!("{FLOW}/session/log");
    // Half of them take nothing for now: they hold up none of the others.
    let mut idle = Vec::new();
    for _ in 0..DOWNLOADS / 2 {
        idle.push(ask(server, &log).await);
    }
    let mut downloads = JoinSet::new();
    for _ in 0..DOWNLOADS / 2 {
        let log = log.clone();
        downloads.spawn(async move { drain(ask(server, &log).await).await });
    }
    let mut slowest = Duration::ZERO;
    while !downloads.is_empty() {
        let began = Instant::now();
        let health = drain(ask(server, "/api/health").await);
        let length = tokio::time::timeout(Duration::from_secs(30), health).await;
        assert!(length.unwrap() > 0);
        slowest = slowest.max(began.elapsed());
        while let Some(length) = downloads.try_join_next() {
            assert!(length.unwrap() > LOG_BYTES - 36);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for stream in idle {
        assert!(drain(stream).await > LOG_BYTES - 36);
    }
    assert!(slowest < HEALTH, "{slowest:?}");
    let peak = peak_kb();
    assert!(peak < MOST_MEMORY_KB, "{peak} KiB");
    serving.abort();
}
