//! What nodes run: each node as it is written, and each variant that isn't the default one.

use std::collections::BTreeSet;

use super::Subject;
use crate::model::NodeType;
use crate::problem::{Weight, quoted};
use crate::yaml::{Mapping, MappingEntry, Span, Value};

/// More than these aren't looked at: with aliases a short text can have very many.
const MOST: usize = 5_000;

/// A node as one variant of it has it.
pub(super) struct Body<'a> {
    /// The node's name, in quotes.
    pub(super) title: String,
    /// Where to point when the whole is meant.
    pub(super) span: Span,
    pub(super) node: Mapping<'a>,
    /// Whether a run uses it: another variant runs only where it is chosen.
    is_used: bool,
}

impl<'a> Body<'a> {
    pub(super) fn node_type(&self) -> Option<NodeType> {
        self.node.get_str("type").and_then(NodeType::parse)
    }

    /// A key of its `source`.
    pub(super) fn source(&self, key: &str) -> Option<Value<'a>> {
        self.node.get("source")?.as_mapping()?.get(key)
    }

    /// The kind of its source; `code` unless it says another.
    pub(super) fn source_type(&self) -> &'a str {
        let given = self.source("type").and_then(Value::as_str);
        given.unwrap_or("code")
    }

    pub(super) fn inputs(&self) -> impl Iterator<Item = MappingEntry<'a>> {
        let inputs = self.node.get("inputs").and_then(Value::as_mapping);
        inputs.into_iter().flat_map(Mapping::entries)
    }

    /// An input that has a value: promptflow takes nothing and an empty text for none.
    pub(super) fn given(&self, name: &str) -> Option<Value<'a>> {
        let inputs = self.node.get("inputs")?.as_mapping()?;
        let value = inputs.get(name)?;
        (!value.is_null() && value.as_str() != Some("")).then_some(value)
    }

    /// What a problem weighs here that would weigh `weight` in a node that runs.
    pub(super) fn weight(&self, weight: Weight) -> Weight {
        match (weight, self.is_used) {
            (Weight::FailsRun, false) => Weight::Doubtful,
            _ => weight,
        }
    }
}

/// All of a flow.
pub(super) fn all<'a>(subject: &Subject<'a>) -> Vec<Body<'a>> {
    let nodes = subject.draft.nodes.iter().map(|node| Body {
        title: node.title(),
        span: node.span(),
        node: node.applied,
        is_used: true,
    });
    let mut bodies: Vec<Body<'a>> = nodes.take(MOST).collect();
    let mut seen: BTreeSet<Span> = bodies.iter().map(|body| body.node.span()).collect();
    let named = subject
        .root
        .get("node_variants")
        .and_then(Value::as_mapping);
    for node in named.into_iter().flat_map(Mapping::entries) {
        let variants = node
            .value
            .as_mapping()
            .and_then(|node| node.get("variants")?.as_mapping());
        for variant in variants.into_iter().flat_map(Mapping::entries) {
            let body = variant
                .value
                .as_mapping()
                .and_then(|variant| variant.get("node")?.as_mapping());
            let Some(body) = body.filter(|body| seen.insert(body.span())) else {
                continue;
            };
            bodies.push(Body {
                title: quoted(&node.key.display()),
                span: variant.key.span(),
                node: body,
                is_used: false,
            });
            if bodies.len() >= MOST {
                return bodies;
            }
        }
    }
    bodies
}
