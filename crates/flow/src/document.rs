//! The structure of a text with places, for editors: also of a text that is being typed.

use std::borrow::Cow;

use crate::edit::quoted_length;
use crate::place::lines;
use crate::yaml::{Content, Position, Scalar, SourceText, Span, Tree, compose, compose_begun};

/// How many places of a text are rewritten for the parser before it has the last word.
const MAX_REPAIRS: usize = 16;

/// How many lines of a broken text are left out before what stands before the first of them counts alone.
const MAX_LEFT_OUT: usize = 8;

/// A text's structure, read as promptflow reads it.
///
/// Where a text can't be read, lines that stand in the way are left out: what is there while somebody types.
#[derive(Debug, Default)]
pub struct Document {
    nodes: Vec<Node>,
    root: Option<usize>,
    is_whole: bool,
}

#[derive(Debug)]
struct Node {
    span: Span,
    content: Kind,
}

/// What a node is.
#[derive(Debug)]
enum Kind {
    Null,
    Text(Box<str>),
    /// A number, a truth, or another scalar that isn't text.
    Other(Box<str>),
    List(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
}

impl Document {
    /// Reads a text. Any text has an answer.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut tried = Cow::Borrowed(text);
        for left_out in 0..=MAX_LEFT_OUT {
            match composed(&SourceText::new(&tried), text, MAX_REPAIRS) {
                Ok(document) => {
                    let is_whole = left_out == 0;
                    return Self {
                        is_whole,
                        ..document
                    };
                }
                Err(at) => match without_line(&tried, at.line) {
                    Some(less) => tried = Cow::Owned(less),
                    None => break,
                },
            }
        }
        Self::of(&compose_begun(&SourceText::new(text)), text)
    }

    /// Whether all of the text was read.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Option<Element<'_>> {
        self.root.map(|id| Element { document: self, id })
    }

    /// Whether both say the same, wherever it stands.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        // Both are written in the order in which the text has them, so that equal arenas are equal texts.
        let same = |(a, b): (&Node, &Node)| match (&a.content, &b.content) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Text(a), Kind::Text(b)) | (Kind::Other(a), Kind::Other(b)) => a == b,
            (Kind::List(a), Kind::List(b)) => a == b,
            (Kind::Mapping(a), Kind::Mapping(b)) => a == b,
            _ => false,
        };
        self.root == other.root
            && self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(same)
    }

    fn of(tree: &Tree<'_>, text: &str) -> Self {
        let lines: Vec<&str> = lines(text).collect();
        let nodes = tree.nodes().map(|(span, content)| {
            let (is_scalar, content) = match content {
                Content::Scalar(Scalar::Null) => (true, Kind::Null),
                Content::Scalar(Scalar::Text(text)) => (true, Kind::Text(text.as_ref().into())),
                Content::Scalar(other) => (true, Kind::Other(other.display().into())),
                Content::Sequence(items) => {
                    let items = items.iter().map(|id| id.index());
                    (false, Kind::List(items.collect()))
                }
                Content::Mapping(entries) => {
                    let entries = entries.iter();
                    let entries = entries.map(|(key, value)| (key.index(), value.index()));
                    (false, Kind::Mapping(entries.collect()))
                }
            };
            let span = match is_scalar {
                true => written(span, &lines),
                false => span,
            };
            Node { span, content }
        });
        Self {
            nodes: nodes.collect(),
            root: tree.root().map(|root| root.id().index()),
            is_whole: false,
        }
    }
}

/// The document of a text that can be read, with places of `text`; else where it can't.
fn composed(source: &SourceText<'_>, text: &str, repairs: usize) -> Result<Document, Position> {
    match compose(source) {
        Ok((tree, _)) => Ok(Document::of(&tree, text)),
        Err(refused) => match refused.repaired {
            Some(repaired) if repairs > 0 => composed(&repaired, text, repairs - 1),
            _ => Err(refused.problem.span.start),
        },
    }
}

/// The text with a line emptied, or the last one before it that isn't empty yet.
///
/// A key that is begun and has no `:` yet is only refused where the next line begins: then it is what is left out.
fn without_line(text: &str, line: u32) -> Option<String> {
    let before = (line as usize).checked_sub(2);
    let begun = before.and_then(|before| text.split('\n').nth(before));
    let is_begun = begun.is_some_and(|begun| {
        let begun = begun.trim();
        !begun.is_empty() && !begun.contains(':') && !begun.starts_with(['-', '#'])
    });
    let line = if is_begun { line - 1 } else { line };
    let mut ends = text.match_indices('\n').map(|(at, _)| at);
    let from = match (line as usize).checked_sub(2) {
        Some(before) => ends.nth(before).map_or(text.len(), |end| end + 1),
        None => 0,
    };
    let to = text[from..].find('\n').map_or(text.len(), |end| from + end);
    let (from, to) = if text[from..to].trim().is_empty() {
        let before = text[..from].trim_end();
        let from = before.rfind('\n').map_or(0, |end| end + 1);
        (from, before.len())
    } else {
        (from, to)
    };
    (from < to).then(|| format!("{}{}", &text[..from], &text[to..]))
}

/// Where a scalar is written. The parser's end of one takes in the blanks and the comment behind it.
fn written(span: Span, lines: &[&str]) -> Span {
    let line = lines.get((span.start.line as usize).saturating_sub(1));
    let Some(line) = line.filter(|_| span.start.line == span.end.line) else {
        return span;
    };
    let at = |column: u32| {
        let mut all = line.char_indices().map(|(at, _)| at);
        all.nth((column as usize).saturating_sub(1))
            .unwrap_or(line.len())
    };
    let part = &line[at(span.start.column)..at(span.end.column).max(at(span.start.column))];
    let length = match part.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted_length(part, quote).unwrap_or(part.len()),
        _ => part.trim_end().len(),
    };
    let wide = u32::try_from(part[..length].chars().count()).unwrap_or(u32::MAX);
    Span {
        end: Position {
            column: span.start.column.saturating_add(wide),
            ..span.end
        },
        ..span
    }
}

/// A value or key of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    id: usize,
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.document.nodes[self.id]
    }

    fn with(self, id: usize) -> Self {
        Self {
            document: self.document,
            id,
        }
    }

    /// Where it stands. The end of a list or mapping may lie behind the blanks and comments that follow it.
    #[must_use]
    pub fn span(self) -> Span {
        self.node().span
    }

    /// Its text, if it is text.
    #[must_use]
    pub fn text(self) -> Option<&'d str> {
        match &self.node().content {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as people read it; `None` of a list, a mapping and nothing.
    #[must_use]
    pub fn shown(self) -> Option<&'d str> {
        match &self.node().content {
            Kind::Text(text) | Kind::Other(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.node().content, Kind::Null)
    }

    /// Whether it is a list or a mapping.
    #[must_use]
    pub fn is_collection(self) -> bool {
        matches!(self.node().content, Kind::List(_) | Kind::Mapping(_))
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_mapping(self) -> bool {
        matches!(self.node().content, Kind::Mapping(_))
    }

    /// Its items, in order; none of what isn't a list.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let items: &[usize] = match &self.node().content {
            Kind::List(items) => items,
            _ => &[],
        };
        items.iter().map(move |&id| self.with(id))
    }

    /// Its keys with their values, in order; none of what isn't a mapping.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let entries: &[(usize, usize)] = match &self.node().content {
            Kind::Mapping(entries) => entries,
            _ => &[],
        };
        entries
            .iter()
            .map(move |&(key, value)| (self.with(key), self.with(value)))
    }

    /// The value under a key.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Self> {
        let mut entries = self.entries();
        let found = entries.find(|(key, _)| key.text() == Some(name));
        found.map(|(_, value)| value)
    }

    /// Whether `inner` is written inside of it, rather than somewhere else and taken in by an alias.
    #[must_use]
    pub fn holds(self, inner: Self) -> bool {
        inner.id > self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let document = Document::read(text);
        let entries = document.root().into_iter().flat_map(Element::entries);
        entries
            .filter_map(|(key, _)| key.text().map(str::to_owned))
            .collect()
    }

    #[test]
    fn a_broken_line_hides_no_other() {
        assert_eq!(keys("a: 1\nb: 2\n"), ["a", "b"]);
        assert_eq!(keys("a: 1\n  b: [\nc: 3\n"), ["a", "c"]);
        assert_eq!(keys("a: 1\nb: : :\nc: 3\n"), ["a", "c"]);
        assert_eq!(keys("a: 1\nhalf\nc: 3\n"), ["a", "c"]);
        assert_eq!(keys("a: \"x\nc: 3\n"), ["c"]);
    }

    #[test]
    fn a_scalar_ends_where_it_is_written() {
        let text = "a: 'é' # why\nb: plain # why\n";
        let document = Document::read(text);
        let ends: Vec<u32> = document
            .root()
            .unwrap_or_else(|| panic!("a root"))
            .entries()
            .map(|(_, value)| value.span().end.column)
            .collect();
        assert_eq!(ends, [7, 9]);
    }

    #[test]
    fn what_it_says_counts_and_not_where() {
        let read = Document::read;
        assert!(read("a: [1, b]\n").means_the_same(&read("a:   [1,   b] # why\n\n")));
        assert!(!read("a: 1\n").means_the_same(&read("a: '1'\n")));
        assert!(!read("a: 1\n").means_the_same(&read("a: 2\n")));
    }
}
