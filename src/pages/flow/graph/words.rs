//! What vertices and edges of a graph are called, in words. Pure.

use std::fmt::Write as _;

use flowdeck_contract::shown::shown;
use flowdeck_flow::{Carried, Edge, Flow, Graph, Node, NodeType, Use, Vertex};
use serde_json::Value;

fn plain(text: &str) -> String {
    shown(text).into_owned()
}

/// What a vertex is called.
pub(super) fn name(flow: &Flow, vertex: Vertex) -> String {
    match vertex {
        Vertex::Inputs => "Inputs".to_owned(),
        Vertex::Node(index) => flow
            .nodes
            .get(index)
            .map_or_else(String::new, |node| plain(&node.name)),
        Vertex::Outputs => "Outputs".to_owned(),
    }
}

/// What a vertex is, in a line.
pub(super) fn facts(flow: &Flow, vertex: Vertex) -> String {
    match vertex {
        Vertex::Inputs => list(flow.inputs.iter().map(|input| plain(&input.name))),
        Vertex::Node(index) => flow.nodes.get(index).map_or_else(String::new, of_node),
        Vertex::Outputs => list(flow.outputs.iter().map(|output| plain(&output.name))),
    }
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn of_node(node: &Node) -> String {
    let kind = node.node_type.map(|kind| NodeType::as_str(kind).to_owned());
    let source = node.source.as_ref();
    let code = source.and_then(|source| source.path.as_deref().or(source.tool.as_deref()));
    let variants = node
        .variants
        .as_ref()
        .map(|variants| match variants.ids.len() {
            1 => "1 variant".to_owned(),
            count => format!("{count} variants"),
        });
    let aggregation = node.aggregation.then(|| "aggregation".to_owned());
    let all = [kind, variants, aggregation, code.map(plain)];
    all.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What an edge carries, each in a line.
pub(super) fn carried(edge: &Edge) -> Vec<String> {
    edge.carries.iter().map(what).collect()
}

fn what(carried: &Carried) -> String {
    let value = plain(&carried.value);
    match &carried.used_for {
        Use::Input(name) if *name == carried.value => value,
        Use::Input(name) | Use::Output(name) => format!("{value} as {}", plain(name)),
        Use::Condition(is) => format!("runs when {value} is {}", literal(is)),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => format!("“{}”", plain(text)),
        other => plain(&other.to_string()),
    }
}

/// All that a screen reader says of a vertex but its state: what it is, what it gets and gives.
pub(super) fn sentence(flow: &Flow, graph: &Graph, at: usize) -> String {
    let Some(&vertex) = graph.vertices.get(at) else {
        return String::new();
    };
    let mut said = name(flow, vertex);
    let facts = facts(flow, vertex);
    if !facts.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(said, ", {facts}");
    }
    said.push('.');
    let other = |at: usize| graph.vertices.get(at).map(|&vertex| name(flow, vertex));
    for edge in graph.gets(at) {
        if let Some(from) = other(edge.from) {
            let _ = write!(said, " From {from}: {}.", carried(edge).join(", "));
        }
    }
    let to: Vec<String> = graph.gives(at).filter_map(|edge| other(edge.to)).collect();
    if !to.is_empty() {
        let _ = write!(said, " Goes to {}.", to.join(", "));
    }
    said
}

/// As much of a text as `most` letters take.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let begin: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", begin.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = "
inputs: {question: {type: string}, mode: {type: string}}
outputs: {answer: {type: string, reference: '${answer.output}'}}
nodes:
- name: answer
  type: python
  source: {type: code, path: answer.py}
  inputs: {question: '${inputs.question}'}
  activate: {when: '${inputs.mode}', is: deep}
";

    #[test]
    fn a_vertex_says_what_it_is_what_it_gets_and_where_that_goes() {
        let flow = flowdeck_flow::check(FLOW).flow.unwrap();
        let graph = Graph::of(&flow);
        assert_eq!(
            sentence(&flow, &graph, 1),
            "answer, python · answer.py. From Inputs: question, runs when mode is “deep”. Goes to Outputs."
        );
        assert_eq!(
            sentence(&flow, &graph, 0),
            "Inputs, question, mode. Goes to answer."
        );
        assert_eq!(
            sentence(&flow, &graph, 2),
            "Outputs, answer. From answer: output as answer."
        );
        assert_eq!(sentence(&flow, &graph, 9), "");
    }

    #[test]
    fn long_names_are_cut_between_letters() {
        assert_eq!(cut("übermäßig", 5), "über…");
        assert_eq!(cut("kurz", 5), "kurz");
    }
}
