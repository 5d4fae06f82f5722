//! Live events.

use axum::http::Method;

use crate::{
    stream::{Event, Events},
    world::{FLOW, World},
};

const FLOW_EVENTS: &str = "/api/projects/default/flows/greeter/events";
const PROJECT_EVENTS: &str = "/api/projects/default/events";

fn changed_paths(event: &Event) -> Vec<String> {
    event.data["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["path"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_stream_begins_with_everything() {
    let world = World::new().await;
    let first = Events::open(&world, FLOW_EVENTS, None)
        .await
        .next()
        .await
        .unwrap();
    assert_eq!(first.data["type"], "snapshot");
    assert_eq!(first.data["value"]["session"]["state"], "notExist");
    assert!(!first.id.is_empty());
}

#[tokio::test]
async fn what_was_read_as_of_the_beginning_of_a_stream_is_current() {
    const FLOW_PATH: &str = "/api/projects/default/flows/greeter";
    let world = World::new().await;
    let read = async || {
        let flow = world.get(FLOW_PATH).await.json()["asOf"].clone();
        let files = world.get(&format!("{FLOW_PATH}/files")).await.json()["asOf"].clone();
        (flow, files)
    };
    let before = read().await;
    let mut events = Events::open(&world, FLOW_EVENTS, None).await;
    let begun = events.until("snapshot").await;
    let as_of = begun.data["value"]["asOf"].clone();
    assert_eq!(as_of, begun.id.as_str());
    assert_eq!(before, (as_of.clone(), as_of.clone()));
    world.write("flows/greeter/new.py", "x = 1\n");
    let changed = events.until("files").await;
    let (flow, files) = read().await;
    assert_eq!((&flow, &files), (&files, &flow));
    assert_ne!(flow, as_of);
    // A stream that begins now has nothing older to tell.
    let again = Events::open(&world, FLOW_EVENTS, None).await.next().await;
    let again = again.unwrap().data["value"]["asOf"].clone();
    assert_ne!(again, as_of);
    assert!(!changed.id.is_empty());
}

#[tokio::test]
async fn a_file_changed_by_anybody_is_told() {
    let world = World::new().await;
    let mut events = Events::open(&world, FLOW_EVENTS, None).await;
    events.until("snapshot").await;
    world.write("flows/greeter/new.py", "x = 1\n");
    let mut seen = Vec::new();
    while !seen.contains(&"new.py".to_owned()) {
        seen.extend(changed_paths(&events.until("files").await));
    }
    std::fs::remove_file(world.path("flows/greeter/new.py")).unwrap();
    loop {
        let event = events.until("files").await;
        let gone = event.data["value"]
            .as_array()
            .unwrap()
            .iter()
            .any(|change| change["path"] == "new.py" && change.get("entry").is_none());
        if gone {
            break;
        }
    }
}

#[tokio::test]
async fn a_save_through_the_api_is_told_with_its_tag() {
    let world = World::new().await;
    let mut events = Events::open(&world, FLOW_EVENTS, None).await;
    events.until("snapshot").await;
    let path = "/api/projects/default/flows/greeter/files/greet.py";
    let saved = world
        .call(Method::PUT, path, &[("if-match", "*")], "saved")
        .await;
    let event = events.until("files").await;
    assert_eq!(changed_paths(&event), ["greet.py"]);
    assert_eq!(
        event.data["value"][0]["entry"]["etag"],
        saved.header("etag")
    );
}

#[tokio::test]
async fn a_folder_that_comes_is_told_with_what_it_holds() {
    let world = World::new().await;
    world.write("outside/sub/deep/a.py", "");
    let mut events = Events::open(&world, FLOW_EVENTS, None).await;
    events.until("snapshot").await;
    std::fs::rename(world.path("outside/sub"), world.path("flows/greeter/sub")).unwrap();
    let mut seen = Vec::new();
    while !seen.contains(&"sub/deep/a.py".to_owned()) {
        seen.extend(changed_paths(&events.until("files").await));
    }
    assert!(seen.contains(&"sub".to_owned()));
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_event() {
    let world = World::new().await;
    let mut events = Events::open(&world, FLOW_EVENTS, None).await;
    let snapshot = events.until("snapshot").await;
    let path = "/api/projects/default/flows/greeter/files/greet.py";
    world
        .call(Method::PUT, path, &[("if-match", "*")], "one")
        .await;
    let first = events.until("files").await;
    drop(events);
    // What happened since the snapshot comes again, and nothing before it.
    let again = Events::open(&world, FLOW_EVENTS, Some(&snapshot.id))
        .await
        .next()
        .await
        .unwrap();
    assert_eq!((&again.id, &again.data), (&first.id, &first.data));
    // What this server did not send cannot be resumed.
    for unknown in ["00000000-1", "x", "", &format!("{}9", first.id)] {
        let event = Events::open(&world, FLOW_EVENTS, Some(unknown))
            .await
            .next()
            .await
            .unwrap();
        assert_eq!(event.data["type"], "snapshot", "{unknown}");
    }
}

#[tokio::test]
async fn a_project_tells_all_its_flows_first_and_at_each_change() {
    let world = World::new().await;
    let mut events = Events::open(&world, PROJECT_EVENTS, None).await;
    let first = events.next().await.unwrap();
    assert_eq!(first.data["type"], "flows");
    assert_eq!(first.data["value"]["flows"][0]["id"], "greeter");
    world.write("flows/new/flow.dag.yaml", FLOW);
    loop {
        let event = events.next().await.unwrap();
        if event.data["value"]["flows"]
            .as_array()
            .unwrap()
            .iter()
            .any(|flow| flow["id"] == "new")
        {
            break;
        }
    }
}

#[tokio::test]
async fn streams_end_when_the_server_closes() {
    let world = World::new().await;
    let mut streams = [
        Events::open(&world, FLOW_EVENTS, None).await,
        Events::open(&world, PROJECT_EVENTS, None).await,
    ];
    for events in &mut streams {
        events.next().await.unwrap();
    }
    world.app.close().await;
    for mut events in streams {
        while events.next().await.is_some() {}
    }
}
