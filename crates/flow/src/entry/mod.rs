//! The inputs of a flex flow: what the function or class that its `entry` names takes, by its signature in the source.

mod literal;
mod signature;
mod tool;

use serde_json::Value;

pub(crate) use self::signature::Parameter;
use self::signature::Signature;
pub(crate) use self::tool::{PythonTool, python_tool};
use crate::model::{Flow, FlowInput, FlowKind, ValueType};
use crate::sources::NamedPlace;

/// The file of a flex flow's entry, as a path in the flow folder; `None` when `entry` names none.
#[must_use]
pub fn entry_file(entry: &str) -> Option<String> {
    let (module, _) = entry.split_once(':')?;
    let is_name = |part: &str| {
        let mut characters = part.chars();
        let begins = |first: char| first.is_alphabetic() || first == '_';
        characters.next().is_some_and(begins)
            && characters.all(|character| character.is_alphanumeric() || character == '_')
    };
    let module = module.trim();
    let is_module = module.split('.').all(is_name);
    is_module.then(|| format!("{}.py", module.replace('.', "/")))
}

/// A parameter of a tool, as its source declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolParameter {
    /// Its name, which an input of a node has.
    pub name: String,
    /// The code of its type; `None` when it declares none.
    pub annotation: Option<String>,
}

/// What the tools of a Python source take.
#[must_use]
pub fn tool_parameters(source: &str) -> Vec<ToolParameter> {
    let parameters = Signature::of_tools(source).into_iter();
    parameters
        .map(
            |Parameter {
                 name, annotation, ..
             }| ToolParameter { name, annotation },
        )
        .collect()
}

/// Where the tools of a Python source name their parameters.
#[must_use]
pub fn tool_parameter_places(source: &str) -> Vec<NamedPlace> {
    let mark = source.len() - source.strip_prefix('\u{feff}').unwrap_or(source).len();
    let parameters = Signature::of_tools(source).into_iter();
    parameters
        .map(|parameter| {
            let at = mark + parameter.at;
            NamedPlace {
                at: at..at + parameter.name.len(),
                name: parameter.name,
            }
        })
        .collect()
}

/// What the names of the inputs begin with that are arguments of a flex flow's class: `init.NAME`. No parameter of a
/// function has a name like that.
pub const INIT: &str = "init.";

/// Gives a flex flow the inputs of its entry, whose file holds `source`: what it takes, where the flow declares no inputs,
/// and the arguments of its class.
///
/// The flow's sample says what they are by default, else the signature. A source without that entry changes nothing.
pub fn take_inputs_of_entry(flow: &mut Flow, source: &str) {
    if flow.kind != FlowKind::Flex {
        return;
    }
    let name = flow
        .entry
        .as_deref()
        .and_then(|entry| entry.split_once(':'));
    let Some((_, name)) = name else {
        return;
    };
    let name = name.trim();
    let (call, init) = (
        Signature::find(source, name),
        Signature::of_init(source, name),
    );
    let known = std::mem::take(&mut flow.inputs);
    let is_init = |input: &FlowInput| input.name.starts_with(INIT);
    let (of_init, of_call): (Vec<_>, Vec<_>) = known.into_iter().partition(is_init);
    flow.inputs = match call {
        Some(call) if !flow.declares_inputs => merged(&call, of_call, ""),
        _ => of_call,
    };
    flow.inputs.extend(match init {
        Some(init) => merged(&init, of_init, INIT),
        None => of_init,
    });
    flow.find_chat();
}

/// What a signature takes, with what the flow's file says of it.
fn merged(signature: &Signature, known: Vec<FlowInput>, prefix: &str) -> Vec<FlowInput> {
    let parameters = signature.parameters.iter();
    let mut inputs: Vec<FlowInput> = parameters
        .filter_map(|parameter| {
            let name = format!("{prefix}{}", parameter.name);
            let of_file = known.iter().find(|input| input.name == name);
            let input = input(parameter, of_file)?;
            Some(FlowInput { name, ..input })
        })
        .collect();
    if signature.takes_any {
        let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
        let more = known
            .into_iter()
            .filter(|input| !names.contains(&input.name));
        inputs.extend(more);
    }
    inputs
}

/// An input that need not be given and of whose default nobody can say what it is in JSON is left to the entry.
fn input(parameter: &Parameter, sample: Option<&FlowInput>) -> Option<FlowInput> {
    let long_default = sample.and_then(|sample| sample.long_default.clone());
    let sample = sample.and_then(|sample| sample.default.clone());
    let default = match (sample, &parameter.default) {
        (Some(sample), _) => Some(sample),
        (None, Some(code)) if long_default.is_none() => Some(literal::read(code)?),
        (None, _) => None,
    };
    let is_none = default.as_ref().is_some_and(Value::is_null);
    let of_default = || {
        default
            .as_ref()
            .filter(|value| !value.is_null())
            .map(type_of)
    };
    let annotated = parameter.annotation.as_deref().map(type_named);
    let input_type = annotated.or_else(of_default).unwrap_or(ValueType::String);
    if is_none && input_type != ValueType::String {
        return None;
    }
    Some(FlowInput {
        input_type,
        default: default.filter(|value| !value.is_null()),
        long_default,
        ..FlowInput::named(&parameter.name)
    })
}

/// The type of a value.
pub(crate) fn type_of(value: &Value) -> ValueType {
    match value {
        Value::Bool(_) => ValueType::Bool,
        Value::Number(number) if number.is_f64() => ValueType::Double,
        Value::Number(_) => ValueType::Int,
        Value::Array(_) => ValueType::List,
        Value::Object(_) => ValueType::Object,
        Value::String(_) | Value::Null => ValueType::String,
    }
}

/// The type that an annotation names, as promptflow takes it: one that it does not know is an object.
pub(crate) fn type_named(annotation: &str) -> ValueType {
    let annotation = annotation.trim().trim_matches(['"', '\'']).trim();
    let optional = annotation.strip_prefix("typing.").unwrap_or(annotation);
    if let Some(inner) = optional.strip_prefix("Optional[") {
        return type_named(inner.strip_suffix(']').unwrap_or(inner));
    }
    let mut alternatives = annotation.split('|').map(str::trim);
    let one = alternatives.find(|name| *name != "None").unwrap_or("");
    let name = one.split('[').next().unwrap_or("");
    match name.rsplit('.').next().unwrap_or("").trim() {
        "str" => ValueType::String,
        "int" => ValueType::Int,
        "float" => ValueType::Double,
        "bool" => ValueType::Bool,
        "list" | "List" | "tuple" | "Tuple" | "Sequence" | "Iterable" => ValueType::List,
        "Image" => ValueType::Image,
        "FilePath" => ValueType::FilePath,
        "Secret" => ValueType::Secret,
        // Its name.
        name if name.ends_with("Connection") => ValueType::String,
        _ => ValueType::Object,
    }
}

#[cfg(test)]
mod tool_tests {
    use super::*;

    #[test]
    fn tools_are_known_by_their_decorator() {
        let source = "from promptflow.core import tool\n\ndef helper(conn: No):\n    pass\n\n@trace\n@tool(name='x')\nasync def run(\n    text: str,\n    conn: \"AzureOpenAIConnection\",  # the service\n    other=1,\n):\n    pass\n\nclass Search:\n    def __init__(self, key: Union[A, B]):\n        pass\n    @promptflow.tool\n    def search(self, query: str = '@tool'):\n        pass\n";
        let found: Vec<_> = tool_parameters(source)
            .into_iter()
            .map(|parameter| (parameter.name, parameter.annotation.unwrap_or_default()))
            .collect();
        let expected = [
            ("text", "str"),
            ("conn", "\"AzureOpenAIConnection\""),
            ("other", ""),
            ("key", "Union[A, B]"),
            ("query", "str"),
        ];
        let expected = expected.map(|(name, kind)| (name.to_owned(), kind.to_owned()));
        assert_eq!(found, expected);
        for broken in [
            "@tool\ndef x(",
            "@tool",
            "@tool\nasync def",
            "\u{feff}@tool\ndef f(a",
        ] {
            assert!(tool_parameters(broken).is_empty(), "{broken}");
        }
    }
}
