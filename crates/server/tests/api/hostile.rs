//! A flow folder that means harm: whoever reads it answers soon, holds nobody up, and takes nothing from elsewhere.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    time::{Duration, Instant},
};

use axum::http::Method;
use serde_json::Value;

use crate::{
    stream::Events,
    world::{FLOW, World},
};

const HERE: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";
const SECRET: &str = "outside-of-every-flow";

/// Long for an answer, and short for a pipe that nobody writes to.
const PATIENCE: Duration = Duration::from_secs(20);

fn hostile(kind: &str, at: &Path) {
    match kind {
        "pipe" => {
            let mode = rustix::fs::Mode::RWXU;
            let pipe = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, at, pipe, mode, 0).unwrap();
        }
        "device" => symlink("/dev/zero", at).unwrap(),
        "link out" => symlink("../../secret.txt", at).unwrap(),
        "circle" => symlink(at.file_name().unwrap(), at).unwrap(),
        "endless" => fs::File::create(at).unwrap().set_len(10 << 30).unwrap(),
        "folder" => fs::create_dir(at).unwrap(),
        "crowd" => {
            let lines = (0..40_000).map(|number| format!("-r {number}.txt\n"));
            fs::write(at, lines.collect::<String>()).unwrap();
        }
        "utf-16" => {
            let units = "\u{feff}alpha==1\n".encode_utf16();
            fs::write(at, units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
        }
        "no text" => fs::write(at, b"\xff\x00\xfe").unwrap(),
        other => unreachable!("{other}"),
    }
}

async fn every_reader(world: &World, what: &str) {
    let json = [("content-type", "application/json")];
    let file = format!("{HERE}/files/requirements.txt");
    let preflight = format!("{HERE}/session/preflight");
    let feeds = format!("{HERE}/session/feeds/test");
    for (method, path, body) in [
        (Method::GET, "/api/projects/default/flows", ""),
        (Method::GET, HERE, ""),
        (Method::GET, &format!("{HERE}/files"), ""),
        (Method::GET, &file, ""),
        (Method::GET, &format!("{HERE}/files/greet.py"), ""),
        (Method::GET, &format!("{HERE}/presets"), ""),
        (Method::GET, &format!("{HERE}/session/diagnostics"), ""),
        (Method::POST, &preflight, "{}"),
        (Method::POST, &feeds, "{}"),
        (Method::POST, &format!("{HERE}/runs"), "{}"),
        (Method::GET, "/api/health", ""),
    ] {
        let began = Instant::now();
        let answer = world.call(method, path, &json, body);
        let answer = tokio::time::timeout(PATIENCE, answer).await;
        let answer = answer.unwrap_or_else(|_| panic!("{what}: {path} never answers"));
        assert!(
            answer.status.as_u16() != 500,
            "{what}: {path} {}",
            answer.text()
        );
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains(SECRET), "{what}: {path}");
        assert!(began.elapsed() < PATIENCE, "{what}: {path}");
    }
    let mut events = Events::open(world, &format!("{HERE}/events"), None).await;
    let asked = world.call(Method::POST, SESSIONS, &json, "{}").await;
    if !asked.status.is_success() {
        return;
    }
    let ended = tokio::time::timeout(PATIENCE, settled(&mut events)).await;
    let session = ended.unwrap_or_else(|_| panic!("{what}: the start never ends"));
    assert!(!session.to_string().contains(SECRET), "{what}: {session}");
    let stopped = world.call(Method::DELETE, SESSIONS, &[], "").await;
    assert!(stopped.status.as_u16() != 500, "{what}: {}", stopped.text());
    if stopped.status.is_success() {
        let gone = tokio::time::timeout(PATIENCE, events.until_session("notExist")).await;
        gone.unwrap_or_else(|_| panic!("{what}: the session never ends"));
    }
}

async fn settled(events: &mut Events) -> Value {
    loop {
        let session = events.next_session().await;
        if ["available", "failed"].contains(&session["state"].as_str().unwrap_or_default()) {
            return session;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_folder_that_means_harm_holds_nobody_up() {
    for kind in [
        "pipe", "device", "link out", "circle", "endless", "folder", "crowd", "utf-16", "no text",
    ] {
        for place in [
            "requirements.txt",
            "flow.dag.yaml",
            "greet.py",
            ".env",
            ".flowdeck/presets.json",
        ] {
            let world = World::new().await;
            world.write("secret.txt", SECRET);
            world.write("flows/greeter/flow.dag.yaml", FLOW);
            let at = world.path("flows/greeter").join(place);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            if at.exists() {
                fs::remove_file(&at).unwrap();
            }
            hostile(kind, &at);
            every_reader(&world, &format!("{kind} as {place}")).await;
        }
    }
}
