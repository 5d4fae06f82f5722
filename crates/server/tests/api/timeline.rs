//! What became of sessions, as the API tells it.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{stream::Events, world::World};

const FLOW: &str = "/api/projects/default/flows/greeter";
const SESSIONS: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Flows/greeter/sessions";
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Starts the session with the cookie of a browser.
async fn start_in_browser(world: &World) {
    let (cookie, key) = world.browser().await;
    let request = World::anonymous(Method::POST, SESSIONS)
        .header("cookie", cookie)
        .header("x-flowdeck-key", key)
        .header("origin", "http://127.0.0.1:8642")
        .header("content-type", "application/json");
    let started = world.answer(request.body("{}".into()).unwrap()).await;
    assert_eq!(started.status, StatusCode::ACCEPTED, "{}", started.text());
}

async fn lives(world: &World, path: &str) -> Vec<Value> {
    let answer = world.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["lives"].as_array().unwrap().clone()
}

#[tokio::test]
async fn who_asked_for_what_is_told_live_and_after_the_end_and_a_restart() {
    let world = World::new().await;
    let timeline = format!("{FLOW}/session/timeline");
    assert!(lives(&world, &timeline).await.is_empty());
    let mut events = Events::open(&world, &format!("{FLOW}/events"), None).await;
    start_in_browser(&world).await;
    let live = loop {
        let event = events.next().await.unwrap();
        if event.data["type"] == "life" && event.data["value"]["state"] == "available" {
            break event.data["value"].clone();
        }
    };
    assert_eq!(lives(&world, &timeline).await, std::slice::from_ref(&live));
    assert_eq!(live["asked"][0]["by"], "browser");
    assert_eq!(live["asked"][0]["what"], "start");
    assert_eq!(live["phases"].as_array().unwrap().len(), 6);

    world.call(Method::DELETE, SESSIONS, &JSON, "").await;
    events.until_session("notExist").await;
    drop(events);
    let world = world.restarted("/").await;
    let life = lives(&world, &timeline).await.remove(0);
    assert_eq!(
        (&life["state"], &life["flow"]),
        (&json!("notExist"), &json!("greeter"))
    );
    assert_eq!(
        (&life["asked"][1]["what"], &life["asked"][1]["by"]),
        (&json!("stop"), &json!("token"))
    );
    assert!(life["ended"].is_i64(), "{life}");
    let by_id = format!(
        "/api/projects/default/sessions/{}/timeline",
        life["session"].as_str().unwrap()
    );
    assert_eq!(lives(&world, &by_id).await, std::slice::from_ref(&life));
    let ended = world.get("/api/projects/default/sessions/ended").await;
    assert_eq!(
        ended.json()["sessions"],
        json!([{"session": life["session"], "flow": "greeter", "started": life["started"], "ended": life["ended"], "endedBy": "token"}])
    );
}

#[tokio::test]
async fn what_never_was_has_no_timeline() {
    let world = World::new().await;
    for (path, code) in [
        (
            "/api/projects/default/sessions/none/timeline",
            "SessionNotFound",
        ),
        (
            "/api/projects/default/flows/none/session/timeline",
            "FlowNotFound",
        ),
        (
            "/api/projects/other/sessions/none/timeline",
            "ProjectNotFound",
        ),
        ("/api/projects/other/sessions/ended", "ProjectNotFound"),
        (
            "/api/projects/default/sessions/none/diagnostics",
            "SessionNotFound",
        ),
        (
            "/api/projects/default/flows/none/session/diagnostics",
            "FlowNotFound",
        ),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.refused(StatusCode::NOT_FOUND), code, "{path}");
    }
}
