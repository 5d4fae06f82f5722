//! Connections: by the public contract's operations and by flowdeck's own.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{Answer, World};

const CONNECTIONS: &str = "/api/projects/default/connections";
const CONTRACT: &str = "/flow/api/subscriptions/local/resourceGroups/local/providers/Microsoft.MachineLearningServices/workspaces/default/Connections";
const CANARY: &str = "sk-canary-4c1d";
const FLOW: &str = "inputs: {}\noutputs: {}\nnodes:\n- name: ask\n  type: llm\n  source: {type: code, path: ask.jinja2}\n  inputs: {}\n  connection: open_ai_connection\n  api: chat\n";
const JSON: (&str, &str) = ("content-type", "application/json");
const NEW: (&str, &str) = ("if-none-match", "*");

async fn call(world: &World, method: Method, path: &str, body: Value) -> Answer {
    world.call(method, path, &[JSON], body.to_string()).await
}

async fn put(world: &World, name: &str, condition: (&str, &str), body: Value) -> Answer {
    let path = format!("{CONNECTIONS}/{name}");
    let headers = [JSON, condition];
    world
        .call(Method::PUT, &path, &headers, body.to_string())
        .await
}

fn open_ai() -> Value {
    json!({"type": "OpenAI", "configs": {"base_url": "http://localhost:1/v1"}, "secrets": {"api_key": CANARY}})
}

#[tokio::test]
async fn a_connection_lives_its_life_and_its_secret_is_in_no_answer() {
    let world = World::new().await;
    world.write("flows/greeter/flow.dag.yaml", FLOW);
    let name = "open_ai_connection";
    let one = format!("{CONNECTIONS}/{name}");
    let mut answers = Vec::new();
    let needs = world
        .get("/api/projects/default/flows/greeter/connections")
        .await;
    assert_eq!(needs.json()[0]["problem"]["kind"], "missing");
    assert_eq!(needs.json()[0]["node"], "ask");
    let made = put(&world, name, NEW, open_ai()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_eq!(
        made.json()["usedBy"],
        json!([{"flow": "greeter", "node": "ask"}])
    );
    let tag = made.header("etag").to_owned();
    answers.push(made);
    put(&world, name, NEW, open_ai())
        .await
        .refused(StatusCode::CONFLICT);
    let changed = put(&world, name, ("if-match", &tag), json!({"type": "OpenAI"})).await;
    assert_eq!(changed.json()["secrets"], json!(["api_key"]));
    let stale = put(&world, name, ("if-match", &tag), open_ai()).await;
    assert_eq!(
        stale.refused(StatusCode::PRECONDITION_FAILED),
        "ConnectionChanged"
    );
    let blind = call(&world, Method::PUT, &one, open_ai()).await;
    blind.refused(StatusCode::PRECONDITION_REQUIRED);
    let needs = world
        .get("/api/projects/default/flows/greeter/connections")
        .await;
    assert_eq!(needs.json()[0].get("problem"), None);
    let renamed = call(
        &world,
        Method::POST,
        &format!("{one}/rename"),
        json!({"to": "two"}),
    )
    .await;
    assert_eq!(renamed.json()["name"], "two");
    world.get(&one).await.refused(StatusCode::NOT_FOUND);
    let two = format!("{CONNECTIONS}/two");
    answers.push(world.get(&format!("{two}/export")).await);
    assert!(answers[1].text().contains("${env:TWO_API_KEY}"));
    let deleted = world.call(Method::DELETE, &two, &[], "").await;
    assert_eq!(deleted.status, StatusCode::OK);
    let list = world.get(CONNECTIONS).await;
    assert_eq!(list.json()["connections"], json!([]));
    assert_eq!(list.json()["deleted"][0]["name"], "two");
    let restored = world
        .call(Method::POST, &format!("{two}/restore"), &[], "")
        .await;
    assert_eq!(restored.json()["secrets"], json!(["api_key"]));
    answers.extend([
        changed,
        stale,
        renamed,
        deleted,
        list,
        restored,
        world.get(CONTRACT).await,
    ]);
    for answer in &answers {
        assert!(!answer.text().contains(CANARY), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_client_of_the_public_contract_makes_changes_and_removes_one() {
    let world = World::new().await;
    let one = format!("{CONTRACT}/aoai");
    let body = json!({"connectionType": "AzureOpenAI", "configs": {"api_key": CANARY, "api_base": "https://r.example"}});
    let made = call(&world, Method::POST, &one, body.clone()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_eq!(
        made.json()["configs"],
        json!({"api_base": "https://r.example"})
    );
    call(&world, Method::POST, &one, body.clone())
        .await
        .refused(StatusCode::CONFLICT);
    let body =
        json!({"connectionType": "AzureOpenAI", "configs": {"api_base": "https://s.example"}});
    let changed = call(&world, Method::PUT, &one, body.clone()).await;
    assert_eq!(changed.json()["configs"]["api_base"], "https://s.example");
    let other = call(&world, Method::PUT, &format!("{CONTRACT}/none"), body).await;
    other.refused(StatusCode::NOT_FOUND);
    let secrets = world.get(&format!("{one}/listsecrets")).await;
    assert_eq!(secrets.refused(StatusCode::FORBIDDEN), "SecretsWriteOnly");
    let custom = json!({"connectionType": "Custom", "customConfigs": {"k": {"configValueType": "Secret", "value": CANARY}, "u": {"configValueType": "String", "value": "x"}}});
    let made = call(&world, Method::POST, &format!("{CONTRACT}/mine"), custom).await;
    assert_eq!(
        made.json()["customConfigs"]["k"],
        json!({"configValueType": "Secret", "value": null})
    );
    assert!(!made.text().contains(CANARY));
    let specs = world.get(&format!("{CONTRACT}/specs")).await.json();
    assert_eq!(specs.as_array().unwrap().len(), 12);
    let removed = world.call(Method::DELETE, &one, &[], "").await;
    assert_eq!(removed.status, StatusCode::OK);
    world.get(&one).await.refused(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_stores_nothing() {
    let world = World::new().await;
    for (name, body, code) in [
        (
            "x",
            json!({"type": "OpenAI", "configs": {"api_key": CANARY}}),
            "ConnectionFieldInvalid",
        ),
        (
            "x",
            json!({"type": "OpenAI", "configs": {"base_url": CANARY}}),
            "ConnectionFieldInvalid",
        ),
        ("x", json!({"type": "Nope"}), "InvalidBody"),
        (
            "x",
            json!({"type": "OpenAI", "secrets": CANARY}),
            "InvalidBody",
        ),
        ("x", json!({"type": "OpenAI", CANARY: 1}), "InvalidBody"),
        ("a%2Fb", open_ai(), "InvalidPath"),
        ("specs", open_ai(), "InvalidPath"),
    ] {
        let answer = put(&world, name, NEW, body).await;
        assert_eq!(answer.refused(StatusCode::BAD_REQUEST), code, "{name}");
        assert!(!answer.text().contains(CANARY), "{}", answer.text());
    }
    assert_eq!(
        world.get(CONNECTIONS).await.json()["connections"],
        json!([])
    );
}

#[tokio::test]
async fn an_import_is_previewed_then_stored_and_asks_for_what_it_lacks() {
    let world = World::new().await;
    let path = "/api/projects/default/connection-import";
    let yaml = format!(
        "name: a\ntype: open_ai\napi_key: {CANARY}\n---\nname: b\ntype: azure_open_ai\napi_key: <user-input>\napi_base: https://r.example\napi_version: 2024-02-01\n---\nname: c/d\ntype: serp\n"
    );
    let preview = call(
        &world,
        Method::POST,
        path,
        json!({"text": yaml, "preview": true}),
    )
    .await;
    assert_eq!(preview.json()["connections"][0]["stored"], false);
    assert_eq!(
        world.get(CONNECTIONS).await.json()["connections"],
        json!([])
    );
    let stored = call(&world, Method::POST, path, json!({"text": yaml}))
        .await
        .json();
    assert_eq!(stored["connections"][0]["stored"], true);
    let asked = json!([{"name": "api_key", "takes": "secret", "without": "incomplete"}]);
    assert_eq!(stored["connections"][1]["asks"], asked);
    assert!(stored["connections"][2]["problem"].is_string());
    assert!(!stored.to_string().contains(CANARY));
    let again = call(&world, Method::POST, path, json!({"text": yaml}))
        .await
        .json();
    assert_eq!(again["connections"][0]["stored"], false);
    let b = world.get(&format!("{CONNECTIONS}/b")).await.json();
    assert_eq!(
        (&b["configs"]["api_version"], &b["missing"]),
        (&json!("2024-02-01"), &json!(["api_key"]))
    );
    let nothing = call(&world, Method::POST, path, json!({"text": "hello"})).await;
    assert_eq!(nothing.refused(StatusCode::BAD_REQUEST), "ImportUnreadable");
}

#[tokio::test]
async fn what_a_text_leaves_open_is_given_with_the_import() {
    let world = World::new().await;
    let path = "/api/projects/default/connection-import";
    let text = "name: a\ntype: azure_open_ai\napi_key: <user-input>\n---\nname: b\ntype: custom\nsecrets:\n  token: '***'\n  other: ''\n";
    let given = json!({
        "a": {"api_key": CANARY, "api_base": "https://r.example", "api_type": "not asked for"},
        "b": {"token": "t-1234", "other": ""},
    });
    let body = json!({"text": text, "values": given});
    let stored = call(&world, Method::POST, path, body).await.json();
    assert_eq!(stored["connections"][0]["asks"], json!([]), "{stored}");
    assert_eq!(stored["connections"][1]["asks"][0]["name"], "other");
    assert!(!stored.to_string().contains(CANARY));
    let a = world.get(&format!("{CONNECTIONS}/a")).await.json();
    assert_eq!(
        (&a["secrets"], &a["missing"]),
        (&json!(["api_key"]), &json!([]))
    );
    assert_eq!(a["configs"], json!({"api_base": "https://r.example"}));
    let b = world.get(&format!("{CONNECTIONS}/b")).await.json();
    assert_eq!(b["secrets"], json!(["token"]));
    // What is stored needn't be given again.
    let body = json!({"text": text, "existing": "replace", "preview": true});
    let again = call(&world, Method::POST, path, body).await.json();
    assert_eq!(again["connections"][0]["asks"][0]["without"], "keepsStored");
    let wrong = json!({"a": {"api_base": "no address"}});
    let body = json!({"text": text, "existing": "replace", "values": wrong});
    let refused = call(&world, Method::POST, path, body).await.json();
    assert!(
        refused["connections"][0]["problem"].is_string(),
        "{refused}"
    );
    let a = world.get(&format!("{CONNECTIONS}/a")).await.json();
    assert_eq!(a["configs"]["api_base"], "https://r.example");
}

#[tokio::test]
async fn promptflow_s_own_store_becomes_a_text_to_import() {
    let world = World::new().await;
    let store = world.path("pf.sqlite");
    let database = rusqlite::Connection::open(&store).unwrap();
    database
        .execute_batch(&format!(
            r#"CREATE TABLE connection (connectionName TEXT, connectionType TEXT, configs TEXT, customConfigs TEXT);
            CREATE TABLE run_info (name TEXT, properties TEXT);
            INSERT INTO run_info SELECT 'run', hex(zeroblob(2000000));
            INSERT INTO connection VALUES ('local', 'OpenAI', '{{"base_url": "http://x", "api_key": "{CANARY}"}}', '{{}}');"#
        ))
        .unwrap();
    drop(database);
    let path = "/api/projects/default/connection-import/local-store";
    let headers = [("content-type", "application/octet-stream")];
    let post = |bytes: Vec<u8>| world.call(Method::POST, path, &headers, bytes);
    let answer = post(std::fs::read(&store).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(
        answer.text(),
        "name: \"local\"\ntype: \"open_ai\"\nbase_url: \"http://x\"\napi_key: \"<user-input>\"\n"
    );
    let refused = post(b"SQLite format 3".to_vec()).await;
    assert_eq!(
        refused.refused(StatusCode::BAD_REQUEST),
        "LocalStoreUnreadable"
    );
    let large = post(vec![0; 16 * 1024 * 1024 + 1]).await;
    assert_eq!(large.refused(StatusCode::PAYLOAD_TOO_LARGE), "BodyTooLarge");
}

#[tokio::test]
async fn a_lost_key_is_told_and_no_connection_disappears() {
    let world = World::new().await;
    put(&world, "a", NEW, open_ai()).await;
    std::fs::remove_file(world.path("data/secrets.key")).unwrap();
    let list = world.get(CONNECTIONS).await.json();
    assert_eq!(list["connections"][0]["secretsState"], "locked");
    let problem = list["keyProblem"].as_str().unwrap();
    assert!(
        problem.contains("missing") && problem.contains("flowdeck secrets rotate"),
        "{problem}"
    );
    let refused = put(&world, "b", NEW, open_ai()).await;
    assert_eq!(
        refused.refused(StatusCode::SERVICE_UNAVAILABLE),
        "SecretsKeyMissing"
    );
}

#[tokio::test]
async fn the_list_of_flows_says_what_their_connections_lack() {
    let world = World::new().await;
    world.write("flows/asker/flow.dag.yaml", FLOW);
    world.write("flows/plain/flow.dag.yaml", "nodes: []\n");
    let lacks = || async {
        let list = world.get("/api/projects/default/flows").await.json();
        let flows = list["flows"].as_array().unwrap().clone();
        let of =
            |id: &str| flows.iter().find(|flow| flow["id"] == id).unwrap()["connection"].clone();
        assert_eq!(of("plain"), Value::Null);
        of("asker")
    };
    let missing = lacks().await;
    assert_eq!(
        (&missing["code"], &missing["line"]),
        (&json!("ConnectionMissing"), &json!(4))
    );
    assert!(
        missing["message"]
            .as_str()
            .unwrap()
            .contains("‘open_ai_connection’")
    );
    let name = "open_ai_connection";
    put(&world, name, NEW, json!({"type": "OpenAI"})).await;
    assert_eq!(lacks().await["code"], "ConnectionIncomplete");
    let limited = json!({"type": "OpenAI", "secrets": {"api_key": CANARY}, "flows": ["plain"]});
    let tag = world
        .get(&format!("{CONNECTIONS}/{name}"))
        .await
        .header("etag")
        .to_owned();
    put(&world, name, ("if-match", &tag), limited).await;
    assert_eq!(lacks().await["code"], "ConnectionNotForFlow");
    let tag = world
        .get(&format!("{CONNECTIONS}/{name}"))
        .await
        .header("etag")
        .to_owned();
    put(&world, name, ("if-match", &tag), open_ai()).await;
    assert_eq!(lacks().await, Value::Null);
    let detail = world.get("/api/projects/default/flows/asker").await.json();
    assert_eq!(detail["summary"].get("connection"), None);
}

#[tokio::test]
async fn model_servers_are_looked_for_only_where_that_is_allowed() {
    let world = World::new().await;
    let path = "/api/projects/default/model-servers";
    let found = call(&world, Method::POST, path, json!({})).await;
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.json(), json!({"servers": [], "isOff": true}));
    let read = world.get(path).await;
    read.refused(StatusCode::METHOD_NOT_ALLOWED);
}
