//! Sessions without a flow, driven as a client would that knows the public contract alone.

use axum::http::{Method, StatusCode};
use flowdeck_compute::fake::Step;
use serde_json::{Value, json};

use crate::{
    swagger::Swagger,
    world::{Answer, World},
};

const WORKSPACE: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default";
const CONTRACT: &str = "/FlowSessions/{sessionId}";

/// A client that checks every answer against the contract's document, where that is at hand.
struct Client {
    world: World,
    swagger: Option<Swagger>,
}

impl Client {
    async fn new() -> Self {
        Self {
            world: World::new().await,
            swagger: Swagger::load(),
        }
    }

    async fn call(&self, method: Method, path: &str, contract: &str, body: Value) -> Answer {
        let (headers, body) = match body {
            Value::Null => (&[][..], String::new()),
            body => (
                &[("content-type", "application/json")][..],
                body.to_string(),
            ),
        };
        let url = format!("{WORKSPACE}{path}");
        let answer = self.world.call(method.clone(), &url, headers, body).await;
        if let Some(swagger) = &self.swagger {
            swagger.check(&method, contract, &answer);
        }
        answer
    }

    async fn post(&self, session: &str, body: Value) -> Answer {
        let path = format!("/FlowSessions/{session}");
        self.call(Method::POST, &path, CONTRACT, body).await
    }

    async fn get(&self, path: &str, contract: &str) -> Answer {
        self.call(Method::GET, path, contract, Value::Null).await
    }

    /// Polls the operation until it is over, as the header says.
    async fn ended(&self, answer: &Answer) -> Value {
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        let address = answer.header("azure-asyncoperation");
        let path = address.strip_prefix("http://127.0.0.1:8642").unwrap();
        loop {
            let polled = self.world.get(path).await;
            assert_eq!(polled.status, StatusCode::OK, "{}", polled.text());
            let polled = polled.json();
            if polled["status"] != "InProgress" {
                return polled;
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_client_that_knows_the_contract_alone_brings_one_through_its_life() {
    let client = Client::new().await;
    let made = client
        .post(
            "s-1",
            json!({"pythonPipRequirements": ["colorama==0.4.6"], "baseImage": null, "maxIdleTimeSeconds": 900,
                   "enableMultiContainer": false}),
        )
        .await;
    assert_eq!(client.ended(&made).await, json!({"status": "Succeeded"}));
    assert!(
        made.header("azure-asyncoperation")
            .contains("/FlowSessions/s-1/Install/")
    );
    let session = client.get("/FlowSessions/s-1", CONTRACT).await.json();
    assert_eq!(
        (
            &session["properties"]["sessionId"],
            &session["properties"]["maxIdleTimeSeconds"]
        ),
        (&json!("s-1"), &json!(900))
    );
    let packages = client
        .get(
            "/FlowSessions/s-1/pipPackages",
            "/FlowSessions/{sessionId}/pipPackages",
        )
        .await;
    assert_eq!(packages.json(), "promptflow-core==fake\ncolorama==0.4.6");
    for body in [
        json!({"action": "Install", "pythonPipRequirements": ["rich"]}),
        json!({"action": "Reset"}),
        json!({"action": "Update", "maxIdleTimeSeconds": 1800}),
    ] {
        let answer = client.post("s-1", body).await;
        assert_eq!(client.ended(&answer).await["status"], "Succeeded");
    }
    let session = client.get("/FlowSessions/s-1", CONTRACT).await.json();
    assert_eq!(session["properties"]["maxIdleTimeSeconds"], 1800);
    assert!(session["properties"]["lastAliveTime"].is_string());
    let ended = client
        .call(Method::DELETE, "/FlowSessions/s-1", CONTRACT, Value::Null)
        .await;
    assert_eq!(client.ended(&ended).await["status"], "Succeeded");
    let gone = client.get("/FlowSessions/s-1", CONTRACT).await;
    assert_eq!(gone.refused(StatusCode::NOT_FOUND), "SessionNotFound");
    assert_eq!(client.world.engine.runtimes(), 0);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_the_contract_s_shape() {
    let client = Client::new().await;
    for action in ["Reset", "Update", "Delete"] {
        let answer = client.post("none", json!({"action": action})).await;
        assert_eq!(answer.refused(StatusCode::NOT_FOUND), "SessionNotFound");
    }
    for (body, code) in [
        (
            json!({"pythonPipRequirements": ["a\nb"]}),
            "RequirementInvalid",
        ),
        (json!({"baseImage": "a\u{0}"}), "BaseImageInvalid"),
        (json!({"maxIdleTimeSeconds": -2}), "InvalidIdleTime"),
        (json!({"unknown": 1}), "InvalidBody"),
    ] {
        let answer = client.post("s", body).await;
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), code);
    }
    client.world.engine.hang(Step::Check);
    client.post("s", json!({})).await;
    let again = client.post("s", json!({})).await;
    assert_eq!(again.refused(StatusCode::CONFLICT), "SessionStateConflict");
    client.world.engine.recover();
}

#[tokio::test]
async fn a_flow_s_session_keeps_to_its_flow_s_requirements() {
    let client = Client::new().await;
    let flow = "/Flows/greeter/sessions";
    let started = client
        .call(
            Method::POST,
            flow,
            "/Flows/{flowId}/sessions",
            json!({"action": "Install"}),
        )
        .await;
    client.ended(&started).await;
    let status = client
        .get(
            "/Flows/greeter/sessions/status",
            "/Flows/{flowId}/sessions/status",
        )
        .await
        .json();
    let session = status["sessionId"].as_str().unwrap();
    let refused = client
        .post(session, json!({"pythonPipRequirements": ["rich"]}))
        .await;
    assert_eq!(refused.refused(StatusCode::CONFLICT), "SessionOfFlow");
    let reset = client.post(session, json!({"action": "Reset"})).await;
    assert_eq!(client.ended(&reset).await["status"], "Succeeded");
}

#[tokio::test]
async fn what_stands_by_is_a_pool_of_the_contract_s() {
    let client = Client::new().await;
    let pools = client
        .get("/FlowSessions/standbypools", "/FlowSessions/standbypools")
        .await;
    assert_eq!(
        pools.json(),
        json!([{"name": "local", "count": 0, "standbyAvailableInstances": []}])
    );
}
