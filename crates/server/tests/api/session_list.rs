//! The list of every compute session, of flows and of nobody.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{stream::Events, world::World};

const PROJECT: &str = "/api/projects/default";
const WORKSPACE: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Follows the list until it is as `is_it` says; gives its entries.
async fn until(events: &mut Events, is_it: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    loop {
        let event = events.next().await.unwrap();
        assert_eq!(event.data["type"], "sessions", "{event:?}");
        let sessions = event.data["value"].as_array().unwrap().clone();
        if is_it(&sessions) {
            return sessions;
        }
    }
}

fn all_are(sessions: &[Value], state: &str) -> bool {
    sessions.iter().all(|session| session["state"] == state)
}

#[tokio::test]
async fn the_sessions_of_flows_and_of_nobody_are_listed_live_and_stopped_by_id() {
    let world = World::new().await;
    let mut events = Events::open(&world, &format!("{PROJECT}/sessions/events"), None).await;
    until(&mut events, <[Value]>::is_empty).await;

    let settings =
        json!({"compute": {"instance": {"name": "shared"}}, "idleShutdown": {"after": 600}});
    let apply = format!("{PROJECT}/flows/greeter/session/settings");
    let path = format!("{PROJECT}/instances/shared/start");
    world.call(Method::POST, &path, &JSON, "{}").await;
    let applied = world
        .call(Method::PUT, &apply, &JSON, settings.to_string())
        .await;
    assert_eq!(applied.status, StatusCode::ACCEPTED, "{}", applied.text());
    let own = format!("{WORKSPACE}/FlowSessions/by-itself");
    let made = world.call(Method::POST, &own, &JSON, "{}").await;
    assert_eq!(made.status, StatusCode::ACCEPTED, "{}", made.text());

    let sessions = until(&mut events, |sessions| {
        sessions.len() == 2 && all_are(sessions, "available")
    })
    .await;
    let of_flow = sessions.iter().find(|session| session["flow"] == "greeter");
    let of_flow = of_flow.unwrap();
    assert_eq!(of_flow["instance"], "shared");
    assert_eq!(of_flow["maxIdleTimeSeconds"], 600);
    assert!(of_flow["size"]["vCpus"].is_u64(), "{of_flow}");
    assert!(of_flow["idleDeadline"].is_i64(), "{of_flow}");
    let of_nobody = sessions
        .iter()
        .find(|session| session.get("flow").is_none());
    assert_eq!(of_nobody.unwrap()["session"], "by-itself");

    let asked = world.get(&format!("{PROJECT}/sessions")).await.json();
    assert_eq!(asked["sessions"], json!(sessions));

    let of_it = format!("{PROJECT}/sessions/by-itself/events");
    let mut of_it = Events::open(&world, &of_it, None).await;
    let snapshot = of_it.until("snapshot").await.data["value"].clone();
    assert_eq!(snapshot["session"]["state"], "available", "{snapshot}");
    let lines = snapshot["sessionLog"].as_array().unwrap();
    let is_ready = |line: &Value| line["text"].as_str().unwrap().contains("is ready");
    assert!(lines.iter().any(is_ready), "{snapshot}");
    assert_eq!(snapshot["runs"], json!([]));

    for session in &sessions {
        let id = session["session"].as_str().unwrap();
        let log = world.get(&format!("{PROJECT}/sessions/{id}/log")).await;
        assert_eq!(log.status, StatusCode::OK, "{}", log.text());
        assert!(log.text().contains("is ready"), "{}", log.text());
        let stop = format!("{WORKSPACE}/FlowSessions/{id}");
        let stopped = world.call(Method::DELETE, &stop, &[], "").await;
        assert_eq!(stopped.status, StatusCode::ACCEPTED, "{}", stopped.text());
    }
    of_it.until_session("notExist").await;
    until(&mut events, <[Value]>::is_empty).await;
    let gone = world
        .get(&format!("{PROJECT}/sessions/by-itself/log"))
        .await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "SessionNotFound");
}
