//! Calls of models that a person tries, through promptflow's own clients to a model server of ours.

use flowdeck_compute::{Compute, StartSession};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Millis,
    connections::ConnectionName,
    ids::FlowId,
    playground::{CallWait, ModelCallEvent},
    runs::{TokenUse, TraceCall},
    session::SessionState,
};
use serde_json::{Value, json};

use crate::support::{Home, in_state, models::Models};

const KEY: &str = "sk-canary-of-calls-5d";

fn add(compute: &Compute, name: &str, input: Value) {
    let input = serde_json::from_value(input).unwrap();
    let name = ConnectionName::try_from(name).unwrap();
    let connections = compute.connections();
    connections
        .save(&name, input, &Condition::None, Millis(1))
        .unwrap();
}

/// What comes of a call: the text that came in pieces, the waits, and the end.
async fn told(
    compute: &Compute,
    flow: &FlowId,
    asked: Value,
) -> (String, Vec<CallWait>, ModelCallEvent) {
    let mut told = compute
        .call_model(flow, serde_json::from_value(asked).unwrap())
        .unwrap();
    let (mut pieces, mut waits) = (String::new(), Vec::new());
    loop {
        match told.recv().await.expect("an end") {
            ModelCallEvent::Text(text) => pieces.push_str(&text),
            ModelCallEvent::Waiting(wait) => waits.push(wait),
            end => return (pieces, waits, end),
        }
    }
}

/// One that isn't asked again.
async fn tried(compute: &Compute, flow: &FlowId, asked: Value) -> (String, ModelCallEvent) {
    let (pieces, waits, end) = told(compute, flow, asked).await;
    assert_eq!(waits, []);
    (pieces, end)
}

fn ended(event: ModelCallEvent) -> TraceCall {
    match event {
        ModelCallEvent::Ended(call) => *call,
        event => panic!("{event:?}"),
    }
}

fn chat(connection: &str, model: &str, text: &str) -> Value {
    let messages =
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}]);
    json!({"connection": connection, "inputs": {"model": model, "messages": messages, "temperature": 0.5}})
}

fn content(call: &TraceCall) -> Value {
    let output: Value = serde_json::from_str(call.output.as_ref().unwrap().json()).unwrap();
    output["choices"][0]["message"]["content"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_made_by_promptflows_client_and_streams() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let flow = home.flow("calls", &[("flow.dag.yaml", "nodes: []\n")]);
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    let base = &models.address;
    add(
        &compute,
        "open ai",
        json!({"type": "OpenAI", "configs": {"base_url": format!("{base}/v1")}, "secrets": {"api_key": KEY}}),
    );
    add(
        &compute,
        "aoai",
        json!({"type": "AzureOpenAI", "configs": {"api_base": base}, "secrets": {"api_key": KEY}}),
    );
    add(
        &compute,
        "served",
        json!({"type": "Serverless", "configs": {"api_base": base}, "secrets": {"api_key": KEY}}),
    );

    for connection in ["open ai", "aoai", "served"] {
        let (pieces, end) = tried(&compute, &flow, chat(connection, "gpt-test", "one two")).await;
        let call = ended(end);
        assert_eq!(pieces, "You said: one two", "{connection}");
        assert_eq!(content(&call), "You said: one two");
        assert!(
            matches!(call.tokens, Some(TokenUse::Counted(tokens)) if tokens.total == 16),
            "{call:?}"
        );
    }
    let sent = models.calls().pop().unwrap().body;
    assert_eq!(sent["temperature"], 0.5);
    assert_eq!(sent["messages"][0]["content"], "Be brief.");

    // A service that doesn't know how to count a stream is asked without; one that breaks off has said that much.
    let (_, end) = tried(&compute, &flow, chat("open ai", "old", "x")).await;
    assert_eq!(content(&ended(end)), "You said: x");
    let (_, end) = tried(&compute, &flow, chat("open ai", "cut", "x")).await;
    let call = ended(end);
    assert_eq!(content(&call), "You ");
    assert!(call.error.is_some(), "{call:?}");

    let (_, end) = tried(&compute, &flow, chat("open ai", "bad", "x")).await;
    let error = ended(end).error.unwrap();
    assert!(error.contains("max_tokens is too large."), "{error}");
    let mut unknown = chat("open ai", "gpt-test", "x");
    unknown["inputs"]["colour"] = json!("red");
    let (_, end) = tried(&compute, &flow, unknown).await;
    let error = ended(end).error.unwrap();
    assert!(error.contains("colour"), "{error}");

    let completion =
        json!({"connection": "open ai", "inputs": {"model": "gpt-test", "prompt": "p", "n": 2}});
    let (_, end) = tried(&compute, &flow, completion).await;
    let output = ended(end).output.unwrap();
    assert!(output.json().contains("completed"), "{output:?}");

    // A service that is busy is asked again after the wait that it names, and the call is the try that was answered.
    let (pieces, waits, end) = told(&compute, &flow, chat("open ai", "busy", "x")).await;
    let wait = CallWait {
        error: "RateLimitError".to_owned(),
        next_try: 2,
        milliseconds: 1000,
    };
    assert_eq!((pieces.as_str(), waits), ("You said: x", vec![wait]));
    let call = ended(end);
    let took = call.ended.unwrap().since(call.started.unwrap());
    assert!(call.error.is_none() && took < 1000, "{call:?}");

    // A secret that a model repeats is masked, in pieces as in the whole.
    let (pieces, end) = tried(&compute, &flow, chat("open ai", "gpt-test", KEY)).await;
    let told = format!("{pieces}{:?}", ended(end));
    assert!(!told.contains(KEY), "{told}");
    assert!(compute.runs(&flow).unwrap().is_empty(), "it's no run");
}

const ORGANIZATION: &str = "of-the-flow";

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_the_flow_s_environment_variables_and_those_of_the_page() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let definition = format!(
        "nodes: []\nenvironment_variables:\n  OPENAI_ORG_ID: {ORGANIZATION}\n  OPENAI_BASE_URL: ${{addresses.models}}\n"
    );
    let flow = home.flow("variables", &[("flow.dag.yaml", &definition)]);
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    add(
        &compute,
        "open ai",
        json!({"type": "OpenAI", "configs": {}, "secrets": {"api_key": KEY}}),
    );
    let asked = chat("open ai", "gpt-test", "x");
    let lacking = compute.call_model(&flow, serde_json::from_value(asked.clone()).unwrap());
    let lacking = lacking.unwrap_err().to_root_error();
    assert_eq!(lacking.connection_needs()[0].name, "addresses");
    add(
        &compute,
        "addresses",
        json!({"type": "Custom", "configs": {"models": format!("{}/v1", models.address)}, "secrets": {"key": "another-key"}}),
    );
    // The client reads its address and its organization from the variables.
    let (pieces, _) = tried(&compute, &flow, asked.clone()).await;
    assert_eq!(pieces, "You said: x");
    assert_eq!(
        models.calls()[0].organization.as_deref(),
        Some(ORGANIZATION)
    );
    let mut set = asked.clone();
    set["variables"] = json!({"OPENAI_ORG_ID": "of-the-page"});
    tried(&compute, &flow, set).await;
    assert_eq!(
        models.calls()[1].organization.as_deref(),
        Some("of-the-page")
    );
    let mut refused = asked;
    refused["variables"] = json!({"LD_PRELOAD": "x"});
    let refused = compute.call_model(&flow, serde_json::from_value(refused).unwrap());
    assert_eq!(refused.unwrap_err().to_root_error().code, "VariableInvalid");
}
