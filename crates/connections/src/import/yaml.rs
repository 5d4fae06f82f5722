//! promptflow's connection YAML. Every scalar is text, so that an unquoted date stays what was written.

use flowdeck_contract::connections::{ConnectionType, Secret};
use saphyr_parser::{Event, Parser, StrInput};

use super::{Found, custom_type};
use crate::error::ConnectionError;

/// Nobody writes connections deeper.
const DEEPEST: usize = 8;

enum Node {
    Text(String),
    List(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

/// The connections of a text, a document each.
pub(super) fn read(text: &str) -> Result<Vec<Found>, ConnectionError> {
    let mut events = Parser::new_from_str(text);
    let mut found = Vec::new();
    while let Some(event) = events.next() {
        match event.map_err(|error| unreadable(error.marker().line()))?.0 {
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::Nothing => {}
            event => collect(node(event, &mut events, 0)?, &mut found),
        }
    }
    Ok(found)
}

/// One connection, or a list of them.
fn collect(node: Node, found: &mut Vec<Found>) {
    match node {
        Node::Mapping(entries) => found.extend(connection(entries)),
        Node::List(items) => items.into_iter().for_each(|item| collect(item, found)),
        Node::Text(_) => {}
    }
}

fn connection(entries: Vec<(String, Node)>) -> Option<Found> {
    let text = |key: &str| {
        let entry = entries.iter().find(|(name, _)| name == key);
        entry.and_then(|(_, value)| match value {
            Node::Text(text) => Some(text.clone()),
            _ => None,
        })
    };
    let said = text("type")?;
    let kind = ConnectionType::parse(&said);
    let mut found = Found::new(text("name").unwrap_or_default(), kind);
    if kind.is_none() {
        found.problem = Some("Its type isn’t one of promptflow’s.".to_owned());
        return Some(found);
    }
    if kind == Some(ConnectionType::Custom) {
        custom_type(&mut found, text("custom_type"), text("module"));
    }
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("configs", Node::Mapping(rows)) if kind == Some(ConnectionType::Custom) => {
                found.configs.extend(rows.into_iter().filter_map(row));
            }
            ("secrets", Node::Mapping(rows)) if kind == Some(ConnectionType::Custom) => {
                let rows = rows.into_iter().filter_map(row);
                found
                    .secrets
                    .extend(rows.map(|(name, value)| (name, Secret::new(value))));
            }
            ("name" | "type", _) => {}
            (key, Node::Text(value)) => found.take(key, value),
            _ => {}
        }
    }
    Some(found)
}

fn row((name, value): (String, Node)) -> Option<(String, String)> {
    match value {
        Node::Text(text) => Some((name, text)),
        _ => None,
    }
}

fn node<'t>(
    event: Event<'t>,
    events: &mut Parser<'t, StrInput<'t>>,
    depth: usize,
) -> Result<Node, ConnectionError> {
    if depth > DEEPEST {
        return Err(ConnectionError::Import(
            "The text is nested too deeply.".to_owned(),
        ));
    }
    match event {
        Event::Scalar(text, ..) => Ok(Node::Text(text.into_owned())),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match next(events)? {
                    Event::SequenceEnd => return Ok(Node::List(items)),
                    event => items.push(node(event, events, depth + 1)?),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut entries = Vec::new();
            loop {
                let key = match next(events)? {
                    Event::MappingEnd => return Ok(Node::Mapping(entries)),
                    event => node(event, events, depth + 1)?,
                };
                let value = next(events)?;
                let value = node(value, events, depth + 1)?;
                if let Node::Text(key) = key {
                    entries.push((key, value));
                }
            }
        }
        _ => Err(ConnectionError::Import(
            "The text uses YAML aliases. Write the values out.".to_owned(),
        )),
    }
}

fn next<'t>(events: &mut Parser<'t, StrInput<'t>>) -> Result<Event<'t>, ConnectionError> {
    match events.next() {
        Some(Ok((event, _))) => Ok(event),
        Some(Err(error)) => Err(unreadable(error.marker().line())),
        None => Err(ConnectionError::Import(
            "The text ends too early.".to_owned(),
        )),
    }
}

/// Without the parser's words, which can repeat the text.
fn unreadable(line: usize) -> ConnectionError {
    ConnectionError::Import(format!("The text isn’t YAML, at line {line}."))
}
