//! The public prompt flow service contract: its operations do what its clients expect, in its shapes.

use axum::http::{Method, StatusCode};
use flowdeck_compute::{engine::EngineError, fake::Step};
use serde_json::{Value, json};

use crate::{
    stream::Events,
    swagger::Swagger,
    world::{Answer, World},
};

const WORKSPACE: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default";
const EVENTS: &str = "/api/projects/default/flows/greeter/events";

fn url(path: &str) -> String {
    format!("{WORKSPACE}{path}")
}

async fn set_up(world: &World, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    world
        .call(
            Method::POST,
            &url("/Flows/greeter/sessions"),
            &json,
            body.to_string(),
        )
        .await
}

/// Starts the session of `greeter` and waits until it runs.
async fn start(world: &World) -> Value {
    let mut events = Events::open(world, EVENTS, None).await;
    assert_eq!(
        set_up(world, json!({"action": "Install"})).await.status,
        StatusCode::ACCEPTED
    );
    events.until_session("available").await
}

/// Where the header says to poll, without scheme and host.
fn poll_path(answer: &Answer) -> String {
    let address = answer.header("azure-asyncoperation");
    address
        .strip_prefix("http://127.0.0.1:8642")
        .unwrap_or_else(|| panic!("{address}"))
        .to_owned()
}

async fn poll(world: &World, answer: &Answer) -> Value {
    let answer = world
        .get(&format!(
            "{}?api-version=2024-01-01&type=session",
            poll_path(answer)
        ))
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// The operation once it's over; that is told a moment after the session's state.
async fn end_of(world: &World, answer: &Answer) -> Value {
    loop {
        let operation = poll(world, answer).await;
        if operation["status"] != "InProgress" {
            return operation;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn answers_have_the_contract_s_shapes() {
    let Some(swagger) = Swagger::load() else {
        return;
    };
    let world = World::new().await;
    let started = set_up(&world, json!({})).await;
    swagger.check(&Method::POST, "/Flows/{flowId}/sessions", &started);
    let mut events = Events::open(&world, EVENTS, None).await;
    let session = events.until_session("available").await["sessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    for (contract, path) in [
        ("/Flows", "/Flows".to_owned()),
        (
            "/Flows/{flowId}",
            "/Flows/greeter?experimentId=x".to_owned(),
        ),
        (
            "/Flows/{flowId}/sessions/status",
            "/Flows/greeter/sessions/status".to_owned(),
        ),
        (
            "/Flows/{flowId}/sessions/pipPackages",
            "/Flows/greeter/sessions/pipPackages".to_owned(),
        ),
        (
            "/FlowSessions/{sessionId}",
            format!("/FlowSessions/{session}"),
        ),
        (
            "/FlowSessions/{sessionId}/pipPackages",
            format!("/FlowSessions/{session}/pipPackages"),
        ),
    ] {
        let answer = world.get(&url(&path)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        swagger.check(&Method::GET, contract, &answer);
    }
    let again = set_up(&world, json!({"action": "Explode"})).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    swagger.check(&Method::POST, "/Flows/{flowId}/sessions", &again);
    let gone = world.get(&url("/Flows/gone/sessions/status")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    swagger.check(&Method::GET, "/Flows/{flowId}/sessions/status", &gone);
    let ended = world
        .call(Method::DELETE, &url("/Flows/greeter/sessions"), &[], "")
        .await;
    assert_eq!(ended.status, StatusCode::ACCEPTED);
    swagger.check(&Method::DELETE, "/Flows/{flowId}/sessions", &ended);
}

#[tokio::test]
async fn a_failed_session_has_the_contract_s_shape_too() {
    let Some(swagger) = Swagger::load() else {
        return;
    };
    let world = World::new().await;
    let failure = EngineError::new("DiskFull", "The disk is full.").with_remedy("Free some.");
    world.engine.fail(Step::CreateEnvironment, failure);
    let mut events = Events::open(&world, EVENTS, None).await;
    let started = set_up(&world, json!({})).await;
    events.until_session("failed").await;
    let status = world.get(&url("/Flows/greeter/sessions/status")).await;
    swagger.check(&Method::GET, "/Flows/{flowId}/sessions/status", &status);
    let status = status.json();
    assert_eq!(
        (&status["status"], &status["error"]["error"]["code"]),
        (&json!("Failed"), &json!("DiskFull"))
    );
    let operation = end_of(&world, &started).await;
    assert_eq!(
        (&operation["status"], &operation["error"]["code"]),
        (&json!("Failed"), &json!("DiskFull"))
    );
}

#[tokio::test]
async fn a_session_goes_through_its_life_by_the_contract_alone() {
    let world = World::new().await;
    let status = || async {
        world
            .get(&url("/Flows/greeter/sessions/status"))
            .await
            .json()
    };
    assert_eq!(status().await, json!({"status": "NotExist"}));
    world.engine.hang(Step::Check);
    let mut events = Events::open(&world, EVENTS, None).await;
    let started = set_up(
        &world,
        json!({"action": "Install", "maxIdleTimeSeconds": 900, "enableMultiContainer": false}),
    )
    .await;
    assert_eq!(
        (started.status, started.json()),
        (StatusCode::ACCEPTED, json!({}))
    );
    assert_eq!(
        poll(&world, &started).await,
        json!({"status": "InProgress"})
    );
    assert_eq!(status().await["status"], "Starting");
    world.engine.recover();
    let session = events.until_session("available").await;
    assert_eq!(
        end_of(&world, &started).await,
        json!({"status": "Succeeded"})
    );
    let available = status().await;
    assert_eq!(available["sessionId"], session["sessionId"]);
    assert_eq!(
        (&available["status"], &available["maxIdleTimeSeconds"]),
        (&json!("Available"), &json!(900))
    );
    assert_eq!(available["packages"], json!(["promptflow-core==fake"]));
    assert_eq!(
        world
            .get(&url("/Flows/greeter/sessions/pipPackages"))
            .await
            .json(),
        "promptflow-core==fake"
    );
    let by_id = world
        .get(&url(&format!(
            "/FlowSessions/{}",
            session["sessionId"].as_str().unwrap()
        )))
        .await
        .json();
    assert_eq!(by_id["properties"]["workspaceName"], "default");
    let updated = set_up(
        &world,
        json!({"action": "Update", "maxIdleTimeSeconds": 1800}),
    )
    .await;
    assert_eq!(end_of(&world, &updated).await["status"], "Succeeded");
    assert_eq!(status().await["maxIdleTimeSeconds"], 1800);
    let path = format!("/FlowSessions/{}", session["sessionId"].as_str().unwrap());
    let ended = world.call(Method::DELETE, &url(&path), &[], "").await;
    assert_eq!(ended.status, StatusCode::ACCEPTED, "{}", ended.text());
    assert!(poll_path(&ended).contains(&format!("{path}/Delete/locations/local/operations/")));
    events.until_session("notExist").await;
    assert_eq!(end_of(&world, &ended).await, json!({"status": "Succeeded"}));
    assert_eq!(
        world.get(&url(&path)).await.refused(StatusCode::NOT_FOUND),
        "SessionNotFound"
    );
    assert_eq!(world.engine.runtimes(), 0);
}

#[tokio::test]
async fn install_starts_a_session_or_installs_into_the_one_that_runs() {
    let world = World::new().await;
    world.write("flows/greeter/requirements.txt", "colorama\n");
    let session = start(&world).await;
    let mut events = Events::open(&world, EVENTS, None).await;
    let installed = set_up(&world, json!({"action": "Install"})).await;
    assert_eq!(
        installed.status,
        StatusCode::ACCEPTED,
        "{}",
        installed.text()
    );
    assert!(poll_path(&installed).contains("/Install/"));
    let after = loop {
        let session = events.until_session("available").await;
        if session["install"]["state"] == "done" {
            break session;
        }
    };
    assert_eq!(after["sessionId"], session["sessionId"]);
    let reset = set_up(&world, json!({"action": "Reset"})).await;
    assert_eq!(reset.status, StatusCode::ACCEPTED, "{}", reset.text());
    loop {
        let session = events.until_session("available").await;
        if session["sessionId"] != after["sessionId"] {
            break;
        }
    }
}

#[tokio::test]
async fn an_image_is_pulled_anew_only_when_that_is_asked_for() {
    let world = World::new().await;
    let mut session = start(&world).await;
    let mut events = Events::open(&world, EVENTS, None).await;
    for (request, pulled) in [
        (json!({"action": "Reset"}), 0),
        (json!({"action": "Reset", "pullImage": true}), 1),
        (json!({"action": "Reset", "rebuildEnvironment": true}), 1),
    ] {
        let reset = set_up(&world, request).await;
        assert_eq!(reset.status, StatusCode::ACCEPTED, "{}", reset.text());
        session = loop {
            let next = events.until_session("available").await;
            if next["sessionId"] != session["sessionId"] {
                break next;
            }
        };
        assert_eq!(world.engine.pulled_anew(), pulled);
    }
}

#[tokio::test]
async fn a_client_that_says_what_install_means_gets_that_or_a_refusal() {
    let world = World::new().await;
    let late = set_up(&world, json!({"intent": "install"})).await;
    late.refused(StatusCode::CONFLICT);
    assert_eq!(
        late.json()["error"]["message"],
        "There is no compute session. Start one first."
    );
    let running = start(&world).await;
    let late = set_up(&world, json!({"action": "Install", "intent": "start"})).await;
    late.refused(StatusCode::CONFLICT);
    assert_eq!(
        late.json()["error"]["message"],
        "The compute session is already running."
    );
    let url = "/api/projects/default/flows/greeter/session/settings?intent=start";
    let json = [("content-type", "application/json")];
    let late = world.call(Method::PUT, url, &json, "{}".to_owned()).await;
    late.refused(StatusCode::CONFLICT);
    let session = world
        .get("/api/projects/default/flows/greeter/session")
        .await;
    assert_eq!(session.json()["sessionId"], running["sessionId"]);
    assert_eq!(session.json()["install"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_done_now_is_a_conflict_with_the_reason() {
    let world = World::new().await;
    for (action, message) in [
        ("Reset", "There is no compute session."),
        ("Update", "There is no compute session. Start one first."),
        ("Delete", "There is no compute session."),
    ] {
        let answer = set_up(&world, json!({"action": action})).await;
        answer.refused(StatusCode::CONFLICT);
        assert_eq!(answer.json()["error"]["message"], message);
    }
    world.engine.hang(Step::Check);
    set_up(&world, json!({})).await;
    let again = set_up(&world, json!({})).await;
    assert_eq!(
        again.json()["error"]["message"],
        "The compute session is already starting."
    );
    world.engine.recover();
}

#[tokio::test]
async fn what_does_not_exist_is_refused_not_dropped() {
    let world = World::new().await;
    for (field, code) in [
        ("vmSize", "VmSizeNotFound"),
        ("identity", "IdentityNotFound"),
        ("computeName", "ComputeInstanceNotFound"),
    ] {
        let answer = set_up(&world, json!({field: "x"})).await;
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), code);
        assert_eq!(answer.json()["error"]["target"], field);
    }
    let nulls = json!({"action": "Install", "vmSize": null, "identity": null, "computeName": null, "maxIdleTimeSeconds": -2});
    assert_eq!(
        set_up(&world, nulls).await.refused(StatusCode::BAD_REQUEST),
        "InvalidIdleTime"
    );
    assert_eq!(
        set_up(&world, json!({"vmsize": "x"}))
            .await
            .refused(StatusCode::BAD_REQUEST),
        "InvalidBody"
    );
}

#[tokio::test]
async fn other_subscriptions_groups_and_workspaces_are_not_there() {
    let world = World::new().await;
    for (part, other, code) in [
        (
            "subscriptions/local",
            "subscriptions/0000",
            "SubscriptionNotFound",
        ),
        (
            "resourceGroups/local",
            "resourceGroups/rg",
            "ResourceGroupNotFound",
        ),
        ("workspaces/default", "workspaces/ws", "WorkspaceNotFound"),
    ] {
        for path in [
            "/Flows",
            "/Flows/greeter",
            "/Flows/greeter/sessions/status",
            "/FlowSessions/x",
            "/FlowSessions/x/Install/locations/local/operations/y",
        ] {
            let answer = world.get(&url(path).replace(part, other)).await;
            assert_eq!(answer.refused(StatusCode::NOT_FOUND), code, "{path}");
        }
    }
}

#[tokio::test]
async fn operations_that_are_not_there_are_not_found() {
    let world = World::new().await;
    let poll = |path: &'static str| world.get(Box::leak(url(path).into_boxed_str()));
    assert_eq!(
        poll("/FlowSessions/x/Install/locations/local/operations/y")
            .await
            .refused(StatusCode::NOT_FOUND),
        "OperationNotFound"
    );
    assert_eq!(
        poll("/FlowSessions/x/Install/locations/mars/operations/y")
            .await
            .refused(StatusCode::NOT_FOUND),
        "LocationNotFound"
    );
    assert_eq!(
        poll("/FlowSessions/x/Explode/locations/local/operations/y")
            .await
            .refused(StatusCode::BAD_REQUEST),
        "InvalidPath"
    );
    assert_eq!(
        poll("/FlowSessions/x").await.refused(StatusCode::NOT_FOUND),
        "SessionNotFound"
    );
    assert_eq!(
        poll("/FlowSessions/x/pipPackages")
            .await
            .refused(StatusCode::NOT_FOUND),
        "SessionNotFound"
    );
}

#[tokio::test]
async fn the_address_to_poll_is_the_one_the_client_uses() {
    let world = World::below("/deck").await;
    let json = [
        ("content-type", "application/json"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
    ];
    let answer = world
        .call(
            Method::POST,
            &format!("/deck{WORKSPACE}/Flows/greeter/sessions"),
            &json,
            "{}",
        )
        .await;
    let address = answer.header("azure-asyncoperation");
    assert!(
        address.starts_with(&format!(
            "https://127.0.0.1:8642/deck{WORKSPACE}/FlowSessions/"
        )),
        "{address}"
    );
}

#[tokio::test]
async fn an_operation_can_be_polled_after_a_restart() {
    let world = World::new().await;
    let mut events = Events::open(&world, EVENTS, None).await;
    let started = set_up(&world, json!({})).await;
    events.until_session("available").await;
    drop(events);
    let world = world.restarted("/").await;
    assert_eq!(
        end_of(&world, &started).await,
        json!({"status": "Succeeded"})
    );
    assert_eq!(
        world
            .get(&url("/Flows/greeter/sessions/status"))
            .await
            .json()["status"],
        "Available"
    );
}

#[tokio::test]
async fn flows_are_listed_by_the_contract_s_types() {
    let world = World::new().await;
    world.write("flows/chat/flow.dag.yaml", "type: chat\n");
    world.write("flows/flex/flow.flex.yaml", "entry: a:b\n");
    let ids = |query: &'static str| {
        let path = url(&format!("/Flows{query}"));
        let world = &world;
        async move {
            let flows = world.get(&path).await.json();
            let ids = flows
                .as_array()
                .unwrap()
                .iter()
                .map(|flow| flow["flowId"].as_str().unwrap().to_owned());
            ids.collect::<Vec<_>>()
        }
    };
    assert_eq!(ids("").await, ["chat", "flex", "greeter"]);
    assert_eq!(
        ids("?flowType=Default&ownedOnly=true").await,
        ["flex", "greeter"]
    );
    assert_eq!(
        ids("?flowType=Chat&listViewType=ActiveOnly").await,
        ["chat"]
    );
    assert!(ids("?listViewType=ArchivedOnly").await.is_empty());
    let flex = world.get(&url("/Flows/flex")).await.json();
    assert_eq!(
        (&flex["flowType"], &flex["flowDefinitionFilePath"]),
        (&json!("Default"), &json!("flex/flow.flex.yaml"))
    );
}
