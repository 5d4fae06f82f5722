//! What a run is given: the values asked for, and defaults.

use std::collections::BTreeSet;

use flowdeck_contract::{Exact, Values};
use flowdeck_flow::{Assignment, Flow, FlowKind, Node};

use crate::error::ComputeError;

/// The flow's inputs with their values: those given, else defaults. `node` limits them to what it refers to.
pub(super) fn flow_inputs(
    flow: &Flow,
    node: Option<&Node>,
    given: &Values,
) -> Result<Values, ComputeError> {
    let declared = |name: &str| flow.inputs.iter().any(|input| input.name == name);
    let mut names = given.iter().map(|(name, _)| name);
    let undeclared = names.find(|name| !declared(name));
    let mut values = Values::default();
    match (flow.kind, undeclared) {
        // A flex flow need not declare what its entry takes.
        (FlowKind::Flex, _) => values.clone_from(given),
        (FlowKind::Dag | FlowKind::Prompty, Some(name)) => {
            return Err(invalid(
                "InputUnknown",
                format!("The flow has no input ‘{name}’."),
                name,
            ));
        }
        (FlowKind::Dag | FlowKind::Prompty, None) => {}
    }
    let wanted: Option<BTreeSet<&str>> =
        node.map(|node| references(node).filter_map(flow_input).collect());
    for input in &flow.inputs {
        let needed = wanted
            .as_ref()
            .is_none_or(|wanted| wanted.contains(input.name.as_str()));
        let given = given.get(&input.name).cloned();
        match given.or_else(|| input.default.as_ref().map(Exact::from)) {
            Some(value) => values.insert(&input.name, value),
            // The runtime reads the flow's own defaults; a node alone gets none.
            None if input.long_default.is_some() && node.is_none() => {}
            None if input.long_default.is_some() && needed => {
                return Err(invalid(
                    "InputDefaultTooLong",
                    format!(
                        "The default of the input ‘{}’ is too long to run a node with. Enter a value.",
                        input.name
                    ),
                    &input.name,
                ));
            }
            None if needed => {
                return Err(invalid(
                    "InputMissing",
                    format!("The input ‘{}’ has no value and no default.", input.name),
                    &input.name,
                ));
            }
            None => {}
        }
    }
    Ok(values)
}

pub(super) fn references(node: &Node) -> impl Iterator<Item = &Assignment> {
    let condition = node.activate.iter().map(|activate| &activate.when);
    node.inputs
        .iter()
        .map(|input| &input.value)
        .chain(condition)
}

fn flow_input(assignment: &Assignment) -> Option<&str> {
    match assignment {
        Assignment::FlowInput { name } => Some(name),
        _ => None,
    }
}

pub(super) fn invalid(code: &'static str, message: String, target: &str) -> ComputeError {
    ComputeError::invalid(code, message).at(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FLOW: &str = "inputs:\n  a: {type: string, default: x}\n  b: {type: int}\nnodes:\n- name: n\n  type: python\n  source: {type: code, path: n.py}\n  inputs: {p: '${inputs.a}'}\n";

    fn given(values: serde_json::Value) -> Values {
        serde_json::from_value(values).unwrap()
    }

    fn flow() -> Flow {
        flowdeck_flow::check(FLOW).flow.unwrap()
    }

    #[test]
    fn defaults_fill_what_was_not_given() {
        let given = given(json!({"b": 3}));
        assert_eq!(
            json!(flow_inputs(&flow(), None, &given).unwrap()),
            json!({"a": "x", "b": 3})
        );
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let error = flow_inputs(&flow(), None, &Values::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "The input ‘b’ has no value and no default."
        );
        let given = given(json!({"c": 3}));
        assert_eq!(
            flow_inputs(&flow(), None, &given).unwrap_err().to_string(),
            "The flow has no input ‘c’."
        );
    }

    #[test]
    fn a_node_alone_needs_only_what_it_refers_to() {
        let flow = flow();
        assert_eq!(
            json!(flow_inputs(&flow, Some(&flow.nodes[0]), &Values::default()).unwrap()),
            json!({"a": "x"})
        );
    }
}
