//! What a key or an input may be given.

use flowdeck_flow::keys::{Holds, Key, Section};
use flowdeck_flow::{Element, NodeType, ValueType, package_tools};

use crate::context::Spot;
use crate::request::{Completion, CompletionKind, Edit};
use crate::workspace::Workspace;

/// The words of YAML that mean something else than their letters.
const WORDS: [&str; 11] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "~",
];

pub(super) fn of_key(
    workspace: &Workspace,
    spot: &Spot,
    key: &Key,
    node: Option<Element<'_>>,
) -> Vec<Completion> {
    let word = |name: &str| item(spot, name, CompletionKind::Word, "");
    match key.holds {
        Holds::OneOf(words) => words.iter().map(|name| word(name)).collect(),
        Holds::ValueType | Holds::ValueTypes => ValueType::ALL
            .into_iter()
            .map(|one| word(one.as_str()))
            .collect(),
        Holds::NodeType => NodeType::ALL
            .into_iter()
            .map(|one| word(one.as_str()))
            .collect(),
        Holds::Truth => truths(spot),
        Holds::Reference => references(spot, node),
        Holds::File => files(workspace, spot, key, node),
        Holds::Connection => connections(workspace, spot),
        Holds::PackageTool => {
            let tools = package_tools();
            tools
                .filter_map(|tool| item(spot, tool, CompletionKind::Tool, "promptflow-tools"))
                .map(Some)
                .collect()
        }
        _ if key.section == Section::Flow && key.name == "$schema" => {
            vec![word(
                "https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json",
            )]
        }
        _ => Vec::new(),
    }
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn of_parameter(
    workspace: &Workspace,
    spot: &Spot,
    node: Element<'_>,
    name: &str,
) -> Vec<Completion> {
    let inputs = workspace.tool_of(node);
    let known = inputs.iter().find(|input| input.name == name);
    let value_type = known.and_then(|input| input.value_type.as_deref());
    let mut items = Vec::new();
    if matches!(name, "deployment_name" | "model") {
        let models = workspace.models.iter();
        items.extend(models.map(|model| item(spot, model, CompletionKind::Model, "")));
    }
    if value_type.is_some_and(|one| one.to_lowercase().contains("connection")) {
        items.extend(connections(workspace, spot));
    } else if value_type.is_some_and(|one| one.starts_with("bool")) {
        items.extend(truths(spot));
    }
    items.extend(references(spot, Some(node)));
    items.into_iter().flatten().collect()
}

fn truths(spot: &Spot) -> Vec<Option<Completion>> {
    let one = |text: &str| Completion {
        label: text.to_owned(),
        kind: CompletionKind::Word,
        detail: String::new(),
        documentation: String::new(),
        edit: Edit {
            span: spot.word,
            text: text.to_owned(),
        },
    };
    vec![Some(one("true")), Some(one("false"))]
}

fn connections(workspace: &Workspace, spot: &Spot) -> Vec<Option<Completion>> {
    let all = workspace.connections.iter();
    all.map(|one| item(spot, &one.name, CompletionKind::Connection, &one.kind))
        .collect()
}

/// The files that a key may name, each by what its node runs.
fn files(
    workspace: &Workspace,
    spot: &Spot,
    key: &Key,
    node: Option<Element<'_>>,
) -> Vec<Option<Completion>> {
    let node_type = node.and_then(|node| node.get("type")?.text());
    let fits = |path: &str| match (key.name, node_type) {
        ("python_requirements_txt", _) => path.ends_with(".txt"),
        ("setup_sh", _) => path.ends_with(".sh"),
        (_, Some("python")) => path.ends_with(".py"),
        (_, Some("llm" | "prompt" | "custom_llm")) => [".jinja2", ".jinja", ".j2", ".md"]
            .iter()
            .any(|end| path.ends_with(end)),
        _ => path != workspace.definition,
    };
    let files = workspace.files.iter().flatten();
    files
        .filter(|path| fits(path))
        .map(|path| item(spot, path, CompletionKind::File, ""))
        .collect()
}

/// The inputs of the flow and the outputs of other nodes.
fn references(spot: &Spot, node: Option<Element<'_>>) -> Vec<Option<Completion>> {
    let Some(root) = spot.document.root() else {
        return Vec::new();
    };
    let own = node.and_then(|node| node.get("name")?.text());
    let inputs = root.get("inputs").into_iter().flat_map(Element::entries);
    let inputs = inputs.filter_map(|(key, value)| {
        let name = key.text()?;
        let value_type = value
            .get("type")
            .and_then(Element::shown)
            .unwrap_or_default();
        item(
            spot,
            &format!("${{inputs.{name}}}"),
            CompletionKind::Reference,
            &format!("input {value_type}"),
        )
    });
    let nodes = root.get("nodes").into_iter().flat_map(Element::items);
    let nodes = nodes.filter_map(|node| {
        let name = node.get("name")?.text().filter(|name| Some(*name) != own)?;
        let node_type = node
            .get("type")
            .and_then(Element::shown)
            .unwrap_or_default();
        item(
            spot,
            &format!("${{{name}.output}}"),
            CompletionKind::Reference,
            &format!("node {node_type}"),
        )
    });
    inputs.chain(nodes).map(Some).collect()
}

fn item(spot: &Spot, label: &str, kind: CompletionKind, detail: &str) -> Option<Completion> {
    if label.chars().any(char::is_control) {
        return None;
    }
    Some(Completion {
        label: label.to_owned(),
        kind,
        detail: detail.trim_end().to_owned(),
        documentation: String::new(),
        edit: Edit {
            span: spot.word,
            text: written(spot, label),
        },
    })
}

/// A text as a scalar of that place.
pub(super) fn written(spot: &Spot, text: &str) -> String {
    match spot.quote {
        Some('\'') => return text.replace('\'', "''"),
        Some(_) => return text.replace('\\', "\\\\").replace('"', "\\\""),
        None => {}
    }
    let starts_well = text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$'));
    let is_plain = starts_well
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !WORDS.contains(&text.to_lowercase().as_str())
        && (!spot.is_flow || !text.contains(['{', '}', '[', ']', ',']));
    match is_plain {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}
