//! Which names there are to refer to.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problem;
use crate::read::Draft;
use crate::yaml::{Key, Value};

/// The flow's inputs and nodes by name.
pub(crate) struct Names<'a> {
    inputs: BTreeSet<&'a str>,
    nodes: BTreeMap<Key<'a>, usize>,
}

impl<'a> Names<'a> {
    /// Collects names; a node's name that another has already, or that cannot be one, is a problem.
    pub(crate) fn of(draft: &Draft<'a>, problems: &mut Vec<Problem>) -> Self {
        let mut nodes = BTreeMap::new();
        for (index, node) in draft.nodes.iter().enumerate() {
            let Some(name) = node.name.map_or(Some(Key::Null), Value::key) else {
                problems.push(Problem::new(
                    "TypeError",
                    node.span(),
                    "A node's name must be text.",
                ));
                continue;
            };
            if let Some(first) = nodes.get(&name) {
                problems.push(duplicate(draft, *first, index));
            } else {
                nodes.insert(name, index);
            }
        }
        let inputs = draft
            .inputs
            .iter()
            .filter_map(|input| input.name.as_str())
            .collect();
        Self { inputs, nodes }
    }

    pub(crate) fn has_input(&self, name: &str) -> bool {
        self.inputs.contains(name)
    }

    /// The index of the node that a reference names.
    pub(crate) fn node(&self, name: &str) -> Option<usize> {
        self.nodes.get(&Key::Text(name)).copied()
    }

    pub(crate) fn inputs(&self) -> impl Iterator<Item = &'a str> {
        self.inputs.iter().copied()
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'a str> {
        self.nodes.keys().filter_map(|key| match key {
            Key::Text(name) => Some(*name),
            _ => None,
        })
    }
}

fn duplicate(draft: &Draft<'_>, first: usize, again: usize) -> Problem {
    let node = &draft.nodes[again];
    let line = draft.nodes[first].span().start.line;
    let message = format!(
        "The node {} is already defined on line {line}. Rename or remove one.",
        node.title()
    );
    Problem::new("DuplicateNodeName", node.span(), message)
}
