//! One call of a model that a person tries.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    runs::{FLOW, world_with_session},
    world::{Answer, World},
};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn call(world: &World, model: &str) -> Answer {
    let path = format!("{FLOW}/model-calls");
    let messages = json!([{"role": "user", "content": "Hello there"}]);
    let body = json!({"connection": "mine", "inputs": {"model": model, "messages": messages}});
    let headers = [JSON];
    world
        .call(Method::POST, &path, &headers, body.to_string())
        .await
}

async fn connect(world: &World, body: Value) {
    let path = "/api/projects/default/connections/mine";
    let headers = [JSON, ("if-none-match", "*")];
    let answer = world
        .call(Method::PUT, path, &headers, body.to_string())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
}

#[tokio::test]
async fn a_call_needs_a_session_and_a_connection_of_the_flow_and_then_streams() {
    let world = World::new().await;
    let without = call(&world, "gpt").await;
    without.refused(StatusCode::CONFLICT);
    drop(world);

    let (world, _events) = world_with_session().await;
    let missing = call(&world, "gpt").await;
    assert_eq!(
        missing.refused(StatusCode::BAD_REQUEST),
        "ConnectionsNeeded"
    );
    let configs = json!({"base_url": "http://localhost:1/v1"});
    let limited = json!({"type": "OpenAI", "configs": configs, "secrets": {"api_key": "sk-of-a-call"}, "flows": ["other"]});
    connect(&world, limited).await;
    let refused = call(&world, "gpt").await;
    assert_eq!(
        refused.refused(StatusCode::BAD_REQUEST),
        "ConnectionsNeeded"
    );
    drop(world);

    let (world, _events) = world_with_session().await;
    connect(
        &world,
        json!({"type": "OpenAI", "configs": configs, "secrets": {"api_key": "sk-of-a-call"}}),
    )
    .await;
    let answer = call(&world, "gpt").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/jsonl");
    let text = answer.text();
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (end, pieces) = events.split_last().unwrap();
    assert!(pieces.iter().all(|event| event["kind"] == "text"), "{text}");
    assert_eq!(end["kind"], "ended");
    let said = &end["value"]["output"]["choices"][0]["message"]["content"];
    assert_eq!(said, "You said: Hello there");
    assert_eq!(end["value"]["tokens"]["total"], 16);

    let answer = call(&world, "missing").await;
    let failed = answer.text();
    assert!(failed.contains("No such model."), "{failed}");
    let listed = world.get(&format!("{FLOW}/runs")).await.json();
    assert_eq!(listed, json!([]), "it's no run");
}
