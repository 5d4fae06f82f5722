//! Flows that need connections, through promptflow's own executor and clients to a model server of ours.

use std::{collections::HashMap, fs, path::Path};

use axum::{Json, Router, extract::Query, http::StatusCode, routing::get};
use flowdeck_compute::{
    Compute, ComputeConfig, ComputeError, ConnectionOptions, Identities, Identity, StartSession,
    identity::{CredentialSource, DockerStore, HostPattern, ManagedIdentityEndpoint},
};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Millis,
    connections::{ConnectionName, ConnectionType, NeedProblem},
    events::FlowEvent,
    ids::FlowId,
    runs::{RunDetail, RunRequest, RunState, TokenCount, TokenUse},
    session::SessionState,
};
use serde_json::{Value, json};

use crate::support::{Home, ended, eventually, files, in_state, models::Models, over};

/// With a quote and a character beyond ASCII, so that each form of it differs.
const CUSTOM_CANARY: &str = "canary-\"custom\"-ß-91c2";
const KEY: &str = "sk-canary-model-77aa";

const FLOW: &str = "
inputs:
  question: {type: string, default: Hello}
outputs:
  answer: {type: string, reference: '${ask.output}'}
  azure: {type: string, reference: '${ask_azure.output}'}
  leak: {type: object, reference: '${leak.output}'}
nodes:
- name: ask
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {model: gpt-test, temperature: 0, question: '${inputs.question}'}
  connection: open_ai_connection
  api: chat
- name: ask_azure
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {deployment_name: gpt-azure, question: '${ask.output}'}
  connection: aoai
  api: chat
- name: leak
  type: python
  source: {type: code, path: leak.py}
  inputs: {conn: mine, after: '${ask_azure.output}'}
environment_variables:
  SERVICE_KEY: ${open_ai_connection.api_key}
";

const LEAK: &str = "
import base64, json, logging, os, sys
from urllib.parse import quote
from promptflow.core import tool
from promptflow.connections import CustomConnection

@tool
def leak(conn: CustomConnection, after: str):
    key = conn.secrets['key']
    print('printed', key)
    print('as json', json.dumps(key), base64.b64encode(key.encode()).decode())
    print('to stderr', os.environ['SERVICE_KEY'], file=sys.stderr)
    os.write(1, ('raw ' + key + '\\n').encode())
    logging.getLogger('x').warning(quote(key))
    return {
        'plain': key, 'json': json.dumps(key), 'twice': json.dumps(json.dumps(key)), 'url': quote(key, safe=''),
        'base64': base64.b64encode(('user:' + key).encode()).decode(), 'env': os.environ['SERVICE_KEY'],
        key: 'as a name', 'url_of': conn.configs['url'],
    }
";

fn name(text: &str) -> ConnectionName {
    ConnectionName::try_from(text).unwrap()
}

fn add(compute: &Compute, of: &str, value: Value) {
    let input = serde_json::from_value(value).unwrap();
    let connections = compute.connections();
    connections
        .save(&name(of), input, &Condition::None, Millis(1))
        .unwrap();
}

fn add_all(compute: &Compute, models: &Models) {
    let base = &models.address;
    add(
        compute,
        "open_ai_connection",
        json!({"type": "OpenAI", "configs": {"base_url": format!("{base}/v1")}, "secrets": {"api_key": KEY}}),
    );
    add(
        compute,
        "aoai",
        json!({"type": "AzureOpenAI", "configs": {"api_base": base}, "secrets": {"api_key": KEY}}),
    );
    add(
        compute,
        "mine",
        json!({"type": "Custom", "configs": {"url": "http://x"}, "secrets": {"key": CUSTOM_CANARY}}),
    );
}

async fn started(home: &Home, name: &str, files: &[(&str, &str)]) -> (Compute, FlowId) {
    let flow = home.flow(name, files);
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    (compute, flow)
}

async fn run(
    compute: &Compute,
    flow: &FlowId,
    node: Option<&str>,
) -> Result<RunDetail, ComputeError> {
    let request = RunRequest {
        node: node.map(str::to_owned),
        ..RunRequest::default()
    };
    let run = compute.run(flow, request)?;
    Ok(over(compute, flow, &run.summary.id).await)
}

async fn stop(compute: &Compute, flow: &FlowId) {
    let operation = compute.stop(flow).await.unwrap();
    ended(compute, &operation).await;
    compute.close().await;
}

/// Every form of the canaries that a text may not hold.
fn forms() -> Vec<String> {
    let json = serde_json::to_string(CUSTOM_CANARY).unwrap();
    vec![
        KEY.to_owned(),
        "canary-".to_owned(),
        "Y2FuYXJ5".to_owned(),
        "NhbmFyeS".to_owned(),
        json.trim_matches('"').to_owned(),
    ]
}

fn search(what: &str, text: &str) {
    for form in forms() {
        assert!(!text.contains(&form), "{what} holds {form}: {text}");
    }
}

/// The files of a folder, at any depth, but for packages; gives how many there are.
fn search_files(folder: &Path) -> usize {
    let names = files(folder).into_iter();
    let ours = names.filter(|name| !["kept", "sessions", "tools", "uv-cache"].contains(&&**name));
    let counts = ours.map(|name| {
        let path = folder.join(&name);
        if path.is_dir() && !path.is_symlink() {
            return search_files(&path);
        }
        match fs::read(&path) {
            Ok(bytes) => search(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            ),
            Err(_) => return 0,
        }
        1
    });
    counts.sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn models_answer_and_no_secret_is_in_what_is_kept_or_told() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let prompt = "system:\nBe kind.\nuser:\n{{question}}\n";
    let files = [
        ("flow.dag.yaml", FLOW),
        ("ask.jinja2", prompt),
        ("leak.py", LEAK),
    ];
    let (compute, flow) = started(&home, "chat", &files).await;
    let missing = run(&compute, &flow, None).await.unwrap_err();
    let root = missing.to_root_error();
    assert_eq!(root.code, "ConnectionsNeeded");
    let needs = root.connection_needs();
    assert_eq!(needs.len(), 4, "{needs:?}");
    assert_eq!(needs[0].problem, Some(NeedProblem::Missing));
    assert!(root.message.contains("Node ‘ask’") && root.remedy().is_some());
    add_all(&compute, &models);
    let mut told = compute.subscribe();
    let detail = run(&compute, &flow, None).await.unwrap();
    let outputs = json!(detail.outputs);
    assert_eq!(
        detail.summary.state,
        RunState::Completed,
        "{:?}",
        detail.error
    );
    assert_eq!(outputs["answer"], "You said: Hello");
    assert_eq!(outputs["azure"], "You said: You said: Hello");
    assert_eq!(outputs["leak"]["plain"], "**data_scrubbed**");
    assert_eq!(outputs["leak"]["url_of"], "http://x");
    let tokens = |count: u64| {
        Some(TokenUse::Counted(TokenCount {
            prompt: 11 * count,
            completion: 5 * count,
            total: 16 * count,
            cached: Some(3 * count),
            reasoning: Some(2 * count),
        }))
    };
    assert_eq!(detail.tokens, tokens(2));
    let node = |name: &str| detail.nodes.iter().find(|node| node.name == name).unwrap();
    assert_eq!((node("ask").tokens, node("leak").tokens), (tokens(1), None));
    assert!(!node("ask").calls.is_empty());
    let calls = models.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body["messages"][1]["content"], "Hello");
    assert!(calls[1].path.starts_with("/openai/deployments/gpt-azure/"));
    search("the run", &serde_json::to_string(&detail).unwrap());
    while let Ok((_, event)) = told.try_recv() {
        search("an event", &serde_json::to_string(&event).unwrap());
    }
    let log = compute.run_log(&flow, &detail.summary.id, 1000).unwrap();
    assert!(
        log.iter().any(|line| line.text.contains("printed")),
        "{log:?}"
    );
    search("the run's log", &format!("{log:?}"));
    search(
        "the session's log",
        &compute.session_log_text(&flow).unwrap(),
    );
    search("the session", &format!("{:?}", compute.session(&flow)));
    search(
        "the timeline",
        &serde_json::to_string(&compute.timeline(&flow).unwrap()).unwrap(),
    );
    let node = run(&compute, &flow, Some("leak")).await.unwrap();
    assert_eq!(node.summary.state, RunState::Completed, "{:?}", node.error);
    search("a node's run", &serde_json::to_string(&node).unwrap());
    // What the nodes wrote is in the session's log as it is on the disk, and masked.
    assert!(search_files(&home.data().join("logs")) > 0);
    let logged = compute.session_log_text(&flow).unwrap();
    assert!(logged.contains("raw **data_scrubbed**"), "{logged}");
    assert!(search_files(&home.data()) > 3);
    stop(&compute, &flow).await;
    search_files(&home.data());
}

const ASKS: &str = "inputs: {}
outputs:
  a: {type: string, reference: '${ask.output}'}
nodes:
- name: ask
  type: llm
  source: {type: code, path: ask.jinja2}
  inputs: {model: MODEL}
  connection: open_ai_connection
  api: chat
";

/// A failed run says what the service said, and what to do.
fn told(run: &RunDetail, words: &str, remedy: &str) {
    let error = run.error.clone().unwrap();
    assert!(error.message.contains(words), "{error:?}");
    let said = error.remedy.clone().unwrap_or_default();
    assert!(said.contains(remedy), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_never_answers_holds_up_nothing() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let asks = |model: &str| ASKS.replace("MODEL", model);
    let files = [
        ("flow.dag.yaml", asks("silent")),
        ("ask.jinja2", "user:\nHi\n".to_owned()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (compute, id) = started(&home, "silent", &files).await;
    add_all(&compute, &models);
    let begun = compute.run(&id, RunRequest::default()).unwrap();
    eventually("the model is asked", || {
        let asked = models.calls().pop();
        asked.filter(|call| call.body["model"] == "silent")
    })
    .await;
    compute.cancel_run(&id, &begun.summary.id).unwrap();
    let canceled = over(&compute, &id, &begun.summary.id).await;
    assert_eq!(canceled.summary.state, RunState::Canceled);
    home.flow("silent", &[("flow.dag.yaml", &asks("gpt-test"))]);
    let next = run(&compute, &id, None).await.unwrap();
    assert_eq!(json!(next.outputs)["a"], "You said: Hi");
    stop(&compute, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_fails_the_run_in_its_own_words_without_the_key() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let asks = |model: &str| ASKS.replace("MODEL", model);
    let write = |model: &str| home.flow("refused", &[("flow.dag.yaml", &asks(model))]);
    let (compute, id) = started(
        &home,
        "refused",
        &[
            ("flow.dag.yaml", &asks("bad")),
            ("ask.jinja2", "user:\nHi\n"),
        ],
    )
    .await;
    add_all(&compute, &models);
    for (model, words, remedy) in [
        ("bad", "max_tokens is too large", "input of the node"),
        ("missing", "No such model", "model or deployment"),
    ] {
        write(model);
        let failed = run(&compute, &id, None).await.unwrap();
        assert_eq!(failed.summary.state, RunState::Failed);
        told(&failed, words, remedy);
    }
    // A wrong address: nothing listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    add(
        &compute,
        "open_ai_connection",
        json!({"type": "OpenAI", "configs": {"base_url": nobody}, "secrets": {"api_key": KEY}}),
    );
    let unreachable = run(&compute, &id, None).await.unwrap();
    told(
        &unreachable,
        "Connection error",
        "address of the node’s connection",
    );
    let wrong = "sk-canary-wrong-key";
    let base = format!("{}/v1", models.address);
    add(
        &compute,
        "open_ai_connection",
        json!({"type": "OpenAI", "configs": {"base_url": base}, "secrets": {"api_key": wrong}}),
    );
    let refused = run(&compute, &id, None).await.unwrap();
    told(
        &refused,
        "Incorrect API key provided",
        "Replace it under Connections",
    );
    search("a refusal", &serde_json::to_string(&refused).unwrap());
    add(
        &compute,
        "open_ai_connection",
        json!({"type": "Serp", "secrets": {"api_key": KEY}}),
    );
    let mistyped = run(&compute, &id, None).await.unwrap_err().to_root_error();
    assert!(matches!(
        mistyped.connection_needs()[0].problem,
        Some(NeedProblem::WrongType { .. })
    ));
    stop(&compute, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_calls_the_service_and_tells_what_it_answered_without_the_key() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let config = ComputeConfig {
        connections: ConnectionOptions {
            private_services: true,
            ..ConnectionOptions::default()
        },
        ..home.config(0)
    };
    let compute = Compute::open(config, home.engine().await).await.unwrap();
    add_all(&compute, &models);
    for of in ["open_ai_connection", "aoai"] {
        let passed = compute.test_connection(&name(of)).await.unwrap();
        assert_eq!(
            (passed.passed, passed.status),
            (true, Some(200)),
            "{passed:?}"
        );
        assert_eq!(passed.models, ["gpt-test"]);
        let stored = compute.connections().get(&name(of)).unwrap();
        assert_eq!(stored.view(Vec::new()).last_test, Some(passed));
    }
    let nothing = compute.test_connection(&name("mine")).await.unwrap();
    assert_eq!((nothing.passed, nothing.latency_ms), (false, None));
    let base = format!("{}/v1", models.address);
    let wrong = "sk-canary-wrong-key";
    add(
        &compute,
        "open_ai_connection",
        json!({"type": "OpenAI", "configs": {"base_url": base}, "secrets": {"api_key": wrong}}),
    );
    let refused = compute
        .test_connection(&name("open_ai_connection"))
        .await
        .unwrap();
    assert_eq!((refused.passed, refused.status), (false, Some(401)));
    assert!(refused.message.contains("Incorrect API key provided"));
    search("a test", &format!("{refused:?}"));
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_says_which_tools_take_a_connection_where_their_text_does_not() {
    let home = Home::new();
    let definition = "inputs: {}\noutputs: {}\nnodes:\n- name: ask\n  type: python\n  source: {type: code, path: ask.py}\n  inputs: {service: mine, text: plain}\n";
    let tool = "from promptflow.connections import AzureOpenAIConnection as Service\nfrom promptflow.core import tool\n\n\n@tool\ndef ask(service: Service, text: str) -> str:\n    return text\n";
    let files = [("flow.dag.yaml", definition), ("ask.py", tool)];
    let flow = home.flow("alias", &files);
    let compute = home.compute(0).await;
    assert_eq!(
        compute
            .connection_needs(&flow, &std::collections::BTreeMap::new())
            .unwrap(),
        []
    );
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    let mut told = compute.subscribe();
    // Nobody waits for the executor: what comes is told.
    assert_eq!(
        compute
            .connection_needs(&flow, &std::collections::BTreeMap::new())
            .unwrap(),
        []
    );
    eventually("news of connections", || {
        let event = told.try_recv().ok()?.1;
        matches!(event, FlowEvent::Connections).then_some(())
    })
    .await;
    let needs = compute
        .connection_needs(&flow, &std::collections::BTreeMap::new())
        .unwrap();
    assert_eq!(needs.len(), 1, "{needs:?}");
    assert_eq!(needs[0].input.as_deref(), Some("service"));
    assert_eq!(needs[0].accepts, [ConnectionType::AzureOpenAI]);
    let refused = run(&compute, &flow, None).await.unwrap_err();
    assert_eq!(refused.to_root_error().code, "ConnectionsNeeded");
    stop(&compute, &flow).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_that_need_a_model_say_so_and_then_run() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let compute = home.compute(0).await;
    for (sample, output) in [("summarize-text", "summary"), ("chat-with-model", "answer")] {
        let folder = home.flows().join(sample);
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(samples.join(sample)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        let flow = FlowId::try_from(sample).unwrap();
        let connections = compute.connections();
        let _ = connections.delete(&name("open_ai_connection"), &Condition::None, Millis(1));
        let needs = compute
            .connection_needs(&flow, &std::collections::BTreeMap::new())
            .unwrap();
        assert_eq!(needs[0].problem, Some(NeedProblem::Missing), "{sample}");
        add_all(&compute, &models);
        compute.start(&flow, StartSession::default()).await.unwrap();
        in_state(&compute, &flow, SessionState::Available).await;
        let detail = run(&compute, &flow, None).await.unwrap();
        let state = detail.summary.state;
        assert_eq!(state, RunState::Completed, "{sample}: {:?}", detail.error);
        let given = json!(detail.outputs)[output].as_str().unwrap().to_owned();
        assert!(given.starts_with("You said: "), "{given}");
        let operation = compute.stop(&flow).await.unwrap();
        ended(&compute, &operation).await;
    }
    compute.close().await;
}

/// A managed-identity endpoint that gives a token for Azure's AI services alone.
async fn token_endpoint(token: &'static str) -> String {
    let answer = move |query: Query<HashMap<String, String>>| async move {
        match query.get("resource").map(String::as_str) {
            Some("https://cognitiveservices.azure.com") => {
                (StatusCode::OK, Json(json!({"access_token": token})))
            }
            _ => (
                StatusCode::BAD_REQUEST,
                Json(json!({"error": "invalid_resource"})),
            ),
        }
    };
    let router = Router::new().route("/metadata/identity/oauth2/token", get(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_signs_in_with_the_administrators_identity() {
    const TOKEN: &str = "token-canary-of-entra-44f0";
    let home = Home::new();
    let models = Models::start(TOKEN).await;
    let host = models.address.strip_prefix("http://").unwrap();
    let identity = Identity {
        name: "asker".to_owned(),
        description: None,
        client_id: Some("id-of-asker".to_owned()),
        source: Some(CredentialSource::ManagedIdentity),
        hosts: vec![HostPattern::try_from(host).unwrap()],
    };
    let endpoint = ManagedIdentityEndpoint::Imds {
        origin: token_endpoint(TOKEN).await,
    };
    let mut config = home.config(0);
    config.catalog.identities = vec![identity];
    config.identities = Identities::new(endpoint, DockerStore::at(home.root().join("docker")));
    config.connections.private_services = true;
    let compute = Compute::open(config, home.engine().await).await.unwrap();
    let definition = "inputs: {}\noutputs:\n  answer: {type: string, reference: '${ask.output}'}\n  leak: {type: string, reference: '${leak.output}'}\nnodes:\n- name: ask\n  type: llm\n  source: {type: code, path: ask.jinja2}\n  inputs: {deployment_name: gpt-azure}\n  connection: aoai\n  api: chat\n- name: leak\n  type: python\n  source: {type: code, path: leak.py}\n  inputs: {connection: aoai}\n";
    let leak = "from promptflow.connections import AzureOpenAIConnection\nfrom promptflow.core import tool\n\n\n@tool\ndef leak(connection: AzureOpenAIConnection) -> str:\n    print('printed', connection.get_token())\n    return connection.get_token()\n";
    let files = [
        ("flow.dag.yaml", definition),
        ("ask.jinja2", "user:\nHi\n"),
        ("leak.py", leak),
    ];
    let flow = home.flow("entra", &files);
    let azure = |base: &str| json!({"type": "AzureOpenAI", "configs": {"api_base": base, "auth_mode": "meid_token"}});
    add(&compute, "aoai", azure(&models.address));
    let tested = compute.test_connection(&name("aoai")).await.unwrap();
    assert!(tested.passed, "{tested:?}");
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    let detail = run(&compute, &flow, None).await.unwrap();
    assert_eq!(
        detail.summary.state,
        RunState::Completed,
        "{:?}",
        detail.error
    );
    let outputs = json!(detail.outputs);
    assert_eq!(outputs["answer"], "You said: Hi");
    assert_eq!(outputs["leak"], "**data_scrubbed**");
    let log = compute.run_log(&flow, &detail.summary.id, 1000).unwrap();
    assert!(!format!("{log:?}").contains(TOKEN), "{log:?}");

    // Somebody else's address gets no token.
    add(&compute, "aoai", azure("https://elsewhere.example"));
    let none = std::collections::BTreeMap::new();
    let needs = compute.connection_needs(&flow, &none).unwrap();
    let address = "https://elsewhere.example".to_owned();
    assert_eq!(needs[0].problem, Some(NeedProblem::NoIdentity { address }));
    let refused = run(&compute, &flow, None)
        .await
        .unwrap_err()
        .to_root_error();
    assert_eq!(refused.code, "ConnectionsNeeded");
    assert!(
        refused.message.contains("Microsoft Entra ID"),
        "{refused:?}"
    );
    let tested = compute.test_connection(&name("aoai")).await.unwrap();
    assert!(
        !tested.passed && tested.message.contains("No managed identity"),
        "{tested:?}"
    );
    stop(&compute, &flow).await;
}

const ENVIRONMENT: &str = "
inputs: {}
outputs:
  seen: {type: object, reference: '${look.output}'}
nodes:
- name: look
  type: python
  source: {type: code, path: look.py}
  inputs: {}
environment_variables:
  LOOK_MODEL: of-the-file
  LOOK_URL: ${mine.url}
";

const LOOK: &str = "
import os
from promptflow.core import tool

@tool
def look():
    return {name: value for name, value in os.environ.items() if name.startswith('LOOK_')}
";

#[tokio::test(flavor = "multi_thread")]
async fn variables_are_set_for_one_run_alone_and_what_they_refer_to_is_masked() {
    let home = Home::new();
    let files = [("flow.dag.yaml", ENVIRONMENT), ("look.py", LOOK)];
    let (compute, flow) = started(&home, "looks", &files).await;
    add(
        &compute,
        "mine",
        json!({"type": "Custom", "configs": {"url": "http://x"}, "secrets": {"key": CUSTOM_CANARY}}),
    );
    let run = async |node: Option<&str>, variables: Value| {
        let request = RunRequest {
            node: node.map(str::to_owned),
            variables: serde_json::from_value(variables).unwrap(),
            ..RunRequest::default()
        };
        let run = compute.run(&flow, request)?;
        Ok::<_, ComputeError>(over(&compute, &flow, &run.summary.id).await)
    };
    let set = json!({
        "LOOK_MODEL": "of-the-run", "LOOK_KEY": "${mine.key}", "LOOK_TOKEN": "tok-canary-1234", "LOOK_NEW": "new",
    });
    let seen = json!({
        "LOOK_MODEL": "of-the-run", "LOOK_URL": "http://x", "LOOK_KEY": "**data_scrubbed**",
        "LOOK_TOKEN": "**data_scrubbed**", "LOOK_NEW": "new",
    });
    let whole = run(None, set.clone()).await.unwrap();
    assert_eq!(json!(whole.outputs)["seen"], seen, "{:?}", whole.error);
    let recorded = json!({
        "LOOK_MODEL": "of-the-run", "LOOK_KEY": "${mine.key}", "LOOK_TOKEN": "**data_scrubbed**", "LOOK_NEW": "new",
    });
    assert_eq!(json!(whole.variables), recorded);
    let alone = run(Some("look"), set).await.unwrap();
    assert_eq!(json!(alone.nodes[0].output), seen);
    let next = run(None, json!({})).await.unwrap();
    let of_the_file = json!({"LOOK_MODEL": "of-the-file", "LOOK_URL": "http://x"});
    assert_eq!(json!(next.outputs)["seen"], of_the_file);
    // A value that isn't used any more asks for nothing.
    let connections = compute.connections();
    connections
        .delete(&name("mine"), &Condition::None, Millis(2))
        .unwrap();
    let missing = run(None, json!({"LOOK_MODEL": "x"})).await.unwrap_err();
    assert_eq!(missing.to_root_error().code, "ConnectionsNeeded");
    let other = run(None, json!({"LOOK_URL": "typed"})).await.unwrap();
    assert_eq!(json!(other.outputs)["seen"]["LOOK_URL"], "typed");
    search_files(&home.data());
    stop(&compute, &flow).await;
}
