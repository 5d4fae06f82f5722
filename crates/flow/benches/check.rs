//! How long a check of a large flow takes; prints a JSON object a line: `name`, `value`, `unit`.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

const LINES: usize = 10_000;
const RUNS: usize = 30;

fn main() {
    let text = flow_of(LINES);
    assert!(flowdeck_flow::check(&text).ok(), "the flow is sound");
    report("flow: check 10,000 lines", &text);
    // What an editor asks for in the middle of typing: nothing but an error at the end.
    report(
        "flow: check 10,000 lines with an error",
        &format!("{text}outputs: ["),
    );
}

fn report(name: &str, text: &str) {
    let mut times: Vec<Duration> = (0..RUNS).map(|_| time(text)).collect();
    times.sort();
    let milliseconds = times[RUNS / 2].as_secs_f64() * 1000.0;
    println!(
        "{}",
        serde_json::json!({"name": name, "value": milliseconds, "unit": "ms"})
    );
}

fn time(text: &str) -> Duration {
    let start = Instant::now();
    black_box(flowdeck_flow::check(black_box(text)));
    start.elapsed()
}

/// A chain of nodes, ten lines each, of the kinds that flows have.
fn flow_of(lines: usize) -> String {
    let mut text =
        String::from("inputs:\n  question:\n    type: string\n    default: \"What is it?\"\n");
    text += "nodes:\n- name: node_0\n  type: python\n  inputs: {question: '${inputs.question}'}\n";
    for node in 1..=(lines - 8) / 10 {
        let _ = write!(
            text,
            "- name: node_{node}\n  type: llm # the model\n  source:\n    type: code\n    path: node_{node}.jinja2\n  \
             inputs:\n    deployment_name: gpt-4\n    temperature: 0.7\n    previous: ${{node_{}.output}}\n    \
             question: ${{inputs.question}}\n",
            node - 1
        );
    }
    text
}
