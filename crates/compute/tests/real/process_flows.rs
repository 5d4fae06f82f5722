//! Flows of every kind through promptflow's own executor.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Home, ended, files, in_state, over};
use flowdeck_compute::{Compute, StartSession};
use flowdeck_contract::{
    events::FlowEvent,
    ids::FlowId,
    runs::{NodeState, RunDetail, RunRequest, RunState},
    session::SessionState,
};
use serde_json::{Value, json};

async fn run(compute: &Compute, flow: &FlowId, inputs: &Value) -> RunDetail {
    compute.start(flow, StartSession::default()).await.unwrap();
    in_state(compute, flow, SessionState::Available).await;
    let inputs = serde_json::from_value(inputs.clone()).unwrap();
    let run = compute
        .run(
            flow,
            RunRequest {
                inputs,
                ..RunRequest::default()
            },
        )
        .unwrap();
    let detail = over(compute, flow, &run.summary.id).await;
    let operation = compute.stop(flow).await.unwrap();
    ended(compute, &operation).await;
    detail
}

fn state(detail: &RunDetail, node: &str) -> NodeState {
    detail
        .nodes
        .iter()
        .find(|run| run.name == node)
        .unwrap()
        .state
}

const EVALUATION: &str = "
inputs:
  answer: {type: string, default: yes}
  truth: {type: string, default: yes}
outputs:
  grade: {type: string, reference: '${grade.output}'}
nodes:
- name: grade
  type: python
  source: {type: code, path: grade.py}
  inputs: {answer: '${inputs.answer}', truth: '${inputs.truth}'}
- name: extra
  type: python
  source: {type: code, path: extra.py}
  inputs: {grade: '${grade.output}'}
  activate: {when: '${inputs.answer}', is: never}
- name: total
  type: python
  source: {type: code, path: total.py}
  inputs: {grades: '${grade.output}'}
  aggregation: true
environment_variables:
  GREETING: hello
";

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_logs_metrics_and_bypasses_what_is_not_activated() {
    let home = Home::new();
    let flow = home.flow(
        "evaluation",
        &[
            ("flow.dag.yaml", EVALUATION),
            ("grade.py", "import os\nfrom promptflow.core import tool\n\n@tool\ndef grade(answer: str, truth: str):\n    return os.environ['GREETING'] + str(answer == truth)\n"),
            ("extra.py", "from promptflow.core import tool\n\n@tool\ndef extra(grade: str):\n    return grade\n"),
            ("total.py", "from promptflow.core import tool, log_metric\n\n@tool\ndef total(grades: list):\n    log_metric('count', len(grades))\n    return float('nan')\n"),
        ],
    );
    let compute = home.compute(0).await;
    let detail = run(&compute, &flow, &json!({"answer": "no"})).await;
    assert_eq!(
        (detail.summary.state, &detail.error),
        (RunState::Completed, &None)
    );
    assert_eq!(
        json!(detail.inputs),
        json!({"answer": "no", "truth": "yes"})
    );
    assert_eq!(json!(detail.outputs), json!({"grade": "helloFalse"}));
    assert_eq!(json!(detail.metrics), json!({"count": 1}));
    assert_eq!(state(&detail, "extra"), NodeState::Bypassed);
    assert_eq!(
        detail
            .nodes
            .iter()
            .find(|node| node.name == "total")
            .unwrap()
            .output,
        Some(json!({"$number": "NaN"}).into())
    );
    compute.close().await;
}

const INCLUDING: &str = "
additional_includes:
- ../shared
inputs: {}
outputs:
  value: {type: string, reference: '${node.output}'}
nodes:
- name: node
  type: python
  source: {type: code, path: node.py}
  inputs: {}
";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_flow_includes_is_there_and_errors_name_the_flow_s_own_files() {
    let home = Home::new();
    let node = "from promptflow.core import tool\nfrom shared.help import value\n\n@tool\ndef node():\n    if value() == 'bad':\n        raise KeyError('bad')\n    return value()\n";
    let flow = home.flow(
        "including",
        &[("flow.dag.yaml", INCLUDING), ("node.py", node)],
    );
    home.flow(
        "shared",
        &[("help.py", "def value():\n    return 'good'\n")],
    );
    let compute = home.compute(0).await;
    let detail = run(&compute, &flow, &json!({})).await;
    assert_eq!(
        json!(detail.outputs),
        json!({"value": "good"}),
        "{:?}",
        detail.error
    );
    home.flow("shared", &[("help.py", "def value():\n    return 'bad'\n")]);
    let detail = run(&compute, &flow, &json!({})).await;
    let error = detail.error.unwrap();
    let place = error.place.unwrap();
    assert_eq!((place.path.as_str(), place.line), ("node.py", 7));
    assert!(!error.traceback.unwrap().contains("/work/"));
    let names: BTreeSet<String> = files(&home.flows().join("including")).into_iter().collect();
    assert_eq!(
        names,
        ["flow.dag.yaml", "node.py"].map(str::to_owned).into()
    );
    let copies = home.data().join("work/flows/including");
    assert_eq!(files(&copies), Vec::<String>::new());
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flex_flow_runs_its_entry() {
    let home = Home::new();
    let flow = home.flow(
        "flex",
        &[
            ("flow.flex.yaml", "entry: main:answer\n"),
            ("main.py", "def answer(question: str = 'why') -> dict:\n    print('asked', question)\n    if question == 'boom':\n        raise ValueError('no answer')\n    return {'answer': question.upper()}\n"),
        ],
    );
    let compute = home.compute(0).await;
    let detail = run(&compute, &flow, &json!({"question": "what"})).await;
    assert_eq!(
        (detail.summary.state, &detail.error),
        (RunState::Completed, &None)
    );
    assert_eq!(json!(detail.outputs), json!({"answer": "WHAT"}));
    let detail = run(&compute, &flow, &json!({"question": "boom"})).await;
    assert_eq!(detail.summary.state, RunState::Failed);
    assert_eq!(detail.error.unwrap().place.unwrap().line, 4);
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_flow_starts_ends_with_its_session() {
    let home = Home::new();
    let flow = home.flow(
        "starter",
        &[
            ("flow.dag.yaml", "inputs: {}\noutputs: {}\nnodes:\n- name: start\n  type: python\n  source: {type: code, path: start.py}\n  inputs: {}\n"),
            ("start.py", "import subprocess\nfrom promptflow.core import tool\n\n@tool\ndef start():\n    return subprocess.Popen(['sleep', '600'], start_new_session=True).pid\n"),
        ],
    );
    let compute = home.compute(0).await;
    let detail = run(&compute, &flow, &json!({})).await;
    let pid = detail.nodes[0]
        .output
        .as_ref()
        .unwrap()
        .json()
        .parse::<u32>()
        .unwrap();
    assert!(!crate::support::is_sleeping(pid));
    assert_eq!(
        crate::support::processes_with(detail.session_id.as_str()),
        Vec::<u32>::new()
    );
    compute.close().await;
}

const TALKING: &str = "
inputs:
  question: {type: string, is_chat_input: true, default: hello}
outputs:
  answer: {type: string, reference: '${talk.output}', is_chat_output: true}
nodes:
- name: talk
  type: python
  source: {type: code, path: talk.py}
  inputs: {question: '${inputs.question}'}
";

const TALK: &str = "from pathlib import Path
from time import sleep
from promptflow.core import tool

@tool
def talk(question: str):
    for word in ('You ', 'said ', question):
        yield word
    while question == 'wait' and not Path('go').exists():
        sleep(0.01)
    if question == 'boom':
        raise ValueError('no more words')
";

/// A session of the flow that talks.
async fn talking(home: &Home) -> (Compute, FlowId) {
    let flow = home.flow("talking", &[("flow.dag.yaml", TALKING), ("talk.py", TALK)]);
    let compute = home.compute(0).await;
    compute.start(&flow, StartSession::default()).await.unwrap();
    in_state(&compute, &flow, SessionState::Available).await;
    (compute, flow)
}

fn question(question: &str) -> RunRequest {
    RunRequest {
        inputs: serde_json::from_value(json!({"question": question})).unwrap(),
        stream: true,
        ..RunRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_s_text_is_told_as_it_comes() {
    let home = Home::new();
    let (compute, flow) = talking(&home).await;
    let mut events = compute.subscribe();
    let run = compute.run(&flow, question("wait")).unwrap();
    let mut seen = BTreeMap::new();
    while seen.get("answer").map(String::as_str) != Some("You said wait") {
        if let (_, FlowEvent::RunText(text)) = events.recv().await.unwrap() {
            text.pieces.iter().for_each(|piece| piece.add_to(&mut seen));
        }
    }
    let now = compute.run_detail(&flow, &run.summary.id).unwrap();
    assert_eq!(now.summary.state, RunState::Running);
    assert_eq!(now.streamed, seen);
    home.flow("talking", &[("go", "")]);
    let detail = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(json!(detail.outputs), json!({"answer": "You said wait"}));
    assert_eq!(detail.streamed, BTreeMap::new());

    let run = compute.run(&flow, question("boom")).unwrap();
    let detail = over(&compute, &flow, &run.summary.id).await;
    assert_eq!(detail.summary.state, RunState::Failed);
    assert_eq!(detail.streamed["answer"], "You said boom");
    compute.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_yields_has_its_text_as_output_when_it_runs_alone() {
    let home = Home::new();
    let (compute, flow) = talking(&home).await;
    let request = RunRequest {
        node: Some("talk".to_owned()),
        ..question("me")
    };
    let run = compute.run(&flow, request).unwrap();
    let detail = over(&compute, &flow, &run.summary.id).await;
    let output = detail.nodes[0].output.as_ref().unwrap();
    assert_eq!(output.as_text().as_deref(), Some("You said me"));
    compute.close().await;
}
