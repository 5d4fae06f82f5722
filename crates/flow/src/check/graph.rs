//! Which nodes need which, and the order that follows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::names::Names;
use crate::problem::{Problem, quoted};
use crate::read::{Draft, DraftNode, Link};
use crate::suggest::Suggestion;
use crate::yaml::{Span, Value};

/// A node's need of another's output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) on: usize,
    pub(super) span: Span,
}

/// The needs of each node, by index.
pub(super) struct Graph {
    pub(super) needs: Vec<Vec<Edge>>,
}

/// Inputs of nodes that name an input the flow has not.
pub(super) fn input_references(draft: &Draft<'_>, names: &Names<'_>, problems: &mut Vec<Problem>) {
    for node in &draft.nodes {
        for used in &node.inputs {
            if let Link::FlowInput(name) = used.link
                && !names.has_input(name)
            {
                let near = Suggestion::of(name, names.inputs(), problems.len());
                let message = format!(
                    "The node {} refers to the input {}, which doesn't exist.{}",
                    node.title(),
                    quoted(name),
                    near.sentence(),
                );
                let problem = Problem::new("InputReferenceNotFound", used.value.span(), message);
                problems.push(near.mends_reference(problem, "inputs."));
            }
        }
    }
}

impl Graph {
    /// Follows all references between nodes; those that lead nowhere, or from the lines of a
    /// batch to what runs after them, are problems.
    pub(super) fn of(draft: &Draft<'_>, names: &Names<'_>, problems: &mut Vec<Problem>) -> Self {
        let nodes = draft.nodes.iter();
        Self {
            needs: nodes
                .map(|node| needs(draft, node, names, problems))
                .collect(),
        }
    }

    /// The order in which promptflow executes: always the first node in the file that has all it
    /// needs. Nodes that wait for each other, and those behind them, are not in it.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut waiting_for: Vec<usize> = self.needs.iter().map(Vec::len).collect();
        let mut needed_by = vec![Vec::new(); self.needs.len()];
        for (index, needs) in self.needs.iter().enumerate() {
            for need in needs {
                needed_by[need.on].push(index);
            }
        }
        let mut ready: BinaryHeap<Reverse<usize>> = (0..self.needs.len())
            .filter(|&index| waiting_for[index] == 0)
            .map(Reverse)
            .collect();
        let mut order = Vec::with_capacity(self.needs.len());
        while let Some(Reverse(index)) = ready.pop() {
            order.push(index);
            for &next in &needed_by[index] {
                waiting_for[next] -= 1;
                if waiting_for[next] == 0 {
                    ready.push(Reverse(next));
                }
            }
        }
        order
    }
}

fn needs(
    draft: &Draft<'_>,
    node: &DraftNode<'_>,
    names: &Names<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    if let Some(problem) = aggregation_condition(draft, node, names) {
        problems.push(problem);
    }
    for value in node
        .inputs
        .iter()
        .map(|used| used.value)
        .chain(node.condition)
    {
        let Link::Node { name, .. } = Link::of(value) else {
            continue;
        };
        match names.node(name) {
            Some(on) => edges.push(Edge {
                on,
                span: value.span(),
            }),
            None => problems.push(not_found(node, value, name, names, problems.len())),
        }
    }
    if !node.aggregation {
        let aggregations = edges.iter().filter(|edge| draft.nodes[edge.on].aggregation);
        problems
            .extend(aggregations.map(|edge| reads_aggregation(node, edge, &draft.nodes[edge.on])));
    }
    edges.sort_by_key(|edge| edge.on);
    edges.dedup_by_key(|edge| edge.on);
    edges
}

fn not_found(
    node: &DraftNode<'_>,
    value: Value<'_>,
    name: &str,
    names: &Names<'_>,
    before: usize,
) -> Problem {
    let problem = |hint: String| {
        let message = format!(
            "The node {} refers to the node {}, which doesn't exist.{hint}",
            node.title(),
            quoted(name)
        );
        Problem::new("NodeReferenceNotFound", value.span(), message)
    };
    if names.has_input(name) {
        return problem(format!(
            " For the flow's input, write '${{inputs.{name}}}'."
        ));
    }
    let near = Suggestion::of(name, names.nodes(), before);
    near.mends_reference(problem(near.sentence()), "")
}

fn reads_aggregation(node: &DraftNode<'_>, edge: &Edge, on: &DraftNode<'_>) -> Problem {
    let message = format!(
        "The node {} runs for each line and can't read the aggregation node {}, which runs once after all lines. \
         Make it an aggregation node too, or remove the reference.",
        node.title(),
        on.title(),
    );
    Problem::new("InvalidNodeReference", edge.span, message)
}

/// An aggregation node may be activated by another one only.
fn aggregation_condition(
    draft: &Draft<'_>,
    node: &DraftNode<'_>,
    names: &Names<'_>,
) -> Option<Problem> {
    let condition = node.condition.filter(|_| node.aggregation)?;
    let Link::Node { name, .. } = Link::of(condition) else {
        return None;
    };
    if names
        .node(name)
        .is_some_and(|on| draft.nodes[on].aggregation)
    {
        return None;
    }
    let message = format!(
        "The aggregation node {} can't be activated by {}, which isn't an aggregation node.",
        node.title(),
        quoted(name),
    );
    Some(Problem::new(
        "InvalidNodeReference",
        condition.span(),
        message,
    ))
}
