//! Flows that aren't DAGs, and variants, through promptflow's own executor.

use flowdeck_compute::{Compute, StartSession};
use flowdeck_connections::Condition;
use flowdeck_contract::{
    Millis,
    connections::ConnectionName,
    ids::FlowId,
    runs::{NodeVariant, RunDetail, RunRequest, RunState, TokenUse},
    session::SessionState,
};
use serde_json::{Value, json};

use crate::support::{Home, in_state, models::Models, over};

const KEY: &str = "sk-of-kinds";

const PROMPTY: &str = "---
name: Chat
model:
  api: chat
  configuration:
    type: openai
    model: gpt-test
    connection: mine
  parameters:
    max_tokens: 12
sample:
  question: why
---
user:
{{question}}
";

const CLASS: &str = "from pathlib import Path
from promptflow.core import OpenAIModelConfiguration, Prompty
from promptflow.tracing import trace

class Assistant:
    def __init__(self, model_config: OpenAIModelConfiguration, style: str = 'brief'):
        self.model, self.style = model_config, style

    @trace
    def __call__(self, question: str) -> dict:
        if question == 'boom':
            raise ValueError('no answer')
        file = Path(__file__).parent / 'chat.prompty'
        ask = Prompty.load(source=file, model={'configuration': self.model})
        return {'style': self.style, 'answer': ask(question=question), 'again': Prompty.load(source=file)(question='x')}
";

const DAG: &str = "inputs:
  text: {type: string, default: x}
outputs:
  said: {type: string, reference: '${ask.output}'}
nodes:
- {name: ask, use_variants: true}
node_variants:
  ask:
    default_variant_id: v0
    variants:
      v0: {node: {type: prompt, source: {type: code, path: zero.jinja2}, inputs: {text: '${inputs.text}'}}}
      v1: {node: {type: prompt, source: {type: code, path: one.jinja2}, inputs: {text: '${inputs.text}'}}}
";

async fn begun(compute: &Compute, flow: &FlowId) {
    compute.start(flow, StartSession::default()).await.unwrap();
    in_state(compute, flow, SessionState::Available).await;
}

fn connect(compute: &Compute, models: &Models) {
    let input = json!({"type": "OpenAI", "configs": {"base_url": format!("{}/v1", models.address)}, "secrets": {"api_key": KEY}});
    let name = ConnectionName::try_from("mine").unwrap();
    let input = serde_json::from_value(input).unwrap();
    let connections = compute.connections();
    connections
        .save(&name, input, &Condition::None, Millis(1))
        .unwrap();
}

async fn run(compute: &Compute, flow: &FlowId, request: Value) -> RunDetail {
    let request: RunRequest = serde_json::from_value(request).unwrap();
    let run = compute.run(flow, request).unwrap();
    over(compute, flow, &run.summary.id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompty_and_a_class_call_their_models_by_connections() {
    let home = Home::new();
    let models = Models::start(KEY).await;
    let flex = home.flow(
        "kinds",
        &[
            ("flow.flex.yaml", "entry: a:Assistant\n"),
            ("a.py", CLASS),
            ("chat.prompty", PROMPTY),
        ],
    );
    let prompty = flex.prompty_beside("chat.prompty").unwrap();
    let compute = home.compute(0).await;

    let needed = compute
        .connection_needs(&prompty, &std::collections::BTreeMap::new())
        .unwrap();
    assert_eq!((needed.len(), needed[0].line), (1, 8));
    begun(&compute, &prompty).await;
    let lacking = compute.run(&prompty, RunRequest::default()).unwrap_err();
    assert!(lacking.to_string().contains("‘mine’"), "{lacking}");

    connect(&compute, &models);
    let asked = run(&compute, &prompty, json!({"inputs": {"question": "hello"}})).await;
    assert_eq!(
        asked.summary.state,
        RunState::Completed,
        "{:?}",
        asked.error
    );
    let said = json!(asked.outputs);
    assert!(
        said["output"].as_str().is_some_and(|text| !text.is_empty()),
        "{said}"
    );
    assert!(!asked.calls.is_empty());
    let Some(TokenUse::Counted(tokens)) = asked.tokens else {
        panic!("{:?}", asked.tokens);
    };
    assert!(tokens.total > 0);

    begun(&compute, &flex).await;
    let model = json!({"connection": "mine", "model": "gpt-test"});
    let asked = run(
        &compute,
        &flex,
        json!({"inputs": {"question": "hi", "init.model_config": model, "init.style": "long"}}),
    )
    .await;
    assert_eq!(
        asked.summary.state,
        RunState::Completed,
        "{:?}",
        asked.error
    );
    assert_eq!(json!(asked.outputs)["style"], "long");
    let failed = run(
        &compute,
        &flex,
        json!({"inputs": {"question": "boom", "init.model_config": model}}),
    )
    .await;
    let place = failed.error.unwrap().place.unwrap();
    assert_eq!((place.path.as_str(), place.line), ("a.py", 12));
    let none: RunRequest = serde_json::from_value(json!({"inputs": {"question": "hi"}})).unwrap();
    let error = compute.run(&flex, none).unwrap_err();
    assert!(error.to_string().contains("init.model_config"), "{error}");
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_runs_in_place_of_the_default_one() {
    let home = Home::new();
    let flow = home.flow(
        "variants",
        &[
            ("flow.dag.yaml", DAG),
            ("zero.jinja2", "zero {{text}}"),
            ("one.jinja2", "one {{text}}"),
        ],
    );
    let compute = home.compute(0).await;
    begun(&compute, &flow).await;
    let one = json!({"node": "ask", "id": "v1"});
    let detail = run(&compute, &flow, json!({})).await;
    assert_eq!(json!(detail.outputs), json!({"said": "zero x"}));
    assert_eq!(detail.summary.variant, None);
    let detail = run(&compute, &flow, json!({ "variant": one })).await;
    assert_eq!(json!(detail.outputs), json!({"said": "one x"}));
    let chosen = NodeVariant {
        node: "ask".to_owned(),
        id: "v1".to_owned(),
    };
    assert_eq!(detail.summary.variant, Some(chosen));
    for (request, said) in [
        (json!({"node": "ask"}), "zero x"),
        (json!({"node": "ask", "variant": one}), "one x"),
    ] {
        let detail = run(&compute, &flow, request).await;
        assert_eq!(
            json!(detail.nodes[0].output),
            json!(said),
            "{:?}",
            detail.error
        );
    }
    for (node, id) in [("ask", "v2"), ("other", "v1")] {
        let request = json!({"variant": {"node": node, "id": id}});
        let error = compute.run(&flow, serde_json::from_value(request).unwrap());
        assert!(error.unwrap_err().to_string().contains(node));
    }
    compute.close().await;
}
