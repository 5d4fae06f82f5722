//! The files that nodes run: prompt templates with their variables, and Python tools with their parameters.

use flowdeck_flow::{
    Document, Element, NamedPlace, Position, Span, template_variables, tool_parameter_places,
};

use crate::cursor::Cursor;
use crate::hover::code;
use crate::occurrences;
use crate::position::{Lines, number, touches};
use crate::request::{Completion, CompletionKind, Edit, Hover, Location};
use crate::workspace::Workspace;

/// Where a file that a node runs names what it is given.
pub(crate) fn places(workspace: &Workspace, file: &str, name: &str) -> Vec<Location> {
    let Some(text) = workspace.text(file) else {
        return Vec::new();
    };
    let lines = Lines::new(text);
    let found = found(file, text).into_iter();
    found
        .filter(|one| one.name == name)
        .map(|one| Location {
            file: crate::navigate::plain(file),
            span: span(&lines, &one),
        })
        .collect()
}

fn found(file: &str, text: &str) -> Vec<NamedPlace> {
    match file.ends_with(".py") {
        true => tool_parameter_places(text),
        false => template_variables(text),
    }
}

fn span(lines: &Lines<'_>, one: &NamedPlace) -> Span {
    Span {
        start: lines.position(one.at.start),
        end: lines.position(one.at.end),
    }
}

/// The nodes that run a file, with what they give it.
fn given<'d>(document: &'d Document, file: &str) -> Vec<(&'d str, Element<'d>, Element<'d>)> {
    let bodies = document.root().into_iter().flat_map(occurrences::bodies);
    let of_file = bodies.filter(|(body, _)| {
        let path = body
            .get("source")
            .and_then(|source| source.get("path")?.text());
        path.is_some_and(|path| crate::navigate::plain(path) == file)
    });
    of_file
        .flat_map(|(body, name)| {
            let inputs = body.get("inputs").into_iter().flat_map(Element::entries);
            inputs.map(move |(key, value)| (name, key, value))
        })
        .collect()
}

/// The variable of a template at a place, if a node gives it.
pub(crate) fn variable_at(cursor: &Cursor<'_>) -> Option<(Span, String)> {
    if cursor.file.ends_with(".py") || cursor.workspace.is_requirements(cursor.file) {
        return None;
    }
    let (span, name) = named_at(cursor)?;
    let document = Document::read(cursor.workspace.definition_text());
    let is_given = given(&document, cursor.file)
        .iter()
        .any(|(_, key, _)| key.text() == Some(&name));
    is_given.then_some((span, name))
}

fn named_at(cursor: &Cursor<'_>) -> Option<(Span, String)> {
    let all = found(cursor.file, cursor.lines.text()).into_iter();
    all.map(|one| (span(&cursor.lines, &one), one.name))
        .find(|(span, _)| touches(*span, cursor.at))
}

pub(crate) fn hover(cursor: &Cursor<'_>) -> Option<Hover> {
    let (span, name) = named_at(cursor)?;
    let document = Document::read(cursor.workspace.definition_text());
    let given = given(&document, cursor.file);
    let from: Vec<String> = given
        .iter()
        .filter(|(_, key, _)| key.text() == Some(&name))
        .map(|(node, _, value)| {
            let value = value.shown().map_or_else(|| "a value".to_owned(), code);
            format!("- node {} gives it {value}", code(node))
        })
        .collect();
    let markdown = match from.is_empty() {
        true => format!("{}: no node gives it", code(&name)),
        false => format!("{}\n\n{}", code(&name), from.join("\n")),
    };
    Some(Hover { span, markdown })
}

/// What a variable or parameter is given: the places in the definition.
pub(crate) fn definition(cursor: &Cursor<'_>) -> Vec<Location> {
    let Some((_, name)) = named_at(cursor) else {
        return Vec::new();
    };
    let document = Document::read(cursor.workspace.definition_text());
    let given = given(&document, cursor.file).into_iter();
    given
        .filter(|(_, key, _)| key.text() == Some(&name))
        .map(|(_, key, _)| Location {
            file: cursor.workspace.definition.clone(),
            span: key.span(),
        })
        .collect()
}

pub(crate) fn references(cursor: &Cursor<'_>) -> Vec<Location> {
    let Some((_, name)) = named_at(cursor) else {
        return Vec::new();
    };
    let mut all = definition(cursor);
    all.extend(places(cursor.workspace, cursor.file, &name));
    all
}

/// In a tag of a template: what the nodes that run it give it.
pub(crate) fn completions(cursor: &Cursor<'_>) -> Vec<Completion> {
    let lines = &cursor.lines;
    let is_template = [".jinja2", ".jinja", ".j2", ".md"]
        .iter()
        .any(|end| cursor.file.ends_with(end));
    let offset = lines.offset(cursor.at);
    let before = &lines.text()[..offset];
    let open = before.rfind("{{").max(before.rfind("{%"));
    let is_inside =
        open.is_some_and(|open| !before[open..].contains("}}") && !before[open..].contains("%}"));
    if !is_template || !is_inside {
        return Vec::new();
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let head = before.trim_end_matches(is_name);
    // What follows a dot or a bar is no variable.
    if head.trim_end().ends_with(['.', '|', '\'', '"']) {
        return Vec::new();
    }
    let rest = &lines.text()[offset..];
    let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let typed = before[head.len()..].chars().count();
    let word = Span {
        start: Position {
            column: cursor.at.column.saturating_sub(number(typed)).max(1),
            ..cursor.at
        },
        end: lines.position(offset + length),
    };
    let document = Document::read(cursor.workspace.definition_text());
    let mut items: Vec<Completion> = Vec::new();
    for (node, key, value) in given(&document, cursor.file) {
        let Some(name) = key.text() else { continue };
        if name.chars().all(is_name) && items.iter().all(|known| known.label != name) {
            items.push(Completion {
                label: name.to_owned(),
                kind: CompletionKind::Parameter,
                detail: value.shown().unwrap_or_default().chars().take(80).collect(),
                documentation: format!("Given by the node {}.", code(node)),
                edit: Edit {
                    span: word,
                    text: name.to_owned(),
                },
            });
        }
    }
    items
}
