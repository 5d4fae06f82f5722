//! From the parser's events to the tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::explain::{TAB, explain, is_about_indentation};
use super::scalar::{Scalar, Version};
use super::source::SourceText;
use super::strict::Strictness;
use super::tree::{Content, NodeId, Position, Span, Tree};
use super::{characters, date, merge};
use crate::problem::Problem;

/// promptflow's loader gives up with a `RecursionError` a little below this depth.
const MAX_DEPTH: usize = 250;

/// Why there is no document.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Boxed, as every step hands it on.
    pub(crate) problem: Box<Problem>,
    /// A text that means the same and that the parser may take.
    pub(crate) repaired: Option<SourceText<'static>>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            repaired: None,
        }
    }
}

/// Reads one document; the problems beside it are keys that repeat, and the like.
pub(crate) fn compose<'s>(source: &'s SourceText<'_>) -> Result<(Tree<'s>, Vec<Problem>), Refused> {
    let mut composer = Composer::new(source);
    composer.run()?;
    Ok((composer.tree, composer.problems))
}

/// What stands before the first place that can't be read.
pub(crate) fn compose_begun<'s>(source: &'s SourceText<'_>) -> Tree<'s> {
    let mut composer = Composer::new(source);
    // What it stops at is told by `compose`.
    let _ = composer.read(source.text());
    while let Some(open) = composer.open.last() {
        let mut span = composer.tree.nodes[open.id.0].span;
        span.end = composer.read_to;
        if composer.end(span).is_err() {
            break;
        }
    }
    composer.tree
}

impl<'s, 't> Composer<'s, 't> {
    fn new(source: &'s SourceText<'t>) -> Self {
        Self {
            source,
            version: Version::of(source.text()),
            tree: Tree::default(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            merged: merge::Budget::default(),
            strictness: Strictness::default(),
            problems: Vec::new(),
            read_to: Position { line: 1, column: 1 },
        }
    }
}

/// A collection that is not closed yet.
struct Open {
    id: NodeId,
    children: Vec<NodeId>,
}

struct Composer<'s, 't> {
    source: &'s SourceText<'t>,
    version: Version,
    tree: Tree<'s>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, NodeId>,
    merged: merge::Budget,
    strictness: Strictness,
    problems: Vec<Problem>,
    /// Where the reader has come to.
    read_to: Position,
}

fn character_at(start: Position) -> Span {
    Span {
        start,
        end: Position {
            line: start.line,
            column: start.column.saturating_add(1),
        },
    }
}

impl<'s> Composer<'s, '_> {
    fn run(&mut self) -> Result<(), Refused> {
        let text = self.source.text();
        if let Some((problem, marker)) = characters::unacceptable(text) {
            return Err(Problem::new("YAMLError", self.point(&marker), problem).into());
        }
        self.read(text)?;
        if let Some((message, span)) = self.strictness.refusal(self.source) {
            return Err(Problem::new("YAMLError", self.source.span(&span), message).into());
        }
        Ok(())
    }

    fn read(&mut self, text: &'s str) -> Result<(), Refused> {
        let mut documents = 0;
        let mut read = 1;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| self.refused(&error, read))?;
            self.read_to = self.source.place(&span.end);
            read = self.read_to.line;
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
            }
            if documents > 1 {
                let message = "A second document starts here. A flow file holds one: remove this line or what follows.";
                return Err(Problem::new("YAMLError", self.source.span(&span), message).into());
            }
            self.strictness.observe(&event, span);
            self.event(event, span)?;
        }
        Ok(())
    }

    /// `read` is the last line of what was read before: what is wrong may stand anywhere from there on.
    fn refused(&self, error: &ScanError, read: u32) -> Refused {
        let span = self.point(error.marker());
        // The parser counts the depth of brackets itself.
        if error.info() == "recursion limit exceeded" {
            return too_deep(span).into();
        }
        let tab = match is_about_indentation(error.info()) {
            true => self
                .source
                .indenting_tab(read.min(span.start.line)..=span.start.line),
            false => None,
        };
        let problem = match tab {
            Some(tab) => Problem::new("YAMLError", character_at(tab), TAB),
            None => Problem::new("YAMLError", span, explain(error.info())),
        };
        Refused {
            problem: Box::new(problem),
            repaired: self.source.repaired(error),
        }
    }

    /// The character at a marker.
    fn point(&self, marker: &Marker) -> Span {
        character_at(self.source.place(marker))
    }

    fn event(&mut self, event: Event<'s>, span: saphyr_parser::Span) -> Result<(), Problem> {
        let span = self.source.span(&span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = resolve(
                    self.source.restore(text),
                    style,
                    tag.as_deref(),
                    self.version,
                );
                self.note_impossible_date(&scalar, span);
                let id = self.tree.push(span, Content::Scalar(scalar));
                self.place_node(id, anchor);
            }
            Event::Alias(anchor) => {
                if let Some(&id) = self.anchors.get(&anchor) {
                    self.place_node(id, 0);
                }
            }
            Event::SequenceStart(anchor, _) => {
                self.start(Content::Sequence(Vec::new()), span, anchor)?;
            }
            Event::MappingStart(anchor, _) => {
                self.start(Content::Mapping(Vec::new()), span, anchor)?;
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

    /// ruamel.yaml makes a date of it, and Python refuses.
    fn note_impossible_date(&mut self, scalar: &Scalar<'_>, span: Span) {
        let Scalar::Other(text) = scalar else { return };
        if let Some(fault) = date::read(text).and_then(|date| date.fault) {
            let message =
                format!("This is read as a date, and there is no such {fault}. Put it in quotes.");
            self.problems
                .push(Problem::new("ValueError", span, message));
        }
    }

    fn start(&mut self, content: Content<'s>, span: Span, anchor: usize) -> Result<(), Problem> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(span));
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

fn too_deep(span: Span) -> Problem {
    let message = format!(
        "Lists and mappings are nested more than {MAX_DEPTH} deep. promptflow can't read that."
    );
    Problem::new("RecursionError", span, message)
}

/// The value of a scalar with its style and tag.
fn resolve<'t>(
    text: Cow<'t, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    version: Version,
) -> Scalar<'t> {
    let Some(tag) = tag else {
        return match style {
            ScalarStyle::Plain => Scalar::plain(text, version),
            _ => Scalar::Text(text),
        };
    };
    if tag.handle.is_empty() && tag.suffix == "!" {
        return Scalar::plain(text, version);
    }
    if !tag.is_yaml_core_schema() {
        return Scalar::Tagged(text);
    }
    // Even `!!str`: ruamel.yaml makes a tagged value of it, which equals no text.
    match tag.suffix.as_str() {
        "int" | "float" | "bool" | "null" => Scalar::plain(text, version),
        _ => Scalar::Tagged(text),
    }
}
