//! How long an editor waits for answers about a large flow; prints a JSON object a line: `name`, `value`, `unit`.

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use flowdeck_language::{Position, Request, Workspace, answer};

const LINES: u32 = 10_000;
const RUNS: usize = 30;

fn main() {
    let mut workspace = workspace();
    let at = |line, column| Position { line, column };
    report(
        "completion in 10,000 lines",
        &workspace,
        &Request::Completions { at: at(5_009, 8) },
    );
    report(
        "hover in 10,000 lines",
        &workspace,
        &Request::Hover { at: at(5_009, 8) },
    );
    report(
        "references in 10,000 lines",
        &workspace,
        &Request::References { at: at(5_002, 10) },
    );
    report("outline of 10,000 lines", &workspace, &Request::Outline);
    report(
        "diagnostics of 10,000 lines",
        &workspace,
        &Request::Diagnostics,
    );
    if let Some(text) = workspace.texts.get_mut("flow.dag.yaml") {
        text.push_str("outputs: [\n  in");
    }
    report(
        "completion in 10,000 broken lines",
        &workspace,
        &Request::Completions { at: at(5_009, 8) },
    );
}

fn report(name: &str, workspace: &Workspace, request: &Request) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            black_box(answer(black_box(workspace), "flow.dag.yaml", request));
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let value = times[RUNS / 2];
    println!(
        "{}",
        serde_json::json!({"name": format!("language: {name}"), "value": value, "unit": "ms"})
    );
}

/// A chain of nodes, ten lines each, of the kinds that flows have.
fn workspace() -> Workspace {
    let mut text =
        String::from("inputs:\n  question:\n    type: string\n    default: \"What is it?\"\n");
    text += "nodes:\n- name: node_0\n  type: python\n  inputs: {question: '${inputs.question}'}\n";
    for node in 1..=(LINES - 8) / 10 {
        let _ = write!(
            text,
            "- name: node_{node}\n  type: llm # the model\n  source:\n    type: code\n    path: node_{node}.jinja2\n  \
             inputs:\n    deployment_name: gpt-4\n    temperature: 0.7\n    previous: ${{node_{}.output}}\n    \
             question: ${{inputs.question}}\n",
            node - 1
        );
    }
    Workspace {
        definition: "flow.dag.yaml".into(),
        texts: [("flow.dag.yaml".to_owned(), text)].into(),
        ..Workspace::default()
    }
}
