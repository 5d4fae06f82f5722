//! What a flow looks like to pages and clients.

#![expect(
    clippy::expect_used,
    reason = "a test ends where something is not as it should be"
)]

use flowdeck_flow::{FlowKind, FlowType, ValueType, check, entry_file, take_inputs_of_entry};
use serde_json::json;

#[test]
fn a_flow_is_read_whole() {
    let text = "\
display_name: Ask
description: Asks.
tags: {team: search, year: 2024}
inputs:
  question: {type: string, default: 'Why?', is_chat_input: true, description: The question}
  limit: {type: int, default: 0x10, enum: [1, 16]}
outputs:
  answer: {type: string, reference: '${answer.output.text}', is_chat_output: true}
nodes:
- name: answer
  type: llm
  source: {type: code, path: answer.jinja2}
  inputs: {question: '${inputs.question}', temperature: 0.5}
  connection: models
  api: chat
  provider: OpenAI
  module: promptflow.tools.openai
  activate: {when: '${inputs.limit}', is: [1, null]}
environment: {image: example/image, python_requirements_txt: requirements.txt}
environment_variables: {KEY: '${models.api_key}', LIST: [1, a], FLAG: true}
additional_includes: [../shared]
message_format: OpenAI-Vision
";
    let report = check(text);
    let codes = report.findings.iter().map(|finding| &*finding.code);
    assert_eq!(codes.collect::<Vec<_>>(), ["LlmWithoutModel"]);
    let flow = serde_json::to_value(report.flow.expect("a flow")).expect("JSON");
    let expected = json!({
        "kind": "dag",
        "flowType": "chat",
        "displayName": "Ask",
        "description": "Asks.",
        "tags": {"team": "search", "year": "2024"},
        "inputs": [
            {"name": "question", "inputType": "string", "default": "Why?", "description": "The question",
             "enumValues": [], "isChatInput": true, "isChatHistory": false},
            {"name": "limit", "inputType": "int", "default": 16, "description": null,
             "enumValues": [1, 16], "isChatInput": false, "isChatHistory": false},
        ],
        "outputs": [{
            "name": "answer", "outputType": "string", "description": null, "isChatOutput": true, "evaluationOnly": false,
            "reference": {"node": {"node": "answer", "section": "output", "property": "text"}},
        }],
        "nodes": [{
            "name": "answer",
            "nodeType": "llm",
            "source": {"sourceType": "code", "tool": null, "path": "answer.jinja2"},
            "inputs": [
                {"name": "question", "value": {"flowInput": {"name": "question"}}},
                {"name": "temperature", "value": {"literal": {"value": 0.5}}},
            ],
            "aggregation": false,
            "activate": {"when": {"flowInput": {"name": "limit"}}, "is": [1, null]},
            "connection": "models", "api": "chat", "provider": "OpenAI", "module": "promptflow.tools.openai",
            "variants": null,
            "line": 10,
        }],
        "environment": {"image": "example/image", "pythonRequirementsTxt": "requirements.txt"},
        "environmentVariables": [
            {"name": "KEY", "value": "${models.api_key}"},
            {"name": "LIST", "value": "[1,\"a\"]"},
            {"name": "FLAG", "value": "True"},
        ],
        "additionalIncludes": ["../shared"],
        "entry": null,
        "messageFormat": "openaiVision",
    });
    assert_eq!(flow, expected);
}

#[test]
fn a_node_with_variants_is_its_default_one() {
    let text = "\
nodes:
- name: answer
  use_variants: true
node_variants:
  answer:
    default_variant_id: v1
    variants:
      v0: {node: {type: llm}}
      v1: {node: {type: python, connection: c}}
";
    let node = check(text).flow.expect("a flow").nodes.remove(0);
    assert_eq!(
        (node.name.as_str(), node.connection.as_deref(), node.line),
        ("answer", Some("c"), 2)
    );
    let variants = node.variants.expect("variants");
    assert_eq!(
        (variants.default_id.as_str(), variants.ids),
        ("v1", vec!["v0".to_owned(), "v1".to_owned()])
    );
}

#[test]
fn the_type_is_declared_or_shown() {
    let cases = [
        ("{}", FlowType::Standard),
        ("type: evaluation", FlowType::Evaluation),
        (
            "nodes: [{name: a, aggregation: true}]",
            FlowType::Evaluation,
        ),
        (
            "inputs: {q: {type: string, is_chat_input: true}}",
            FlowType::Chat,
        ),
        (
            "{type: standard, inputs: {q: {type: string, is_chat_input: true}}}",
            FlowType::Standard,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(
            check(text).flow.map(|flow| flow.flow_type),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn a_broken_flow_is_read_as_far_as_it_goes() {
    let report = check("inputs:\n  a: {type: str}\n  b: text\nnodes: [{name: n, type: x}, 5]\n");
    assert!(!report.ok());
    let flow = report.flow.expect("a flow");
    assert_eq!((flow.inputs.len(), flow.nodes.len()), (2, 1));
    assert!(check("a: [").flow.is_none());
}

#[test]
fn a_flex_flow_names_its_entry() {
    let report = check("entry: app:Chat\nenvironment: {image: x}\n");
    assert_eq!(report.kind, FlowKind::Flex);
    assert_eq!(report.order, None);
    assert_eq!(
        report.flow.and_then(|flow| flow.entry).as_deref(),
        Some("app:Chat")
    );
}

fn inputs_of_entry(
    yaml: &str,
    source: &str,
) -> Vec<(String, ValueType, Option<serde_json::Value>)> {
    let mut flow = check(yaml).flow.expect("a flow");
    take_inputs_of_entry(&mut flow, source);
    let inputs = flow.inputs.into_iter();
    inputs
        .map(|input| (input.name, input.input_type, input.default))
        .collect()
}

#[test]
fn a_flex_flow_takes_what_its_entry_takes() {
    let source = "def greet(name: str = \"you\", times: int = 2, loud=True, style: Style = STYLE, history: list = None, *, note: Optional[str] = None, item: Item): ...\n";
    let own = |name: &str, kind, default: serde_json::Value| (name.to_owned(), kind, Some(default));
    let none = |name: &str, kind| (name.to_owned(), kind, None);
    let rest = [
        own("times", ValueType::Int, 2.into()),
        own("loud", ValueType::Bool, true.into()),
        none("note", ValueType::String),
        none("item", ValueType::Object),
    ];
    let with = |name| [&[name][..], &rest[..]].concat();
    assert_eq!(
        inputs_of_entry("entry: main:greet\n", source),
        with(own("name", ValueType::String, "you".into()))
    );
    let sampled = "entry: main:greet\nsample:\n  inputs: {name: Ada, other: 1}\n";
    assert_eq!(
        inputs_of_entry(sampled, source),
        with(own("name", ValueType::String, "Ada".into()))
    );
    let of_sample = [
        own("name", ValueType::String, "Ada".into()),
        own("other", ValueType::Int, 1.into()),
    ];
    assert_eq!(inputs_of_entry(sampled, "x = 1\n"), of_sample);
    assert_eq!(
        inputs_of_entry(sampled, "def greet(name, **rest): ...\n"),
        of_sample
    );
    let declared = "entry: main:greet\ninputs:\n  a: {type: int}\n";
    assert_eq!(
        inputs_of_entry(declared, source),
        [none("a", ValueType::Int)]
    );
    assert_eq!(entry_file("a.b:c").as_deref(), Some("a/b.py"));
    for wrong in ["a", "../a:b", "/a:b", "a..b:c", ":c", "a b:c"] {
        assert_eq!(entry_file(wrong), None, "{wrong}");
    }
}
