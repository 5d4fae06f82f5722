//! Calls of models that a person tries, through promptflow's own clients to a model server of ours.

use flowdeck_compute::{Compute, StartSession};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Millis,
    connections::ConnectionName,
    ids::FlowId,
    playground::ModelCallEvent,
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

/// What comes of a call: the text that came in pieces, and the end.
async fn tried(compute: &Compute, flow: &FlowId, asked: Value) -> (String, ModelCallEvent) {
    let mut told = compute
        .call_model(flow, serde_json::from_value(asked).unwrap())
        .unwrap();
    let mut pieces = String::new();
    loop {
        match told.recv().await.expect("an end") {
            ModelCallEvent::Text(text) => pieces.push_str(&text),
            end => return (pieces, end),
        }
    }
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

    // A secret that a model repeats is masked, in pieces as in the whole.
    let (pieces, end) = tried(&compute, &flow, chat("open ai", "gpt-test", KEY)).await;
    let told = format!("{pieces}{:?}", ended(end));
    assert!(!told.contains(KEY), "{told}");
    assert!(compute.runs(&flow).unwrap().is_empty(), "it's no run");
}
