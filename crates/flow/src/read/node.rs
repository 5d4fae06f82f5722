//! Nodes (promptflow's `Node.deserialize`).

use super::Reader;
use super::draft::{DraftNode, NodeInput};
use super::python;
use crate::model::NodeType;
use crate::problem::Problem;
use crate::yaml::{Mapping, MappingEntry, Value};

impl Reader {
    /// Reads a node; none when it isn't a mapping.
    pub(super) fn node<'a>(&mut self, value: Value<'a>, what: &str) -> Option<DraftNode<'a>> {
        let node = self.note(python::mapping(value, what))?;
        if !self.afford(node) {
            return None;
        }
        let inputs = self.optional_items(node, "inputs", "`inputs` of a node");
        let mut draft = DraftNode {
            name: node.get("name").filter(|name| !name.is_null()),
            listed: node,
            applied: node,
            inputs: inputs
                .into_iter()
                .flat_map(Mapping::entries)
                .map(NodeInput::from)
                .collect(),
            aggregation: node
                .get_truthy("aggregation")
                .or(node.get_truthy("reduce"))
                .is_some(),
            condition: None,
            variants: None,
        };
        if let Some(source) = node.get("source") {
            self.note(python::mapping(source, "`source` of a node"));
        }
        if let Some(node_type) = node.get("type") {
            let names = NodeType::ALL.into_iter().map(NodeType::as_str);
            self.note(python::one_of(node_type, "The node's `type`", names));
        }
        if let Some(entry) = node.entry("activate") {
            let condition = condition(entry, &draft.title());
            draft.condition = self.note(condition);
        }
        Some(draft)
    }
}

/// The `when` of `activate` (`ActivateCondition.deserialize`).
fn condition<'a>(activate: MappingEntry<'a>, node: &str) -> Result<Value<'a>, Problem> {
    let value = activate.value;
    if let Some(mapping) = value.as_mapping() {
        if let (Some(when), Some(_)) = (mapping.get("when"), mapping.get("is")) {
            return Ok(when);
        }
        return Err(incomplete(activate, node));
    }
    // Python asks whether the two words are *in* the value, whatever it is.
    let names_both = match (value.as_str(), value.items()) {
        (Some(text), _) => text.contains("when") && text.contains("is"),
        (_, Some(items)) => {
            let words: Vec<&str> = items.filter_map(Value::as_str).collect();
            words.contains(&"when") && words.contains(&"is")
        }
        _ => !value.has_letters(),
    };
    if names_both {
        let message = format!(
            "`activate` must be a mapping with `when` and `is`, but is {}.",
            value.kind()
        );
        return Err(Problem::new("TypeError", value.span(), message));
    }
    Err(incomplete(activate, node))
}

fn incomplete(activate: MappingEntry<'_>, node: &str) -> Problem {
    let message = format!(
        "`activate` of the node {node} needs both `when` (a reference) and `is` (its value)."
    );
    Problem::new("FlowDefinitionError", activate.key.span(), message)
}
