//! Inputs and nodes that nothing uses.

use std::collections::{BTreeMap, BTreeSet};

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
            warnings.push(Problem::doubtful("UnusedInput", input.name.span(), message));
        }
    }
    // A flow without outputs is run for what its nodes do.
    if subject.draft.outputs.is_empty() {
        return;
    }
    let reached = reached(subject);
    for node in &subject.draft.nodes {
        if is_unused(node, &used) {
            let message = format!("No node and no output uses the node {}.", node.title());
            warnings.push(Problem::doubtful("UnusedNode", node.span(), message));
        } else if node
            .name
            .and_then(Value::as_str)
            .is_some_and(|name| !reached.contains(name))
        {
            let message = format!(
                "No output depends on the node {}: only nodes that nothing uses take its output.",
                node.title()
            );
            warnings.push(Problem::doubtful("UnreachableNode", node.span(), message));
        }
    }
}

/// The nodes that outputs and aggregation nodes depend on, over any number of others.
fn reached<'a>(subject: &Subject<'a>) -> BTreeSet<&'a str> {
    let mut of_outputs = Used::default();
    of_outputs.outputs(subject);
    let mut waiting: Vec<&str> = of_outputs.nodes.into_iter().collect();
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in &subject.draft.nodes {
        let Some(name) = node.name.and_then(Value::as_str) else {
            continue;
        };
        let mut used = Used::default();
        used.node(node);
        needs.entry(name).or_default().extend(used.nodes);
        if node.aggregation {
            waiting.push(name);
        }
    }
    // Any variant may be chosen.
    let mut of_variants = Used::default();
    of_variants.variants(subject.root);
    waiting.extend(of_variants.nodes);
    let mut reached = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if reached.insert(name) {
            waiting.extend(needs.get(name).into_iter().flatten());
        }
    }
    reached
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
            used.node(node);
        }
        used.outputs(subject);
        used.variants(subject.root);
        used
    }

    fn node(&mut self, node: &DraftNode<'a>) {
        let inputs = node.inputs.iter().map(|input| input.value);
        self.values(inputs.chain(node.condition));
    }

    fn outputs(&mut self, subject: &Subject<'a>) {
        for output in &subject.draft.outputs {
            self.values(
                output
                    .definition
                    .and_then(|definition| definition.get("reference")),
            );
        }
    }

    fn variants(&mut self, root: Mapping<'a>) {
        for node in variant_nodes(root) {
            let inputs = node.get("inputs").and_then(Value::as_mapping);
            self.values(
                inputs
                    .into_iter()
                    .flat_map(Mapping::entries)
                    .map(|entry| entry.value),
            );
            let activate = node.get("activate").and_then(Value::as_mapping);
            self.values(activate.and_then(|activate| activate.get("when")));
        }
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
