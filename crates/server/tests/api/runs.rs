//! Runs of a flow.

use std::{fs, os::unix::fs::symlink};

use axum::http::{Method, StatusCode};
use flowdeck_compute::fake::Step;
use serde_json::{Value, json};

use crate::{
    stream::Events,
    world::{Answer, World},
};

pub(crate) const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

pub(crate) async fn world_with_session() -> (World, Events) {
    let world = World::new().await;
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    assert_eq!(
        world.call(Method::POST, SESSIONS, &JSON, "{}").await.status,
        StatusCode::ACCEPTED
    );
    events.until_session("available").await;
    (world, events)
}

pub(crate) async fn run(world: &World, body: Value) -> Answer {
    world
        .call(
            Method::POST,
            &format!("{FLOW}/runs"),
            &JSON,
            body.to_string(),
        )
        .await
}

pub(crate) async fn until_run(events: &mut Events, state: &str) -> Value {
    loop {
        let run = events.until("run").await.data["value"].clone();
        if run["summary"]["state"] == state {
            return run;
        }
    }
}

#[tokio::test]
async fn without_a_session_a_run_says_why_not() {
    let world = World::new().await;
    let answer = run(&world, json!({})).await;
    answer.refused(StatusCode::CONFLICT);
    assert_eq!(
        answer.json()["error"]["message"],
        "Start a compute session to run this flow."
    );
    assert_eq!(world.get(&format!("{FLOW}/runs")).await.json(), json!([]));
}

#[tokio::test]
async fn a_run_says_which_variant_it_is_of() {
    let world = World::new().await;
    let yaml = "inputs: {}\noutputs:\n  said: {type: string, reference: '${ask.output}'}\nnodes:\n- {name: ask, use_variants: true}\nnode_variants:\n  ask:\n    default_variant_id: a\n    variants:\n      a: {node: {type: prompt, source: {type: code, path: a.jinja2}, inputs: {}}}\n      b: {node: {type: prompt, source: {type: code, path: b.jinja2}, inputs: {}}}\n";
    world.write("flows/greeter/flow.dag.yaml", yaml);
    let fake = json!({"nodes": {"ask": {"output": "one"}, "ask.b": {"output": "other"}}});
    world.write("flows/greeter/fake.json", fake.to_string());
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    world.call(Method::POST, SESSIONS, &JSON, "{}").await;
    events.until_session("available").await;
    for (variant, said) in [
        (Value::Null, "one"),
        (json!({"node": "ask", "id": "b"}), "other"),
    ] {
        let begun = run(&world, json!({ "variant": variant })).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
        let ended = until_run(&mut events, "completed").await;
        assert_eq!(ended["outputs"], json!({ "said": said }));
        assert_eq!(ended["summary"]["variant"], variant);
    }
    let answer = run(&world, json!({"variant": {"node": "ask", "id": "c"}})).await;
    assert_eq!(answer.refused(StatusCode::BAD_REQUEST), "VariantNotFound");
}

#[tokio::test]
async fn the_list_of_flows_has_the_newest_run_of_each_and_hears_of_it() {
    let (world, mut events) = world_with_session().await;
    let mut flows = Events::open(&world, "/api/projects/default/events", None).await;
    for inputs in [json!({"name": "Ada"}), json!({"name": "Grace"})] {
        let begun = run(&world, json!({ "inputs": inputs })).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
        until_run(&mut events, "completed").await;
    }
    let list = world.get("/api/projects/default/flows").await.json();
    let last = &list["flows"][0]["lastRun"];
    assert_eq!(
        (&last["number"], &last["state"]),
        (&json!(2), &json!("completed"))
    );
    let one = world.get(FLOW).await.json();
    assert_eq!(one["summary"]["lastRun"], *last);
    loop {
        let told = flows.until("flows").await.data["value"].clone();
        if told["flows"][0]["lastRun"] == *last {
            return;
        }
    }
}

#[tokio::test]
async fn a_run_is_told_live_and_kept() {
    let (world, mut events) = world_with_session().await;
    let begun = run(&world, json!({"inputs": {"name": "Ada"}})).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    let done = until_run(&mut events, "completed").await;
    let id = done["summary"]["id"].as_str().unwrap();
    assert_eq!(begun.json()["summary"]["id"], id);
    assert_eq!(done["inputs"], json!({"name": "Ada"}));
    assert_eq!(done["nodes"][0]["name"], "greet");
    assert_eq!(world.get(&format!("{FLOW}/runs/{id}")).await.json(), done);
    let log = world.get(&format!("{FLOW}/runs/{id}/log")).await;
    assert!(
        log.text().contains("Executing node greet"),
        "{}",
        log.text()
    );
    assert_eq!(log.header("content-type"), "text/plain; charset=utf-8");
    drop(events);
    let world = world.restarted("/").await;
    let runs = world.get(&format!("{FLOW}/runs")).await.json();
    assert_eq!(runs, json!([done["summary"]]));
}

#[tokio::test]
async fn a_run_can_be_cancelled() {
    let (world, mut events) = world_with_session().await;
    world.engine.hang(Step::Execute);
    let begun = run(&world, json!({})).await.json();
    let id = begun["summary"]["id"].as_str().unwrap();
    let canceled = world
        .call(Method::POST, &format!("{FLOW}/runs/{id}/cancel"), &[], "")
        .await;
    assert_eq!(canceled.status, StatusCode::OK, "{}", canceled.text());
    until_run(&mut events, "canceled").await;
    let gone = world
        .call(Method::POST, &format!("{FLOW}/runs/gone/cancel"), &[], "")
        .await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "RunNotFound");
}

#[tokio::test]
async fn a_node_runs_alone_and_one_that_is_not_there_does_not() {
    let (world, mut events) = world_with_session().await;
    assert_eq!(
        run(&world, json!({"node": "greet"})).await.status,
        StatusCode::CREATED
    );
    assert_eq!(
        until_run(&mut events, "completed").await["summary"]["node"],
        "greet"
    );
    let missing = run(&world, json!({"node": "gone"})).await;
    missing.refused(StatusCode::BAD_REQUEST);
}

/// The smallest picture that there is.
pub(crate) const PICTURE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[tokio::test]
async fn pictures_of_a_run_are_given_and_nothing_else_is() {
    let (world, mut events) = world_with_session().await;
    run(&world, json!({"inputs": {"name": "Ada"}})).await;
    let done = until_run(&mut events, "completed").await;
    let id = done["summary"]["id"].as_str().unwrap();
    let folder = world.path("data/runs/greeter").join(id).join("output");
    fs::create_dir_all(&folder).unwrap();
    let pictures = format!("{FLOW}/runs/{id}/pictures");
    fs::write(folder.join("a b.txt"), PICTURE).unwrap();
    let picture = world.get(&format!("{pictures}/a%20b.txt")).await;
    assert_eq!(picture.status, StatusCode::OK, "{}", picture.text());
    assert_eq!(picture.header("content-type"), "image/gif");
    assert_eq!(picture.header("x-content-type-options"), "nosniff");

    let page = b"<html><script>alert(1)</script>";
    fs::write(folder.join("page.png"), page).unwrap();
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";
    fs::write(folder.join("drawing.svg"), drawing).unwrap();
    for name in ["page.png", "drawing.svg"] {
        let refused = world.get(&format!("{pictures}/{name}")).await;
        assert_eq!(
            refused.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            "NotAPicture"
        );
    }

    fs::write(folder.with_file_name("beside.gif"), PICTURE).unwrap();
    symlink(folder.with_file_name("beside.gif"), folder.join("link.gif")).unwrap();
    fs::create_dir(folder.join("folder.gif")).unwrap();
    for name in [
        "gone.gif",
        "link.gif",
        "folder.gif",
        "..%2Fbeside.gif",
        "%2E%2E%2Fbeside.gif",
        "%00",
    ] {
        let missing = world.get(&format!("{pictures}/{name}")).await;
        assert_eq!(
            missing.refused(StatusCode::NOT_FOUND),
            "OutputNotFound",
            "{name}"
        );
    }
    let large = fs::File::create(folder.join("large.gif")).unwrap();
    large.set_len(20_000_001).unwrap();
    let large = world.get(&format!("{pictures}/large.gif")).await;
    large.refused(StatusCode::CONFLICT);
    assert!(large.text().contains("large.gif"), "{}", large.text());
    let gone = world.get(&format!("{FLOW}/runs/gone/pictures/a.gif")).await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "RunNotFound");
}

#[tokio::test]
async fn what_a_node_would_be_given_is_told_by_name() {
    let (world, _events) = world_with_session().await;
    let upstream = world.get(&format!("{FLOW}/nodes/greet/upstream")).await;
    assert_eq!(upstream.json(), json!([]));
    let gone = world.get(&format!("{FLOW}/nodes/gone/upstream")).await;
    assert_eq!(gone.refused(StatusCode::BAD_REQUEST), "NodeNotFound");
    let given = run(&world, json!({"node": "greet", "outputs": {"other": 1}})).await;
    assert_eq!(given.refused(StatusCode::BAD_REQUEST), "NodeOutputUnknown");
}

#[tokio::test]
async fn a_run_says_what_was_set_for_it_and_what_was_in_the_flow_s_files() {
    let (world, mut events) = world_with_session().await;
    let refused = run(&world, json!({"variables": {"LD_PRELOAD": "x.so"}})).await;
    assert_eq!(refused.refused(StatusCode::BAD_REQUEST), "VariableInvalid");
    let body = json!({"inputs": {"name": "Ada"}, "variables": {"MODEL": "large", "MY_TOKEN": "tok-canary-77"}});
    let begun = run(&world, body).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    assert!(!begun.text().contains("tok-canary-77"));
    let ended = until_run(&mut events, "completed").await;
    let set = json!({"MODEL": "large", "MY_TOKEN": "**data_scrubbed**"});
    assert_eq!(ended["variables"], set);
    let id = ended["summary"]["id"].as_str().unwrap();
    let files = world.get(&format!("{FLOW}/runs/{id}/files")).await.json();
    let files = files["files"].as_array().unwrap();
    let definition = files.iter().find(|file| file["path"] == "flow.dag.yaml");
    let definition = definition.unwrap();
    assert!(definition["text"].as_str().unwrap().contains("nodes:"));
    assert_eq!(definition["digest"].as_str().unwrap().len(), 64);
    fs::remove_file(world.path(&format!("data/runs/greeter/{id}/files.json"))).unwrap();
    let lost = world.get(&format!("{FLOW}/runs/{id}/files")).await;
    assert_eq!(lost.refused(StatusCode::NOT_FOUND), "FilesNotKept");
    let none = world.get(&format!("{FLOW}/runs/none/files")).await;
    assert_eq!(none.refused(StatusCode::NOT_FOUND), "RunNotFound");
    let prices = world.get("/api/projects/default/prices").await.json();
    assert_eq!(prices, json!({"models": []}));
}
