//! `node_variants`: a node that uses variants is replaced by its default one.

use std::collections::BTreeMap;

use super::Reader;
use super::draft::{DraftNode, DraftVariants};
use super::python;
use crate::problem::Problem;
use crate::yaml::{Key, Mapping, Value};

/// The variants of one node.
pub(super) struct NodeVariants<'a> {
    given: DraftVariants<'a>,
    nodes: BTreeMap<Key<'a>, DraftNode<'a>>,
}

impl Reader {
    pub(super) fn node_variants<'a>(
        &mut self,
        flow: Mapping<'a>,
    ) -> BTreeMap<Key<'a>, NodeVariants<'a>> {
        let given = self.optional_items(flow, "node_variants", "`node_variants`");
        let mut all = BTreeMap::new();
        for entry in given.into_iter().flat_map(Mapping::entries) {
            if let (Some(name), Some(variants)) = (entry.key.key(), self.variants(entry.value)) {
                all.insert(name, variants);
            }
        }
        all
    }

    fn variants<'a>(&mut self, value: Value<'a>) -> Option<NodeVariants<'a>> {
        let data = self.note(python::subscript(value, "The variants of a node"))?;
        let listed = python::required(data, "variants", data.head(), "`node_variants` of a node");
        let listed = self.note(listed)?;
        let variants = self.note(python::mapping(listed, "`variants`"))?;
        if !self.afford(variants) {
            return None;
        }
        let mut nodes = BTreeMap::new();
        for entry in variants.entries() {
            let Some(variant) = self.note(python::subscript(entry.value, "A variant")) else {
                continue;
            };
            let node = python::required(variant, "node", entry.key.span(), "The variant");
            let node = self
                .note(node)
                .and_then(|node| self.node(node, "`node` of a variant"));
            if let (Some(id), Some(node)) = (entry.key.key(), node) {
                nodes.insert(id, node);
            }
        }
        Some(NodeVariants {
            given: DraftVariants {
                default_id: data.get("default_variant_id"),
                variants,
            },
            nodes,
        })
    }

    pub(super) fn apply_default_variants<'a>(
        &mut self,
        nodes: &mut [DraftNode<'a>],
        all: &BTreeMap<Key<'a>, NodeVariants<'a>>,
    ) {
        for node in nodes {
            if node.listed.get_truthy("use_variants").is_none() {
                continue;
            }
            let name = node.name.map_or(Some(Key::Null), Value::key);
            let Some(variants) = name.and_then(|name| all.get(&name)) else {
                continue;
            };
            node.variants = Some(variants.given);
            let id = variants.given.default_id;
            let Some(id) = id.map_or(Some(Key::Text("")), Value::key) else {
                let span = id.map_or(node.span(), Value::span);
                self.problems.push(Problem::new(
                    "TypeError",
                    span,
                    "`default_variant_id` must be text.",
                ));
                continue;
            };
            if let Some(default) = variants.nodes.get(&id)
                && self.budget.spend(default.inputs.len() + 1, default.span())
            {
                node.applied = default.applied;
                node.inputs.clone_from(&default.inputs);
                node.aggregation = default.aggregation;
                node.condition = default.condition;
            }
        }
    }
}
