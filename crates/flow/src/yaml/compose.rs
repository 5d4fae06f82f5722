//! From the parser's events to the tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::merge;
use super::scalar::Scalar;
use super::tree::{Content, NodeId, Place, Span, Tree};
use crate::problem::Problem;

/// promptflow's loader gives up with a `RecursionError` a little below this depth.
const MAX_DEPTH: usize = 250;

/// A document, or as much of it as there is, and what is wrong with its YAML.
#[derive(Debug)]
pub(crate) struct Composed<'t> {
    /// None when the text is no YAML.
    pub(crate) tree: Option<Tree<'t>>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads one document.
pub(crate) fn compose(text: &str) -> Composed<'_> {
    let mut composer = Composer::default();
    match composer.run(text) {
        Ok(()) => Composed {
            tree: Some(composer.tree),
            problems: composer.problems,
        },
        Err(problem) => Composed {
            tree: None,
            problems: vec![problem],
        },
    }
}

/// A collection that is not closed yet.
struct Open {
    id: NodeId,
    children: Vec<NodeId>,
}

#[derive(Default)]
struct Composer<'t> {
    tree: Tree<'t>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, NodeId>,
    merged: merge::Budget,
    problems: Vec<Problem>,
}

impl<'t> Composer<'t> {
    fn run(&mut self, text: &'t str) -> Result<(), Problem> {
        if let Some(problem) = unacceptable_character(text) {
            return Err(problem);
        }
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                Problem::new(
                    "YAMLError",
                    point(error.marker()),
                    format!("This is not YAML: {}.", error.info()),
                )
            })?;
            let span = Span {
                start: place(&span.start),
                end: place(&span.end),
            };
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
                if documents > 1 {
                    return Err(Problem::new(
                        "YAMLError",
                        span,
                        "A second document starts here. A flow file holds one: remove this `---` or what follows it.",
                    ));
                }
            }
            self.event(event, span)?;
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'t>, span: Span) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = resolve(text, style, tag.as_deref());
                let id = self.tree.push(span, Content::Scalar(scalar));
                self.place_node(id, anchor);
            }
            Event::Alias(anchor) => {
                if let Some(&id) = self.anchors.get(&anchor) {
                    self.place_node(id, 0);
                }
            }
            Event::SequenceStart(anchor, _) => {
                self.start(Content::Sequence(Vec::new()), span, anchor)?
            }
            Event::MappingStart(anchor, _) => {
                self.start(Content::Mapping(Vec::new()), span, anchor)?
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn start(&mut self, content: Content<'t>, span: Span, anchor: usize) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Problem::new(
                "RecursionError",
                span,
                format!(
                    "Lists and mappings are nested more than {MAX_DEPTH} deep. promptflow cannot read that."
                ),
            ));
        }
        let id = self.tree.push(span, content);
        self.place_node(id, anchor);
        self.open.push(Open {
            id,
            children: Vec::new(),
        });
        Ok(())
    }

    /// Puts a node where the events have come to.
    fn place_node(&mut self, id: NodeId, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(id),
            None => self.tree.root = Some(id),
        }
    }

    fn end(&mut self, span: Span) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let node = &mut self.tree.nodes[open.id.0];
        node.span.end = span.end;
        if matches!(node.content, Content::Sequence(_)) {
            node.content = Content::Sequence(open.children);
            return Ok(());
        }
        let pairs = open
            .children
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect();
        let entries = merge::resolve(&self.tree, pairs, &mut self.merged, &mut self.problems)?;
        self.tree.nodes[open.id.0].content = Content::Mapping(entries);
        Ok(())
    }
}

/// ruamel.yaml refuses control characters before it reads anything.
fn unacceptable_character(text: &str) -> Option<Problem> {
    let acceptable = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{85}' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        _ => !c.is_control(),
    };
    if text.chars().all(acceptable) {
        return None;
    }
    let mut at = Place { line: 1, column: 1 };
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !acceptable(c) {
            let message = format!(
                "The character U+{:04X} may not stand in YAML. Remove it.",
                u32::from(c)
            );
            return Some(Problem::new("YAMLError", character(at), message));
        }
        if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
            at = Place {
                line: at.line + 1,
                column: 1,
            };
        } else {
            at.column += 1;
        }
    }
    None
}

/// The value of a scalar with its style and tag.
fn resolve<'t>(text: Cow<'t, str>, style: ScalarStyle, tag: Option<&Tag>) -> Scalar<'t> {
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => Scalar::plain(text),
            _ => Scalar::Text(text),
        };
    };
    if tag.handle.is_empty() && tag.suffix == "!" {
        return Scalar::plain(text);
    }
    if !tag.is_yaml_core_schema() {
        return Scalar::Other(text);
    }
    match tag.suffix.as_str() {
        "str" => Scalar::Text(text),
        "int" | "float" | "bool" | "null" => Scalar::plain(text),
        _ => Scalar::Other(text),
    }
}

fn place(marker: &Marker) -> Place {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place {
        line: number(marker.line()).max(1),
        column: number(marker.col()).saturating_add(1),
    }
}

fn point(marker: &Marker) -> Span {
    character(place(marker))
}

fn character(start: Place) -> Span {
    Span {
        start,
        end: Place {
            line: start.line,
            column: start.column.saturating_add(1),
        },
    }
}
