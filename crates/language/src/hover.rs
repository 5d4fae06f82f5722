//! What the thing at a place is.

use flowdeck_flow::keys::{Key, Section};
use flowdeck_flow::{Document, Element, Position, Span};

use crate::cursor::Cursor;
use crate::occurrences::{self, Name};
use crate::position::touches;
use crate::request::Hover;
use crate::template;
use crate::workspace::Workspace;

/// Names are cut to a length that people read.
const LONGEST: usize = 120;

pub(crate) fn at(cursor: &Cursor<'_>) -> Option<Hover> {
    if !cursor.is_in_definition() {
        return template::hover(cursor);
    }
    let document = Document::read(cursor.lines.text());
    let root = document.root()?;
    let all = occurrences::all(&document, &cursor.lines);
    if let Some(found) = occurrences::at(&all, cursor.at)
        && let Some(markdown) = of_name(cursor.workspace, root, &found.name)
    {
        return Some(Hover {
            span: found.span,
            markdown,
        });
    }
    let (span, key) = key_at(root, Section::Flow, cursor.at)?;
    let required = if key.is_required { ", required" } else { "" };
    Some(Hover {
        span,
        markdown: format!(
            "`{}` {}: {}{required}\n\n{}\n\n*Read by {}*",
            key.name,
            key.section.title(),
            key.holds.title(),
            key.meaning,
            key.source
        ),
    })
}

/// What a name stands for.
pub(crate) fn of_name(workspace: &Workspace, root: Element<'_>, name: &Name<'_>) -> Option<String> {
    match name {
        Name::Input(name) => {
            let input = root.get("inputs")?.get(name)?;
            let said = |key| input.get(key).and_then(Element::shown).map(code);
            let mut text = format!("Input {}", code(name));
            text += &said("type").map_or_else(String::new, |one| format!(": {one}"));
            text += &said("default").map_or_else(String::new, |one| format!(", {one} by default"));
            text += &said("description").map_or_else(String::new, |one| format!("\n\n{one}"));
            Some(text)
        }
        Name::Output(name) => {
            let output = root.get("outputs")?.get(name)?;
            let from = output.get("reference").and_then(Element::shown)?;
            Some(format!("Output {}, from {}", code(name), code(from)))
        }
        Name::Node(name) => {
            let nodes = root.get("nodes")?;
            let node = nodes
                .items()
                .find(|node| node.get("name").and_then(Element::shown) == Some(name))?;
            let said = |key| node.get(key).and_then(Element::shown).map(code);
            let source = node.get("source");
            let runs = source.and_then(|source| source.get("path").or(source.get("tool")));
            let runs = runs.and_then(Element::shown).map(code);
            let mut text = format!("Node {}", code(name));
            text += &said("type").map_or_else(String::new, |one| format!(": {one}"));
            text += &runs.map_or_else(String::new, |one| format!(", runs {one}"));
            text += &said("comment").map_or_else(String::new, |one| format!("\n\n{one}"));
            Some(text)
        }
        Name::Parameter { node, name, .. } => {
            let mut bodies = occurrences::bodies(root);
            let (body, _) = bodies.find(|(body, of)| {
                of == node
                    && body
                        .get("inputs")
                        .is_some_and(|all| all.get(name).is_some())
            })?;
            let known = workspace.tool_of(body).into_iter();
            let input = known.into_iter().find(|input| input.name == *name)?;
            let of_type = input.value_type.as_deref().map(code);
            let of_type = of_type.map_or_else(String::new, |one| format!(": {one}"));
            let need = match input.is_required {
                true => "\n\nThe run fails without it.",
                false => "",
            };
            Some(format!("Input {} of the tool{of_type}{need}", code(name)))
        }
        Name::File(path) => Some(match workspace.may_have(path) {
            true => format!("File {} of the flow folder", code(path)),
            false => format!("File {}, which doesn't exist", code(path)),
        }),
    }
}

/// A name as Markdown's code. What would end it is left out, and so are breaks.
pub(crate) fn code(name: &str) -> String {
    let plain = name.chars().filter(|c| *c != '`' && !c.is_control());
    let shown: String = plain.clone().take(LONGEST).collect();
    let more = if plain.count() > LONGEST { "…" } else { "" };
    format!("`{shown}{more}`")
}

/// The known key at a place.
fn key_at(mapping: Element<'_>, section: Section, at: Position) -> Option<(Span, &'static Key)> {
    use flowdeck_flow::keys::Holds;
    for (key, value) in mapping.entries().filter(|(key, _)| mapping.holds(*key)) {
        let Some(known) = key.text().and_then(|name| section.key(name)) else {
            continue;
        };
        if touches(key.span(), at) {
            return Some((key.span(), known));
        }
        if !mapping.holds(value) || !touches(value.span(), at) {
            continue;
        }
        let found = match known.holds {
            Holds::Section(inner) => key_at(value, inner, at),
            Holds::Named(inner) => value
                .entries()
                .find_map(|(_, value)| key_at(value, inner, at)),
            Holds::List(inner) => value.items().find_map(|item| key_at(item, inner, at)),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
