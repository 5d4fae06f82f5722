//! YAML as a tree in which everything knows its place. Only what a configuration needs: no anchors, no tags.

use std::iter::Peekable;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::Problem;

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Text, a number or the like; nothing at all is empty text without quotes.
    Scalar {
        text: String,
        is_quoted: bool,
    },
    List(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) key: String,
    pub(super) value: Node,
}

/// A configuration is not nested deeper; who reads it deeper would run out of stack.
const MAX_DEPTH: usize = 16;

/// Reads the one document of a text; `None` when there is nothing in it.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Problem> {
    let mut reader = Reader {
        events: Parser::new_from_str(text).peekable(),
    };
    let mut root = None;
    while let Some(event) = reader.events.peek() {
        let (event, span) = event.clone().map_err(unreadable)?;
        match event {
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::Nothing => {
                reader.events.next();
            }
            _ if root.is_some() => {
                let message = "a second document starts here; the file holds one";
                return Err(problem(&span.start, message));
            }
            _ => root = Some(reader.node(0)?),
        }
    }
    Ok(root)
}

struct Reader<'a> {
    events: Peekable<Parser<'a, StrInput<'a>>>,
}

impl<'a> Reader<'a> {
    fn node(&mut self, depth: usize) -> Result<Node, Problem> {
        let (event, span) = self.next()?;
        let place = place(&span.start);
        if depth > MAX_DEPTH {
            return Err(problem(&span.start, "this is nested too deep"));
        }
        let content = match event {
            Event::Scalar(text, style, 0, None) => Content::Scalar {
                text: text.into_owned(),
                is_quoted: style != ScalarStyle::Plain,
            },
            Event::SequenceStart(0, None) => self.list(depth)?,
            Event::MappingStart(0, None) => self.mapping(depth)?,
            _ => {
                let message =
                    "anchors, aliases and tags aren't supported here; write the value out";
                return Err(problem(&span.start, message));
            }
        };
        Ok(Node { place, content })
    }

    fn list(&mut self, depth: usize) -> Result<Content, Problem> {
        let mut items = Vec::new();
        while !self.ends(|event| matches!(event, Event::SequenceEnd)) {
            items.push(self.node(depth + 1)?);
        }
        Ok(Content::List(items))
    }

    fn mapping(&mut self, depth: usize) -> Result<Content, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        while !self.ends(|event| matches!(event, Event::MappingEnd)) {
            let key = self.node(depth + 1)?;
            let Content::Scalar { text, .. } = key.content else {
                let message = "a key must be text".to_owned();
                let place = key.place;
                return Err(Problem { place, message });
            };
            if let Some(before) = entries.iter().find(|entry| entry.key == text) {
                let message = format!(
                    "{text:?} is already on line {}; keep one of them",
                    before.place.line
                );
                let place = key.place;
                return Err(Problem { place, message });
            }
            entries.push(Entry {
                place: key.place,
                key: text,
                value: self.node(depth + 1)?,
            });
        }
        Ok(Content::Mapping(entries))
    }

    /// Passes the end of a collection, when it is there.
    fn ends(&mut self, is_end: impl Fn(&Event<'a>) -> bool) -> bool {
        let is_there = |event: &Result<(Event<'a>, Span), ScanError>| matches!(event, Ok((event, _)) if is_end(event));
        self.events.next_if(is_there).is_some()
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Problem> {
        match self.events.next() {
            Some(event) => event.map_err(unreadable),
            None => Err(Problem {
                place: Place { line: 1, column: 1 },
                message: "the text ends too early".to_owned(),
            }),
        }
    }
}

fn unreadable(error: ScanError) -> Problem {
    problem(
        error.marker(),
        &format!(
            "this isn't YAML: {}; check indentation and quotes",
            error.info()
        ),
    )
}

fn problem(at: &Marker, message: &str) -> Problem {
    Problem {
        place: place(at),
        message: message.to_owned(),
    }
}

/// The parser counts columns from 0.
fn place(marker: &Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}
