//! Environment variables of a run: those of its flow, and those that were set for it, which take their places.

use std::collections::BTreeMap;

use flowdeck_connections::{MASK, Masks, RunVariable, line_of_variable, need_of_variable};
use flowdeck_contract::{
    connections::ConnectionNeed,
    runs::{InvalidVariables, VariablesByName, variables_by_name},
};
use flowdeck_flow::{Flow, is_secret};

use crate::error::ComputeError;

/// What a request asks for, where a run can be given it.
pub(super) fn checked(asked: &BTreeMap<String, String>) -> Result<VariablesByName, ComputeError> {
    variables_by_name(asked).map_err(|error| {
        let refused = ComputeError::invalid("VariableInvalid", error.to_string());
        match error {
            InvalidVariables::Name { name, .. } => refused.at(name),
            InvalidVariables::Value { name, .. } => refused.at(name.as_str()),
            InvalidVariables::TooMany => refused,
        }
    })
}

/// Whether a need is of a variable of the flow that the run has another value of.
pub(super) fn is_of_another(need: &ConnectionNeed, set: &VariablesByName) -> bool {
    match (&need.node, &need.input) {
        (None, Some(variable)) => set.keys().any(|name| name.as_str() == variable),
        _ => false,
    }
}

/// What the variables that were set for the run ask for.
pub(super) fn needs(text: &str, set: &VariablesByName) -> Vec<ConnectionNeed> {
    set.iter()
        .filter_map(|(name, value)| need_of_variable(name.as_str(), value.as_str(), text))
        .collect()
}

/// All variables of the run, as they're written: the flow's first.
pub(super) fn merged<'a>(
    text: &str,
    flow: &'a Flow,
    set: &'a VariablesByName,
) -> Vec<RunVariable<'a>> {
    let is_set = |name: &str| set.keys().any(|known| known.as_str() == name);
    let of_flow = flow.environment_variables.iter();
    let of_flow = of_flow
        .filter(|variable| !is_set(&variable.name))
        .map(|variable| RunVariable {
            name: &variable.name,
            value: &variable.value,
            line: Some(line_of_variable(text, &variable.name)),
        });
    let of_run = set.iter().map(|(name, value)| RunVariable {
        name: name.as_str(),
        value: value.as_str(),
        line: None,
    });
    of_flow.chain(of_run).collect()
}

/// What the run's record says of those that were set for it: nothing that is a secret.
pub(super) fn recorded(set: &VariablesByName, masks: &Masks) -> BTreeMap<String, String> {
    let shown = |name: &str, value: &str| match is_secret(name, value) {
        true => MASK.to_owned(),
        false => masks.text(value).into_owned(),
    };
    set.iter()
        .map(|(name, value)| {
            let value = shown(name.as_str(), value.as_str());
            (name.to_string(), value)
        })
        .collect()
}
