//! A flow's session as the app shows it.

use std::fs;

use axum::http::{Method, StatusCode};
use flowdeck_compute::fake::Step;
use serde_json::json;

use crate::{stream::Events, world::World};

const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";

async fn start(world: &World) -> Events {
    let mut events = Events::open(world, &format!("{FLOW}/events"), None).await;
    let json = [("content-type", "application/json")];
    assert_eq!(
        world.call(Method::POST, SESSIONS, &json, "{}").await.status,
        StatusCode::ACCEPTED
    );
    events.until_session("available").await;
    events
}

#[tokio::test]
async fn phases_and_log_lines_arrive_live_and_can_be_read_afterwards() {
    let world = World::new().await;
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    let json = [("content-type", "application/json")];
    world.call(Method::POST, SESSIONS, &json, "{}").await;
    let mut lines = Vec::new();
    while !lines
        .iter()
        .any(|line: &String| line.contains("making the base"))
    {
        let event = events.until("sessionLog").await;
        lines.extend(
            event.data["value"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["text"].as_str().unwrap().to_owned()),
        );
    }
    let session = world.get(&format!("{FLOW}/session")).await.json();
    assert!(
        session["phases"].as_array().unwrap().len() >= 5,
        "{session}"
    );
    let log = world.get(&format!("{FLOW}/session/log")).await;
    assert_eq!(log.header("content-type"), "text/plain; charset=utf-8");
    assert!(log.text().contains("making the base"), "{}", log.text());
}

#[tokio::test]
async fn a_second_reader_sees_the_same_state() {
    let world = World::new().await;
    let _first = start(&world).await;
    let second = Events::open(&world, &format!("{FLOW}/events"), None)
        .await
        .next()
        .await
        .unwrap();
    assert_eq!(
        second.data["value"]["session"],
        world.get(&format!("{FLOW}/session")).await.json()
    );
    assert!(
        !second.data["value"]["sessionLog"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_project_tells_of_sessions() {
    let world = World::new().await;
    let mut project = Events::open(&world, "/api/projects/default/events", None).await;
    assert_eq!(
        project.next().await.unwrap().data["value"]["flows"][0]["session"],
        "notExist"
    );
    start(&world).await;
    while project.next().await.unwrap().data["value"]["flows"][0]["session"] != "available" {}
}

#[tokio::test]
async fn a_session_that_dies_is_told() {
    let world = World::new().await;
    let mut events = start(&world).await;
    world.engine.kill_runtimes();
    let failed = events.until_session("failed").await;
    assert_eq!(failed["failure"]["code"], "RuntimeDied");
}

#[tokio::test]
async fn activity_is_noted_with_and_without_a_session() {
    let world = World::new().await;
    let note = || {
        world.call(
            Method::POST,
            "/api/projects/default/flows/greeter/session/activity",
            &[],
            "",
        )
    };
    assert_eq!(note().await.status, StatusCode::NO_CONTENT);
    start(&world).await;
    assert_eq!(note().await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn changed_requirements_make_the_session_out_of_date() {
    let world = World::new().await;
    let mut events = start(&world).await;
    let path = format!("{FLOW}/files/requirements.txt");
    assert_eq!(
        world
            .call(Method::PUT, &path, &[("if-none-match", "*")], "colorama\n")
            .await
            .status,
        StatusCode::CREATED
    );
    while events.until_session("available").await["outOfDate"].is_null() {}
}

#[tokio::test]
async fn the_session_of_a_flow_that_is_gone_can_still_be_stopped() {
    let world = World::new().await;
    let mut events = start(&world).await;
    fs::remove_dir_all(world.path("flows/greeter")).unwrap();
    assert_eq!(
        world.get(&format!("{FLOW}/session")).await.json()["state"],
        "available"
    );
    assert_eq!(
        world.get(FLOW).await.refused(StatusCode::NOT_FOUND),
        "FlowNotFound"
    );
    assert_eq!(
        world.call(Method::DELETE, SESSIONS, &[], "").await.status,
        StatusCode::ACCEPTED
    );
    events.until_session("notExist").await;
    assert_eq!(
        world
            .get(&format!("{FLOW}/session"))
            .await
            .refused(StatusCode::NOT_FOUND),
        "FlowNotFound"
    );
}

#[tokio::test]
async fn a_start_under_way_can_be_stopped() {
    let world = World::new().await;
    world.engine.hang(Step::Install);
    world.engine.hang(Step::Check);
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    let json = [("content-type", "application/json")];
    world.call(Method::POST, SESSIONS, &json, "{}").await;
    events.until_session("starting").await;
    let body = json!({"action": "Delete"}).to_string();
    assert_eq!(
        world.call(Method::POST, SESSIONS, &json, body).await.status,
        StatusCode::ACCEPTED
    );
    events.until_session("notExist").await;
}
