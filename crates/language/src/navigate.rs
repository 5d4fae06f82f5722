//! Where things are defined, and where they are named.

use flowdeck_flow::{Document, Position, Span};

use crate::cursor::Cursor;
use crate::occurrences::{self, Name};
use crate::request::Location;
use crate::template;

const START: Span = Span {
    start: Position { line: 1, column: 1 },
    end: Position { line: 1, column: 1 },
};

pub(crate) fn definition(cursor: &Cursor<'_>) -> Vec<Location> {
    if !cursor.is_in_definition() {
        return template::definition(cursor);
    }
    let document = Document::read(cursor.lines.text());
    let all = occurrences::all(&document, &cursor.lines);
    let Some(found) = occurrences::at(&all, cursor.at) else {
        return Vec::new();
    };
    let here = |span| Location {
        file: cursor.file.to_owned(),
        span,
    };
    match &found.name {
        Name::File(path) if cursor.workspace.may_have(path) => vec![Location {
            file: plain(path),
            span: START,
        }],
        Name::File(_) => Vec::new(),
        // Of what a node gives its tool, the tool says what it is.
        Name::Parameter { name, file, .. } => {
            let in_tool = file.map(|file| template::places(cursor.workspace, file, name));
            in_tool.unwrap_or_default()
        }
        name => {
            let same = all
                .iter()
                .filter(|one| one.name == *name && one.is_definition);
            same.map(|one| here(one.span)).collect()
        }
    }
}

pub(crate) fn references(cursor: &Cursor<'_>) -> Vec<Location> {
    if !cursor.is_in_definition() {
        return template::references(cursor);
    }
    let document = Document::read(cursor.lines.text());
    let all = occurrences::all(&document, &cursor.lines);
    let Some(found) = occurrences::at(&all, cursor.at) else {
        return Vec::new();
    };
    let mut same: Vec<_> = all.iter().filter(|one| one.name == found.name).collect();
    same.sort_by_key(|one| (!one.is_definition, one.span));
    let mut locations: Vec<Location> = same
        .into_iter()
        .map(|one| Location {
            file: cursor.file.to_owned(),
            span: one.span,
        })
        .collect();
    if let Name::Parameter {
        name,
        file: Some(file),
        ..
    } = &found.name
    {
        locations.extend(template::places(cursor.workspace, file, name));
    }
    locations
}

/// A path as the folder's list has it.
pub(crate) fn plain(path: &str) -> String {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}
