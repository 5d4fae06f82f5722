//! The diagnostics of a session: whole, and without a secret. Canaries stand wherever a secret may.

use std::io::{Read as _, Write as _};

use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use serde_json::json;

use crate::{
    stream::Events,
    world::{FLOW as DEFINITION, TOKEN, World},
};

const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Every file of the archive, one after the other, with its name.
async fn unpacked(world: &World, path: &str) -> String {
    let answer = world.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/gzip");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment;")
    );
    let mut text = String::new();
    GzDecoder::new(&*answer.body)
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[tokio::test]
async fn no_secret_is_in_it_wherever_it_stands() {
    let world = World::new().await;
    world.write(
        "flows/greeter/flow.dag.yaml",
        format!("{DEFINITION}environment_variables:\n  PLAIN: CANARY-variable\n"),
    );
    world.write(
        "flows/greeter/requirements.txt",
        "--extra-index-url https://me:CANARY-feed@feed.example/simple/\ncolorama\n",
    );
    world.write(
        "flows/greeter/connection.yaml",
        "type: open_ai\napi_key: CANARY-connection\n",
    );
    world.write("flows/greeter/.env", "UNTOLD=CANARY-dotenv\n");
    let connection = json!({"type": "Custom", "secrets": {"key": "CANARY-stored \"key\""}});
    let headers = [JSON[0], ("if-none-match", "*")];
    let path = "/api/projects/default/connections/mine";
    let stored = world
        .call(Method::PUT, path, &headers, connection.to_string())
        .await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text());
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    world.call(Method::POST, SESSIONS, &JSON, "{}").await;
    let session = events.until_session("available").await;
    let id = session["sessionId"].as_str().unwrap();

    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(world.path(&format!("data/logs/{id}.log")))
        .unwrap();
    for line in [
        &format!("FLOWDECK_TOKEN={TOKEN}"),
        &format!("the token was {TOKEN}."),
        "logging in as puller with hunter2",
        "401 from https://me:CANARY-url@feed.example/simple/colorama/",
        "OPENAI_API_KEY=CANARY-environment",
        "the model refused CANARY-connection",
        "CANARY-variable, CANARY-dotenv and CANARY-feed",
        r#"a node printed CANARY-stored "key" and "CANARY-stored \"key\"""#,
        "and Q0FOQVJZLXN0b3JlZCAia2V5Ig==",
        "this line is no secret",
    ] {
        writeln!(log, "{line}").unwrap();
    }
    let line = format!("INFO session={id} authorization: Bearer CANARY-bearer\n");
    world.log.writer().write_all(line.as_bytes()).unwrap();
    world
        .log
        .writer()
        .write_all(b"INFO of something else\n")
        .unwrap();

    let path = format!("{FLOW}/session/diagnostics");
    let left_out = "Secrets were not looked for in 1 or more of the flow's files";
    assert!(!unpacked(&world, &path).await.contains(left_out));
    world.write("flows/greeter/a\\b.json", "{}");
    let text = unpacked(&world, &path).await;
    assert!(text.contains(left_out));
    for secret in ["CANARY", "Q0FOQVJZ", TOKEN, "hunter2"] {
        let at = text
            .find(secret)
            .map(|at| &text[at.saturating_sub(80)..at + 10]);
        assert_eq!(at, None, "{secret}");
    }
    for part in [
        "diagnostics/README.txt",
        "diagnostics/about.json",
        "diagnostics/config.json",
        "diagnostics/session.json",
        "diagnostics/timeline.json",
        "diagnostics/session.log",
        "diagnostics/server.log",
        "diagnostics/packages.txt",
        "diagnostics/flow/flow.dag.yaml",
        "diagnostics/flow/requirements.txt",
        "this line is no secret",
        "promptflow-core==fake",
        "feed.example/simple/",
        &format!("INFO session={id}"),
        "\"by\": \"token\"",
        "name: greet",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        !text.contains("something else"),
        "other sessions' lines stay out"
    );
}

#[tokio::test]
async fn they_can_be_had_by_id_of_a_session_without_a_flow_and_after_its_end() {
    let world = World::new().await;
    let own = SESSIONS.replace("Flows/greeter/sessions", "FlowSessions/by-itself");
    let mut events = Events::open(&world, "/api/projects/default/sessions/events", None).await;
    world
        .call(
            Method::POST,
            &own,
            &JSON,
            json!({"pythonPipRequirements": ["-i https://a:CANARY-line@b/", "rich"]}).to_string(),
        )
        .await;
    let states = |event: crate::stream::Event| event.data["value"][0]["state"].clone();
    while states(events.next().await.unwrap()) != "available" {}
    let path = "/api/projects/default/sessions/by-itself/diagnostics";
    let running = unpacked(&world, path).await;
    assert!(
        running.contains("The compute session is ready") && !running.contains("CANARY"),
        "{running}"
    );
    world.call(Method::DELETE, &own, &JSON, "").await;
    while events.next().await.unwrap().data["value"] != json!([]) {}
    let ended = unpacked(&world, path).await;
    assert!(
        ended.contains("\"state\": \"notExist\"") && !ended.contains("session.log\0"),
        "{ended}"
    );
}
