//! What may be written at a place.

mod values;

use flowdeck_flow::keys::{Holds, Section};
use flowdeck_flow::{Element, Position, Span, nearest};

use crate::context::{Context, Spot};
use crate::cursor::Cursor;
use crate::position::{Lines, number};
use crate::request::{Completion, CompletionKind, Edit};
use crate::template;
use crate::workspace::Workspace;

/// More isn't looked through by anybody.
const MOST: usize = 500;

/// What may be written at a place of a file, the likeliest first.
pub(crate) fn at(cursor: &Cursor<'_>) -> Vec<Completion> {
    let &Cursor {
        workspace,
        file,
        ref lines,
        at,
    } = cursor;
    let mut items = if workspace.is_definition(file) && !file.ends_with(".prompty") {
        definition(workspace, lines, at)
    } else if workspace.is_requirements(file) {
        packages(workspace, lines, at)
    } else {
        template::completions(cursor)
    };
    items.truncate(MOST);
    items
}

fn definition(workspace: &Workspace, lines: &Lines<'_>, at: Position) -> Vec<Completion> {
    let Some(spot) = Spot::of(lines, at) else {
        return Vec::new();
    };
    match spot.context() {
        Some(Context::Key { section, mapping }) => keys(&spot, section, mapping),
        Some(Context::Value { key, node }) => values::of_key(workspace, &spot, key, node),
        Some(Context::Parameter { node }) => parameters(workspace, &spot, node),
        Some(Context::ParameterValue { node, name }) => {
            values::of_parameter(workspace, &spot, node, name)
        }
        Some(Context::NodeName) => node_names(&spot),
        None => Vec::new(),
    }
}

fn keys(spot: &Spot, section: Section, mapping: Element<'_>) -> Vec<Completion> {
    let free = section.keys().filter(|key| mapping.get(key.name).is_none());
    let item = |key: &flowdeck_flow::keys::Key| {
        let is_collection = matches!(
            key.holds,
            Holds::Section(_) | Holds::Named(_) | Holds::List(_) | Holds::Values | Holds::Texts
        );
        Completion {
            label: key.name.to_owned(),
            kind: CompletionKind::Key,
            detail: match key.is_required {
                true => format!("{} (required)", key.holds.title()),
                false => key.holds.title(),
            },
            documentation: key.meaning.to_owned(),
            edit: Edit {
                span: spot.word,
                text: as_key(spot, key.name, is_collection),
            },
        }
    };
    let mut items: Vec<_> = free.map(|key| (!key.is_required, item(key))).collect();
    items.sort_by_key(|(is_optional, _)| *is_optional);
    items.into_iter().map(|(_, item)| item).collect()
}

/// A key as it is written there. In block style, what it holds goes to lines of its own.
fn as_key(spot: &Spot, name: &str, is_collection: bool) -> String {
    let name = values::written(spot, name);
    match (spot.has_colon, is_collection && !spot.is_flow) {
        (true, _) => name,
        (false, true) => format!("{name}:"),
        (false, false) => format!("{name}: "),
    }
}

fn parameters(workspace: &Workspace, spot: &Spot, node: Element<'_>) -> Vec<Completion> {
    let given = node.get("inputs");
    let inputs = workspace.tool_of(node);
    let free = inputs
        .into_iter()
        .filter(|input| given.is_none_or(|given| given.get(&input.name).is_none()));
    let item = |input: flowdeck_flow::ToolInput| Completion {
        kind: CompletionKind::Parameter,
        detail: input.value_type.unwrap_or_default(),
        documentation: match input.is_required {
            true => "The run fails without it.".to_owned(),
            false => String::new(),
        },
        edit: Edit {
            span: spot.word,
            text: as_key(spot, &input.name, false),
        },
        label: input.name,
    };
    free.map(item).collect()
}

fn node_names(spot: &Spot) -> Vec<Completion> {
    let root = spot.document.root();
    let nodes = root.and_then(|root| root.get("nodes"));
    let taken = root.and_then(|root| root.get("node_variants"));
    let names = nodes.into_iter().flat_map(Element::items);
    let names = names.filter_map(|node| node.get("name")?.text());
    names
        .filter(|name| taken.is_none_or(|taken| taken.get(name).is_none()))
        .map(|name| Completion {
            label: name.to_owned(),
            kind: CompletionKind::Word,
            detail: "a node".into(),
            documentation: String::new(),
            edit: Edit {
                span: spot.word,
                text: as_key(spot, name, true),
            },
        })
        .collect()
}

/// Names of packages, at the beginning of a requirement.
fn packages(workspace: &Workspace, lines: &Lines<'_>, at: Position) -> Vec<Completion> {
    let line = lines.line(at.line);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let lead = line.len() - line.trim_start().len();
    let length = line[lead..]
        .find(|c| !is_name(c))
        .unwrap_or(line.len() - lead);
    let name = &line[lead..lead + length];
    let place = |offset: usize| Position {
        line: at.line,
        column: number(line[..offset].chars().count() + 1),
    };
    let word = Span {
        start: place(lead),
        end: place(lead + length),
    };
    if name.starts_with('-') || at < word.start || word.end < at {
        return Vec::new();
    }
    let typed = name.to_lowercase();
    let near = nearest(&typed, workspace.packages.iter().map(String::as_str));
    let fits = |package: &&String| {
        package.to_lowercase().starts_with(&typed) || near == Some(package.as_str())
    };
    let fitting = workspace.packages.iter().filter(fits);
    fitting
        .map(|package| Completion {
            label: package.clone(),
            kind: CompletionKind::Package,
            detail: String::new(),
            documentation: String::new(),
            edit: Edit {
                span: word,
                text: package.clone(),
            },
        })
        .collect()
}
