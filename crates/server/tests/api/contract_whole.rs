//! Every operation that the public contract has for sessions and runtimes: each is served, and answers in its shapes.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    swagger::Swagger,
    world::{Answer, World},
};

const WORKSPACE: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default";
const PARTS: [&str; 4] = [
    "/Flows/{flowId}/sessions",
    "/FlowSessions",
    "/FlowRuntimes",
    "/Connections",
];

/// A client made from the contract's document: it knows paths, parameters and bodies by it, and checks what it sends and
/// what it gets against it.
struct Client {
    world: World,
    swagger: Swagger,
}

impl Client {
    async fn new() -> Option<Self> {
        let swagger = Swagger::load()?;
        let world = World::new().await;
        Some(Self { world, swagger })
    }

    /// Calls an operation with values for the names in its path.
    async fn call(
        &self,
        method: &Method,
        path: &str,
        names: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut url = format!("{WORKSPACE}{path}");
        for (name, value) in names {
            url = url.replace(&format!("{{{name}}}"), value);
        }
        assert!(!url.contains('{'), "{url}");
        let queries = self.swagger.required_queries(method, path);
        let queries: Vec<String> = queries.iter().map(|name| format!("{name}=x")).collect();
        if !queries.is_empty() {
            url = format!("{url}?{}", queries.join("&"));
        }
        let (headers, body) = if self.swagger.takes_body(method, path) {
            self.swagger.check_request(method, path, &body);
            (
                &[("content-type", "application/json")][..],
                body.to_string(),
            )
        } else {
            (&[][..], String::new())
        };
        let answer = self.world.call(method.clone(), &url, headers, body).await;
        self.swagger.check(method, path, &answer);
        answer
    }

    /// Polls, where the answer says, until the operation is over.
    async fn ended(&self, answer: &Answer) -> String {
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
        let address = answer.header("azure-asyncoperation");
        let path = address.strip_prefix("http://127.0.0.1:8642").unwrap();
        assert!(path.starts_with(WORKSPACE), "{address}");
        loop {
            let polled = self.world.get(path).await;
            assert_eq!(polled.status, StatusCode::OK, "{}", polled.text());
            match polled.json()["status"].as_str().unwrap() {
                "InProgress" => tokio::task::yield_now().await,
                status => return status.to_owned(),
            }
        }
    }
}

#[tokio::test]
async fn every_operation_is_served_and_answers_in_the_contract_s_shapes() {
    let Some(client) = Client::new().await else {
        return;
    };
    let names = [
        ("flowId", "greeter"),
        ("sessionId", "none"),
        ("runtimeName", "old"),
        ("actionType", "Install"),
        ("location", "local"),
        ("operationId", "none"),
        ("connectionName", "none"),
    ];
    let mut count = 0;
    for part in PARTS {
        for (method, path) in client.swagger.operations(part) {
            let answer = client.call(&method, &path, &names, json!({})).await;
            let code = match answer.status.is_success() {
                true => String::new(),
                false => answer.json()["error"]["code"].as_str().unwrap().to_owned(),
            };
            let absent = ["NotFound", "MethodNotAllowed"].contains(&code.as_str());
            assert!(!absent, "{method} {path}: {}", answer.text());
            assert!(
                !answer.status.is_server_error(),
                "{method} {path}: {}",
                answer.text()
            );
            count += 1;
        }
    }
    assert!(count >= 20, "the contract has more than {count} operations");
}

#[tokio::test]
async fn a_client_made_from_the_document_brings_a_flow_s_session_through_its_life() {
    let Some(client) = Client::new().await else {
        return;
    };
    client
        .world
        .write("flows/greeter/requirements.txt", "colorama\n");
    let sessions = "/Flows/{flowId}/sessions";
    let flow = [("flowId", "greeter")];
    let post = async |body: Value| client.call(&Method::POST, sessions, &flow, body).await;
    let get = async |path: &str| {
        let path = format!("{sessions}{path}");
        let answer = client.call(&Method::GET, &path, &flow, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    };
    assert_eq!(get("/status").await["status"], "NotExist");
    for body in [
        json!({"action": "Install", "maxIdleTimeSeconds": 900, "vmSize": "Host_1"}),
        json!({"action": "Install"}),
        json!({"action": "Update", "maxIdleTimeSeconds": 1800}),
        json!({"action": "Reset"}),
    ] {
        let answer = post(body.clone()).await;
        assert_eq!(client.ended(&answer).await, "Succeeded", "{body}");
        let status = get("/status").await;
        assert_eq!(status["vmSize"], "Host_1");
        assert!(
            status["sessionId"].is_string() && status["createdOn"].is_string(),
            "{status}"
        );
    }
    assert_eq!(get("/status").await["maxIdleTimeSeconds"], 1800);
    let packages = get("/pipPackages").await;
    assert!(
        packages
            .as_str()
            .unwrap()
            .lines()
            .any(|line| line.starts_with("colorama==")),
        "{packages}"
    );
    for _ in 0..2 {
        let deleted = client
            .call(&Method::DELETE, sessions, &flow, Value::Null)
            .await;
        if deleted.status == StatusCode::CONFLICT {
            break;
        }
        assert_eq!(client.ended(&deleted).await, "Succeeded");
    }
    assert_eq!(get("/status").await["status"], "NotExist");
}

#[tokio::test]
async fn runtimes_are_looked_at_and_not_changed() {
    let Some(client) = Client::new().await else {
        return;
    };
    let path = "/FlowRuntimes/{runtimeName}";
    for (method, name, code) in [
        (Method::POST, "new", "RuntimesReplaced"),
        (Method::PUT, "old", "RuntimesReplaced"),
        (Method::DELETE, "old", "RuntimesReplaced"),
        (Method::DELETE, "none", "RuntimeNotFound"),
    ] {
        let answer = client
            .call(&method, path, &[("runtimeName", name)], json!({}))
            .await;
        assert_eq!(answer.json()["error"]["code"], code, "{method} {name}");
    }
    for check in [
        "/FlowRuntimes/checkCiAvailability",
        "/FlowRuntimes/checkMirAvailability",
    ] {
        let answer = client
            .call(&Method::GET, check, &[], Value::Null)
            .await
            .json();
        assert_eq!(answer["isAvailable"], false, "{check}");
        assert_eq!(answer["error"]["error"]["code"], "RuntimesReplaced");
    }
    let latest = client
        .call(&Method::GET, "/FlowRuntimes/latestConfig", &[], Value::Null)
        .await;
    assert_eq!(latest.status, StatusCode::OK);
}
