//! Flows that aren't directly in the flows folder: deeper down, or the folder itself.

use std::fs;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    stream::Events,
    world::{FLOW, World},
};

const DEEPER: &str = "/api/projects/default/flows/promptflow%2Fextract";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/promptflow%2Fextract/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

async fn list(world: &World) -> Value {
    world.get("/api/projects/default/flows").await.json()
}

fn ids(list: &Value) -> Vec<&str> {
    let flows = list["flows"].as_array().unwrap().iter();
    flows.map(|flow| flow["id"].as_str().unwrap()).collect()
}

async fn until_files(events: &mut Events, path: &str) -> Value {
    loop {
        let event = events.until("files").await;
        let changes = event.data["value"].as_array().unwrap().clone();
        if let Some(change) = changes.into_iter().find(|change| change["path"] == path) {
            return change;
        }
    }
}

#[tokio::test]
async fn flows_of_a_repository_are_listed_by_their_path() {
    let world = World::new().await;
    world.write("flows/flows/standard/a/flow.dag.yaml", "nodes: []\n");
    world.write("flows/promptflow/extract/flow.dag.yaml", "nodes: []\n");
    world.write("flows/greeter/evaluation/flow.dag.yaml", "nodes: []\n");
    world.write("flows/docs/.hidden/flow.dag.yaml", "nodes: []\n");
    let list = list(&world).await;
    let mut found = ids(&list);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            "flows/standard/a",
            "greeter",
            "greeter/evaluation",
            "promptflow/extract"
        ]
    );
    assert_eq!(list["searched"]["leftOut"], 0);
    assert!(list["searched"]["folders"].as_u64().unwrap() >= 7, "{list}");
}

#[tokio::test]
async fn one_deeper_down_is_edited_and_runs_as_any_other() {
    let world = World::new().await;
    world.write("flows/promptflow/extract/flow.dag.yaml", FLOW);
    world.write("flows/promptflow/extract/greet.py", "");
    let page = world.get(DEEPER).await.json();
    assert_eq!(page["summary"]["id"], "promptflow/extract");
    assert!(
        page["folder"]
            .as_str()
            .unwrap()
            .ends_with("flows/promptflow/extract")
    );

    let mut events = Events::open(&world, &format!("{DEEPER}/events"), None).await;
    events.until("snapshot").await;
    let saved = world
        .call(
            Method::PUT,
            &format!("{DEEPER}/files/a%20b.txt"),
            &[("if-none-match", "*")],
            "x",
        )
        .await;
    assert!(saved.status.is_success(), "{}", saved.text());
    assert!(world.path("flows/promptflow/extract/a b.txt").is_file());
    until_files(&mut events, "a b.txt").await;
    fs::remove_file(world.path("flows/promptflow/extract/greet.py")).unwrap();
    assert!(
        until_files(&mut events, "greet.py")
            .await
            .get("entry")
            .is_none()
    );
    world.write("flows/promptflow/extract/greet.py", "");

    let started = world.call(Method::POST, SESSIONS, &JSON, "{}").await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
    events.until_session("available").await;
    let run = json!({"inputs": {"name": "you"}}).to_string();
    let run = world
        .call(Method::POST, &format!("{DEEPER}/runs"), &JSON, run)
        .await;
    assert!(run.status.is_success(), "{}", run.text());
    loop {
        let run = events.until("run").await.data["value"].clone();
        match run["summary"]["state"].as_str().unwrap() {
            "completed" => break,
            "failed" => panic!("{run}"),
            _ => {}
        }
    }
    let ended = world.call(Method::DELETE, SESSIONS, &[], "").await;
    assert_eq!(ended.status, StatusCode::ACCEPTED, "{}", ended.text());
    events.until_session("notExist").await;
}

#[tokio::test]
async fn a_flow_deeper_down_that_is_new_or_gone_is_told() {
    let world = World::new().await;
    let mut events = Events::open(&world, "/api/projects/default/events", None).await;
    world.write("flows/repo/deep/er/flow.dag.yaml", "nodes: []\n");
    while !ids(&events.until("flows").await.data["value"]).contains(&"repo/deep/er") {}
    fs::remove_dir_all(world.path("flows/repo")).unwrap();
    while ids(&events.until("flows").await.data["value"]).contains(&"repo/deep/er") {}
}

#[tokio::test]
async fn a_flows_folder_that_is_a_flow_serves_it_and_nothing_beside_it() {
    let world = World::of("flows/greeter").await;
    world.write("flows/secret/flow.dag.yaml", FLOW);
    world.write("flows/greeter/evaluation/flow.dag.yaml", "nodes: []\n");
    let list = list(&world).await;
    assert_eq!(ids(&list), ["greeter", "greeter/evaluation"]);
    let project = world.get("/api/projects/default").await.json();
    assert!(
        project["flowsFolder"]
            .as_str()
            .unwrap()
            .ends_with("flows/greeter")
    );
    let text = world
        .get("/api/projects/default/flows/greeter/files/greet.py")
        .await;
    assert_eq!(text.status, StatusCode::OK);

    let beside = "/api/projects/default/flows/secret";
    for path in [
        "",
        "/files",
        "/files/flow.dag.yaml",
        "/session/packages",
        "/presets",
    ] {
        let answer = world.get(&format!("{beside}{path}")).await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            answer.text()
        );
    }
    let sessions = SESSIONS.replace("promptflow%2Fextract", "secret");
    for (method, path) in [
        (Method::POST, sessions.clone()),
        (Method::POST, format!("{beside}/runs")),
        (Method::POST, format!("{beside}/session/preflight")),
        (Method::POST, format!("{beside}/session/install-plan")),
    ] {
        let answer = world.call(method, &path, &JSON, "{}").await;
        assert_eq!(
            answer.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            answer.text()
        );
    }
}
