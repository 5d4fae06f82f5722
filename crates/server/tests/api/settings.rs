//! What a session can be asked for, over HTTP.

use axum::http::{Method, StatusCode};
use flowdeck_contract::{
    ids::{FlowId, ProjectName},
    paths,
    settings::ComputeOptions,
};
use serde_json::{Value, json};

use crate::world::{Answer, World};

fn project() -> ProjectName {
    ProjectName::try_from("default").unwrap()
}

fn flow() -> FlowId {
    FlowId::try_from("greeter").unwrap()
}

async fn post(world: &World, path: &str, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    world
        .call(Method::POST, &format!("/{path}"), &json, body.to_string())
        .await
}

async fn set_up(world: &World, body: Value) -> Answer {
    post(world, &paths::sessions(&project(), &flow()), body).await
}

async fn status(world: &World) -> Value {
    let path = format!("/{}/status", paths::sessions(&project(), &flow()));
    world.get(&path).await.json()
}

/// The session's status when it is `Available`.
async fn available(world: &World) -> Value {
    loop {
        let status = status(world).await;
        match status["status"].as_str() {
            Some("Starting" | "Stopping") => tokio::task::yield_now().await,
            _ => {
                assert_eq!(status["status"], "Available", "{status}");
                return status;
            }
        }
    }
}

async fn options(world: &World) -> ComputeOptions {
    let path = format!("/{}", paths::compute_options(&project()));
    serde_json::from_value(world.get(&path).await.json()).unwrap()
}

#[tokio::test]
async fn the_options_name_what_there_is_and_never_a_credential() {
    let world = World::new().await;
    let path = format!("/{}", paths::compute_options(&project()));
    let answer = world.get(&path).await;
    assert_eq!(answer.status, StatusCode::OK);
    for secret in ["hunter2", "pull-user"] {
        assert!(!answer.text().contains(secret), "{}", answer.text());
    }
    let options = options(&world).await;
    let sizes: Vec<_> = options.sizes.iter().map(|size| &*size.name).collect();
    assert_eq!(sizes, ["Host_1", "Host_2", "Host_4", "Host_All"]);
    assert_eq!(options.default_size.as_deref(), Some("Host_1"));
    assert_eq!(options.identities[0].name, "puller");
    assert!(options.images_unavailable.is_some());
    let other = ProjectName::try_from("other").unwrap();
    let other = world
        .get(&format!("/{}", paths::compute_options(&other)))
        .await;
    assert_eq!(other.refused(StatusCode::NOT_FOUND), "ProjectNotFound");
}

#[tokio::test]
async fn a_start_takes_settings_and_an_update_changes_what_it_names() {
    let world = World::new().await;
    let asked = json!({"vmSize": "Host_2", "identity": "puller", "maxIdleTimeSeconds": -1});
    assert_eq!(set_up(&world, asked).await.status, StatusCode::ACCEPTED);
    let first = available(&world).await;
    assert_eq!(first["vmSize"], "Host_2");
    assert_eq!(
        first["identity"],
        json!({"type": "UserAssigned", "userAssignedIdentities": {"puller": {}}})
    );
    assert_eq!(first.get("maxIdleTimeSeconds"), None);

    let idle = json!({"action": "Update", "maxIdleTimeSeconds": 600});
    assert_eq!(set_up(&world, idle).await.status, StatusCode::ACCEPTED);
    let second = available(&world).await;
    assert_eq!(second["maxIdleTimeSeconds"], 600);
    assert_eq!(
        (&second["sessionId"], &second["vmSize"], &second["identity"]),
        (&first["sessionId"], &first["vmSize"], &first["identity"])
    );

    let size = json!({"action": "Update", "vmSize": "Host_1", "identity": ""});
    assert_eq!(set_up(&world, size).await.status, StatusCode::ACCEPTED);
    let third = available(&world).await;
    assert_ne!(third["sessionId"], first["sessionId"]);
    assert_eq!(
        (&third["vmSize"], &third["maxIdleTimeSeconds"]),
        (&json!("Host_1"), &json!(600))
    );
    assert_eq!(third.get("identity"), None);

    let large = json!({"action": "Update", "vmSize": "Host_All", "computeName": ""});
    assert_eq!(set_up(&world, large).await.status, StatusCode::ACCEPTED);
    assert_eq!(available(&world).await["vmSize"], "Host_All");
    let instance = paths::instance_start(&project(), "shared");
    assert_eq!(
        post(&world, &instance, json!({}))
            .await
            .refused(StatusCode::CONFLICT),
        "QuotaExceeded"
    );
}

#[tokio::test]
async fn a_compute_instance_is_started_before_a_session_runs_on_it() {
    let world = World::new().await;
    let on_it = json!({"computeName": "shared"});
    assert_eq!(
        set_up(&world, on_it.clone())
            .await
            .refused(StatusCode::CONFLICT),
        "ComputeInstanceStopped"
    );
    let start = post(
        &world,
        &paths::instance_start(&project(), "shared"),
        json!({}),
    )
    .await;
    assert_eq!(
        (start.status, start.json()["state"].as_str()),
        (StatusCode::OK, Some("Running"))
    );
    let fixed = json!({"computeName": "shared", "vmSize": "Host_1"});
    let refused = set_up(&world, fixed).await;
    assert_eq!(
        refused.refused(StatusCode::BAD_REQUEST),
        "ComputeInstanceFixed"
    );
    assert_eq!(refused.json()["error"]["target"], "vmSize");
    assert_eq!(set_up(&world, on_it).await.status, StatusCode::ACCEPTED);
    let session = available(&world).await;
    assert_eq!(
        (&session["computeName"], &session["vmSize"]),
        (&json!("shared"), &json!("Host_2"))
    );
    assert_eq!(options(&world).await.instances[0].sessions, 1);
    let none = paths::instance_start(&project(), "none");
    assert_eq!(
        post(&world, &none, json!({}))
            .await
            .refused(StatusCode::NOT_FOUND),
        "ComputeInstanceNotFound"
    );
}
