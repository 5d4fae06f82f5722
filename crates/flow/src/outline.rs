//! From what was read to the public [`Flow`].

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::entry::{INIT, type_of};
use crate::model::{
    Activate, Assignment, Environment, EnvironmentVariable, Flow, FlowInput, FlowKind, FlowOutput,
    FlowType, LongDefault, MessageFormat, Node, NodeInput, NodeType, Source, ValueType, Variants,
};
use crate::read::{Draft, DraftInput, DraftNode, DraftOutput, Link};
use crate::shorten::incomplete;
use crate::yaml::{Expander, Mapping, Value};

/// Copies a flow out of its text.
pub(crate) fn flow(
    kind: FlowKind,
    root: Mapping<'_>,
    draft: &Draft<'_>,
    expander: &mut Expander,
) -> Flow {
    let name = root.get_truthy("display_name").or(root.get("name"));
    Flow {
        kind,
        flow_type: flow_type(root, draft),
        display_name: expander.optional_text(name),
        description: expander.optional_text(root.get("description")),
        tags: tags(root, expander),
        inputs: match (kind, &*draft.inputs) {
            (FlowKind::Flex, inputs) => {
                let inputs = match inputs {
                    [] => sample(root, "inputs", "", expander),
                    inputs => declared_inputs(inputs, expander),
                };
                [inputs, init(root, expander)].concat()
            }
            (_, inputs) => declared_inputs(inputs, expander),
        },
        declares_inputs: !draft.inputs.is_empty(),
        outputs: draft
            .outputs
            .iter()
            .map(|output| flow_output(output, expander))
            .collect(),
        nodes: draft
            .nodes
            .iter()
            .map(|draft| node(draft, expander))
            .collect(),
        environment: environment(root, expander),
        environment_variables: environment_variables(root, expander),
        additional_includes: texts(root.get("additional_includes"), expander),
        entry: expander.optional_text(root.get("entry")),
        message_format: message_format(root),
        connection: None,
    }
}

/// promptflow reads it without regard to case.
fn message_format(root: Mapping<'_>) -> MessageFormat {
    match root.get_str("message_format") {
        Some(format) if format.eq_ignore_ascii_case("openai-vision") => MessageFormat::OpenaiVision,
        _ => MessageFormat::Basic,
    }
}

fn flow_type(root: Mapping<'_>, draft: &Draft<'_>) -> FlowType {
    let is_chat = |input: &DraftInput<'_>| {
        input
            .definition
            .is_some_and(|d| d.get_truthy("is_chat_input").is_some())
    };
    match root.get_str("type") {
        Some("chat") => FlowType::Chat,
        Some("evaluation") => FlowType::Evaluation,
        Some("standard") => FlowType::Standard,
        _ if draft.inputs.iter().any(is_chat) => FlowType::Chat,
        _ if draft.nodes.iter().any(|node| node.aggregation) => FlowType::Evaluation,
        _ => FlowType::Standard,
    }
}

fn tags(root: Mapping<'_>, expander: &mut Expander) -> BTreeMap<String, String> {
    let tags = root.get("tags").and_then(Value::as_mapping);
    let entries = tags.into_iter().flat_map(Mapping::entries);
    entries
        .map(|tag| (expander.text(tag.key), expander.text(tag.value)))
        .collect()
}

fn texts(list: Option<Value<'_>>, expander: &mut Expander) -> Vec<String> {
    let items = list.and_then(Value::items).into_iter().flatten();
    items
        .filter(|item| item.as_str().is_some())
        .map(|item| expander.text(item))
        .collect()
}

fn environment(root: Mapping<'_>, expander: &mut Expander) -> Environment {
    let Some(environment) = root.get("environment").and_then(Value::as_mapping) else {
        return Environment::default();
    };
    Environment {
        image: expander.optional_text(environment.get("image")),
        python_requirements_txt: expander.optional_text(environment.get("python_requirements_txt")),
    }
}

fn environment_variables(root: Mapping<'_>, expander: &mut Expander) -> Vec<EnvironmentVariable> {
    let variables = root
        .get("environment_variables")
        .and_then(Value::as_mapping);
    let entries = variables.into_iter().flat_map(Mapping::entries);
    entries
        .map(|variable| {
            let value = variable.value;
            let is_collection = value.as_mapping().is_some() || value.items().is_some();
            let text = if is_collection {
                expander.json(value).to_string()
            } else {
                expander.text(value)
            };
            EnvironmentVariable {
                name: expander.text(variable.key),
                value: text,
            }
        })
        .collect()
}

fn declared_type(definition: Option<Mapping<'_>>) -> ValueType {
    let name = definition.and_then(|definition| definition.get_str("type"));
    name.and_then(ValueType::parse).unwrap_or(ValueType::Object)
}

/// The inputs that the file declares. Where a chat names none as its history, the one that's called so is it, unless it
/// says otherwise.
fn declared_inputs(drafts: &[DraftInput<'_>], expander: &mut Expander) -> Vec<FlowInput> {
    let input = |draft| flow_input(draft, expander);
    let mut inputs: Vec<FlowInput> = drafts.iter().map(input).collect();
    let is_chat = inputs.iter().any(|input| input.is_chat_input);
    if !is_chat || inputs.iter().any(|input| input.is_chat_history) {
        return inputs;
    }
    let says = |draft: &DraftInput<'_>| {
        let said = draft.definition?.get("is_chat_history")?;
        (!said.is_null()).then_some(())
    };
    let mut both = inputs.iter_mut().zip(drafts);
    let found = both.find(|(input, draft)| input.name == CHAT_HISTORY && says(draft).is_none());
    if let Some((input, _)) = found {
        input.is_chat_history = true;
    }
    inputs
}

/// What promptflow calls the history of a chat.
const CHAT_HISTORY: &str = "chat_history";

fn flow_input(input: &DraftInput<'_>, expander: &mut Expander) -> FlowInput {
    let get = |name: &str| input.definition.and_then(|definition| definition.get(name));
    let values = get("enum").and_then(Value::items).into_iter().flatten();
    let (default, long_default) = default(get("default"), expander);
    FlowInput {
        name: expander.text(input.name),
        input_type: declared_type(input.definition),
        default,
        long_default,
        description: expander.optional_text(get("description")),
        enum_values: values.map(|value| expander.json(value)).collect(),
        is_chat_input: get("is_chat_input").is_some_and(Value::is_truthy),
        is_chat_history: get("is_chat_history").is_some_and(Value::is_truthy),
    }
}

/// A value that could be read in part alone is never given as the whole.
fn default(
    value: Option<Value<'_>>,
    expander: &mut Expander,
) -> (Option<Json>, Option<LongDefault>) {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return (None, None);
    };
    let json = expander.json(value);
    match expander.exhausted_at() {
        None => (Some(json), None),
        Some(_) => (None, Some(incomplete(&json))),
    }
}

/// What a part of a flex flow's sample gives its entry.
fn sample(root: Mapping<'_>, part: &str, prefix: &str, expander: &mut Expander) -> Vec<FlowInput> {
    let sample = root.get("sample").and_then(Value::as_mapping);
    let values = sample.and_then(|sample| sample.get(part)?.as_mapping());
    let entries = values.into_iter().flat_map(Mapping::entries);
    entries
        .map(|entry| {
            let (default, long_default) = default(Some(entry.value), expander);
            FlowInput {
                input_type: default.as_ref().map_or(ValueType::String, type_of),
                default,
                long_default,
                ..FlowInput::named(&format!("{prefix}{}", expander.text(entry.key)))
            }
        })
        .collect()
}

/// The arguments of a flex flow's class, as far as the file has them: `init`, with the values of its sample.
fn init(root: Mapping<'_>, expander: &mut Expander) -> Vec<FlowInput> {
    let mut sampled = sample(root, "init", INIT, expander);
    let declared = root.get("init").and_then(Value::as_mapping);
    let mut inputs = Vec::new();
    for entry in declared.into_iter().flat_map(Mapping::entries) {
        let definition = DraftInput {
            name: entry.key,
            definition: entry.value.as_mapping(),
        };
        let declared = flow_input(&definition, expander);
        let name = format!("{INIT}{}", declared.name);
        let at = sampled.iter().position(|input| input.name == name);
        let value = at.map(|at| sampled.remove(at));
        let own = FlowInput { name, ..declared };
        inputs.push(match value {
            Some(value) => FlowInput {
                default: value.default,
                long_default: value.long_default,
                ..own
            },
            None => own,
        });
    }
    inputs.extend(sampled);
    inputs
}

fn flow_output(output: &DraftOutput<'_>, expander: &mut Expander) -> FlowOutput {
    let get = |name: &str| {
        output
            .definition
            .and_then(|definition| definition.get(name))
    };
    FlowOutput {
        name: expander.text(output.name),
        output_type: declared_type(output.definition),
        reference: get("reference").map_or(Assignment::Literal { value: Json::Null }, |v| {
            assignment(v, expander)
        }),
        description: expander.optional_text(get("description")),
        is_chat_output: get("is_chat_output").is_some_and(Value::is_truthy),
        evaluation_only: get("evaluation_only").is_some_and(Value::is_truthy),
    }
}

fn assignment(value: Value<'_>, expander: &mut Expander) -> Assignment {
    let link = Link::of(value);
    let cost = value.as_str().map_or(0, str::len);
    if link == Link::Literal || !expander.spend(cost, value.span()) {
        return Assignment::Literal {
            value: expander.json(value),
        };
    }
    match link {
        Link::Literal => Assignment::Literal {
            value: expander.json(value),
        },
        Link::FlowInput(name) => Assignment::FlowInput {
            name: name.to_owned(),
        },
        Link::Node {
            name,
            section,
            property,
        } => Assignment::Node {
            node: name.to_owned(),
            section: section.to_owned(),
            property: property.map(str::to_owned),
        },
    }
}

fn node(draft: &DraftNode<'_>, expander: &mut Expander) -> Node {
    let from = draft.applied;
    let inputs = draft.inputs.iter();
    Node {
        name: draft
            .name
            .map_or_else(String::new, |name| expander.text(name)),
        node_type: from.get_str("type").and_then(NodeType::parse),
        source: from
            .get("source")
            .and_then(Value::as_mapping)
            .map(|mapping| source(mapping, expander)),
        inputs: inputs
            .map(|used| NodeInput {
                name: expander.text(used.name),
                value: assignment(used.value, expander),
            })
            .collect(),
        aggregation: draft.aggregation,
        activate: activate(from, draft.condition, expander),
        connection: expander.optional_text(from.get("connection")),
        api: expander.optional_text(from.get("api")),
        provider: expander.optional_text(from.get("provider")),
        module: expander.optional_text(from.get("module")),
        variants: variants(draft, expander),
        line: draft.listed.span().start.line,
    }
}

fn source(source: Mapping<'_>, expander: &mut Expander) -> Source {
    Source {
        source_type: expander.optional_text(source.get("type")),
        tool: expander.optional_text(source.get("tool")),
        path: expander.optional_text(source.get("path")),
    }
}

fn activate(
    node: Mapping<'_>,
    when: Option<Value<'_>>,
    expander: &mut Expander,
) -> Option<Activate> {
    let is = node.get("activate")?.as_mapping()?.get("is")?;
    Some(Activate {
        when: assignment(when?, expander),
        is: expander.json(is),
    })
}

fn variants(draft: &DraftNode<'_>, expander: &mut Expander) -> Option<Variants> {
    let given = draft.variants?;
    Some(Variants {
        default_id: given
            .default_id
            .map_or_else(String::new, |id| expander.text(id)),
        ids: given
            .variants
            .entries()
            .map(|entry| expander.text(entry.key))
            .collect(),
    })
}
