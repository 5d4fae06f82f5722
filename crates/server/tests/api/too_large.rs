//! A definition that is too large says the same wherever it's met, and one whose default is too long is given by its
//! beginning.

use std::process::Command;

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    stream::Events,
    world::{FLOW, World},
};

const HERE: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];
const TOO_LARGE: &str = "‘flow.dag.yaml’ is too large. The limit is 2 MiB.";

async fn post(world: &World, path: &str) -> Value {
    let path = format!("{HERE}/{path}");
    world.call(Method::POST, &path, &JSON, "{}").await.json()
}

fn checked(world: &World) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowdeck"));
    command.args(["check", "--format", "json"]);
    let output = command.arg(world.path("flows/greeter")).output().unwrap();
    let files: Value = serde_json::from_slice(&output.stdout).unwrap();
    files[0]["findings"][0]["message"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_definition_that_is_too_large_says_the_same_at_every_door() {
    let world = World::new().await;
    let mut events = Events::open(&world, &format!("{HERE}/events"), None).await;
    world.call(Method::POST, SESSIONS, &JSON, "{}").await;
    events.until_session("available").await;
    let text = format!("{FLOW}#{}", "x".repeat(2 * 1024 * 1024));
    world.write("flows/greeter/flow.dag.yaml", &text);

    let list = world.get("/api/projects/default/flows").await.json();
    let flows = list["flows"].as_array().unwrap();
    let listed = flows.iter().find(|flow| flow["id"] == "greeter").unwrap();
    let page = world.get(HERE).await.json();
    let file = format!("{HERE}/files/flow.dag.yaml");
    let read = world.get(&file).await.json();
    let saved = world.call(Method::PUT, &file, &[("if-match", "*")], text);
    let saved = saved.await.json();
    let run = post(&world, "runs").await;
    let plan = post(&world, "session/install-plan").await;
    for (door, error) in [
        ("list", &listed["problem"]),
        ("page", &page["summary"]["problem"]),
        ("reading", &read["error"]),
        ("saving", &saved["error"]),
        ("run", &run["error"]),
        ("plan", &plan["error"]),
    ] {
        assert_eq!(error["message"], TOO_LARGE, "{door}: {error}");
        assert_eq!(error["code"], "FileTooLarge", "{door}: {error}");
    }
    let preflight = post(&world, "session/preflight").await;
    let checks = preflight["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == "flow.dag.yaml");
    assert_eq!(check.unwrap()["message"], TOO_LARGE);
    let check = checked(&world);
    assert!(check.ends_with(TOO_LARGE), "{check}");
}

#[tokio::test]
async fn a_long_default_is_given_by_its_beginning_and_used_whole_by_a_run() {
    let world = World::new().await;
    let nine = |name: &str| [name; 9].join(", ");
    let yaml = format!(
        "a: &a [{}]\nb: &b [{}]\nc: &c [{}]\n{}",
        nine("lol"),
        nine("*a"),
        nine("*b"),
        FLOW.replace(
            "{type: string, default: you}",
            "{type: list, default: [*c, *c, *c, *c]}"
        )
    );
    assert!(yaml.len() < 1000);
    world.write("flows/greeter/flow.dag.yaml", &yaml);
    let page = world.get(HERE).await;
    assert!(page.body.len() < 30_000, "{}", page.body.len());
    let input = &page.json()["report"]["flow"]["inputs"][0];
    assert_eq!(input["default"], Value::Null);
    let long = &input["longDefault"];
    assert_eq!(long["beginning"].as_str().unwrap().len(), 10_000);
    let mut events = Events::open(&world, &format!("{HERE}/events"), None).await;
    world.call(Method::POST, SESSIONS, &JSON, "{}").await;
    events.until_session("available").await;
    let run = post(&world, "runs").await;
    let a = json!(vec!["lol"; 9]);
    let b = json!(vec![a; 9]);
    let c = json!(vec![b; 9]);
    assert_eq!(run["inputs"]["name"], json!(vec![c; 4]), "{run}");
    assert_eq!(
        long["bytes"].as_u64().unwrap(),
        run["inputs"]["name"].to_string().len() as u64
    );
}
