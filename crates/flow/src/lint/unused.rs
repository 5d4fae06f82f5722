//! Inputs and nodes that nothing uses.

use std::collections::BTreeSet;

use super::{Subject, variant_nodes};
use crate::problem::{Problem, quoted};
use crate::read::{DraftInput, DraftNode, Link};
use crate::yaml::{Mapping, Value};

pub(super) fn check(subject: &Subject<'_>, warnings: &mut Vec<Problem>) {
    let used = Used::by(subject);
    for input in &subject.draft.inputs {
        if input
            .name
            .as_str()
            .is_some_and(|name| !used.inputs.contains(name))
            && !is_of_chat(input)
        {
            let message = format!("Nothing uses the input {}.", quoted(&input.name.display()));
            warnings.push(Problem::new("UnusedInput", input.name.span(), message));
        }
    }
    // A flow without outputs is run for what its nodes do.
    if subject.draft.outputs.is_empty() {
        return;
    }
    for node in &subject.draft.nodes {
        if is_unused(node, &used) {
            let message = format!("No node and no output uses the node {}.", node.title());
            warnings.push(Problem::new("UnusedNode", node.span(), message));
        }
    }
}

/// The chat page fills these in, whether or not the flow looks at them.
fn is_of_chat(input: &DraftInput<'_>) -> bool {
    let flag = |name| {
        input
            .definition
            .is_some_and(|definition| definition.get_truthy(name).is_some())
    };
    flag("is_chat_input") || flag("is_chat_history")
}

/// Aggregation nodes are there for the metrics they log.
fn is_unused(node: &DraftNode<'_>, used: &Used<'_>) -> bool {
    !node.aggregation
        && node
            .name
            .and_then(Value::as_str)
            .is_some_and(|name| !used.nodes.contains(name))
}

#[derive(Default)]
struct Used<'a> {
    inputs: BTreeSet<&'a str>,
    nodes: BTreeSet<&'a str>,
}

impl<'a> Used<'a> {
    fn by(subject: &Subject<'a>) -> Self {
        let mut used = Self::default();
        for node in &subject.draft.nodes {
            used.values(
                node.inputs
                    .iter()
                    .map(|input| input.value)
                    .chain(node.condition),
            );
        }
        for output in &subject.draft.outputs {
            used.values(
                output
                    .definition
                    .and_then(|definition| definition.get("reference")),
            );
        }
        for node in variant_nodes(subject.root) {
            let inputs = node.get("inputs").and_then(Value::as_mapping);
            used.values(
                inputs
                    .into_iter()
                    .flat_map(Mapping::entries)
                    .map(|entry| entry.value),
            );
            let activate = node.get("activate").and_then(Value::as_mapping);
            used.values(activate.and_then(|activate| activate.get("when")));
        }
        used
    }

    fn values(&mut self, values: impl IntoIterator<Item = Value<'a>>) {
        for value in values {
            match Link::of(value) {
                Link::FlowInput(name) => self.inputs.insert(name),
                Link::Node { name, .. } => self.nodes.insert(name),
                Link::Literal => false,
            };
        }
    }
}
