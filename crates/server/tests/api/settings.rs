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

async fn put(world: &World, path: &str, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    world
        .call(Method::PUT, &format!("/{path}"), &json, body.to_string())
        .await
}

#[tokio::test]
async fn a_preflight_says_what_a_start_would_meet_and_allocates_nothing() {
    let world = World::new().await;
    world.write("flows/greeter/requirements.txt", "alpha\n");
    let path = paths::session_preflight(&project(), &flow());
    let outcomes = |answer: &Answer| -> Vec<(String, String)> {
        let checks = answer.json()["checks"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        checks
            .iter()
            .map(|check| (text(&check["name"]), text(&check["outcome"])))
            .collect()
    };
    let fine = post(&world, &path, json!({})).await;
    assert_eq!(fine.status, StatusCode::OK, "{}", fine.text());
    assert_eq!(
        (&fine.json()["vmSize"], &fine.json()["requirements"]),
        (&json!("Host_1"), &json!("requirements.txt"))
    );
    let names: Vec<_> = outcomes(&fine).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Quota",
            "Base image",
            "Identity",
            "Requirements file",
            "flow.dag.yaml",
            "Disk space"
        ]
    );
    assert!(
        outcomes(&fine)
            .iter()
            .take(5)
            .all(|(_, outcome)| outcome == "ok"),
        "{}",
        fine.text()
    );

    world.write(
        "flows/greeter/flow.dag.yaml",
        "environment:\n  python_requirements_txt: gone.txt\nnodes: nonsense\n",
    );
    let wrong = json!({
        "compute": {"serverless": {"vmSize": "Host_9", "identity": "nobody"}},
        "baseImage": "team/Image:tag",
    });
    let wrong = post(&world, &path, wrong).await;
    let found: Vec<_> = outcomes(&wrong)
        .into_iter()
        .map(|(_, outcome)| outcome)
        .collect();
    assert_eq!(
        found[..5],
        ["failure", "failure", "failure", "failure", "warning"],
        "{}",
        wrong.text()
    );
    assert_eq!(status(&world).await["status"], "NotExist");
    assert_eq!(world.engine.environments().len(), 0);
    let unknown = post(&world, &path, json!({"colour": "red"})).await;
    assert_eq!(unknown.refused(StatusCode::BAD_REQUEST), "InvalidBody");
}

#[tokio::test]
async fn settings_are_put_as_a_whole_and_the_flow_says_which_image() {
    let world = World::new().await;
    let path = paths::session_settings(&project(), &flow());
    let with_image = json!({"baseImage": "registry.example/team/image:1"});
    let refused = put(&world, &path, with_image.clone()).await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "BaseImageDiffers");
    let first = put(&world, &path, json!({"idleShutdown": "never"})).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text());
    assert!(first.header("azure-asyncoperation").starts_with("http://"));
    let before = available(&world).await;
    let second = put(&world, &path, json!({"idleShutdown": {"after": 600}})).await;
    assert_eq!(second.status, StatusCode::ACCEPTED);
    let now = available(&world).await;
    assert_eq!(
        (&now["sessionId"], &now["maxIdleTimeSeconds"]),
        (&before["sessionId"], &json!(600))
    );
    let text = format!(
        "environment:\n  image: registry.example/team/image:1\n{}",
        crate::world::FLOW
    );
    world.write("flows/greeter/flow.dag.yaml", text);
    assert_eq!(
        put(&world, &path, with_image).await.status,
        StatusCode::ACCEPTED
    );
    let reset = available(&world).await;
    assert_ne!(reset["sessionId"], before["sessionId"]);
    assert_eq!(reset["baseImage"], "registry.example/team/image:1");
}

#[tokio::test]
async fn presets_are_kept_in_the_flow_folder_and_a_broken_file_is_not_emptied() {
    let world = World::new().await;
    let all = format!("/{}", paths::presets(&project(), &flow()));
    assert_eq!(world.get(&all).await.json(), json!([]));
    let large = json!({"name": "Large <b> & 50%", "settings": {"compute": {"serverless": {"vmSize": "Host_4"}}, "idleShutdown": "never"}});
    let path = paths::preset(&project(), &flow(), "Large <b> & 50%");
    let kept = put(&world, &path, large.clone()).await;
    assert_eq!(kept.status, StatusCode::NO_CONTENT, "{}", kept.text());
    assert_eq!(world.get(&all).await.json(), json!([large]));
    let file = world.path("flows/greeter/.flowdeck/presets.json");
    assert!(std::fs::read_to_string(&file).unwrap().contains("Host_4"));

    let other = paths::preset(&project(), &flow(), "other");
    assert_eq!(
        put(&world, &other, large)
            .await
            .refused(StatusCode::BAD_REQUEST),
        "PresetNameDiffers"
    );
    let long = "x".repeat(61);
    let path_of_long = paths::preset(&project(), &flow(), &long);
    let long = json!({"name": long, "settings": {}});
    assert_eq!(
        put(&world, &path_of_long, long)
            .await
            .refused(StatusCode::BAD_REQUEST),
        "PresetNameInvalid"
    );
    assert_eq!(
        world
            .call(Method::DELETE, &format!("/{other}"), &[], "")
            .await
            .refused(StatusCode::NOT_FOUND),
        "PresetNotFound"
    );
    assert_eq!(
        world
            .call(Method::DELETE, &format!("/{path}"), &[], "")
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.get(&all).await.json(), json!([]));

    let broken = "[{\"name\": \"mine\"";
    world.write("flows/greeter/.flowdeck/presets.json", broken);
    assert_eq!(
        world.get(&all).await.refused(StatusCode::CONFLICT),
        "PresetsUnreadable"
    );
    let other_preset = json!({"name": "other", "settings": {}});
    assert_eq!(
        put(&world, &other, other_preset)
            .await
            .refused(StatusCode::CONFLICT),
        "PresetsUnreadable"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), broken);
}
