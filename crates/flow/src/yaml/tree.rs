//! The tree: nodes in an arena, each with its span, and views into it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::scalar::Scalar;

/// A place in the text: line from 1, column from 1 in `char`s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in `char`s.
    pub column: u32,
}

/// From a place up to, not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// The place behind its last one.
    pub end: Position,
}

impl Span {
    /// The first character of a text.
    pub(crate) const START: Self = Self {
        start: Position { line: 1, column: 1 },
        end: Position { line: 1, column: 2 },
    };
}

/// Index of a node in its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(super) usize);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

#[derive(Debug)]
pub(super) struct TreeNode<'t> {
    pub(super) span: Span,
    pub(super) content: Content<'t>,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Content<'t> {
    Scalar(Scalar<'t>),
    Sequence(Vec<NodeId>),
    Mapping(Vec<(NodeId, NodeId)>),
}

/// A document.
#[derive(Debug, Default)]
pub(crate) struct Tree<'t> {
    pub(super) nodes: Vec<TreeNode<'t>>,
    pub(super) root: Option<NodeId>,
}

impl<'t> Tree<'t> {
    /// The document's value; none when the text holds no document.
    pub(crate) fn root(&self) -> Option<Value<'_>> {
        self.root.map(|id| Value { tree: self, id })
    }

    /// All nodes in the order in which the text begins them.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (Span, &Content<'t>)> {
        self.nodes.iter().map(|node| (node.span, &node.content))
    }

    pub(super) fn push(&mut self, span: Span, content: Content<'t>) -> NodeId {
        self.nodes.push(TreeNode { span, content });
        NodeId(self.nodes.len() - 1)
    }
}

/// A view of one node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) id: NodeId,
}

impl<'a> Value<'a> {
    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    pub(crate) fn span(self) -> Span {
        self.tree.nodes[self.id.0].span
    }

    pub(crate) fn content(self) -> &'a Content<'a> {
        &self.tree.nodes[self.id.0].content
    }

    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self.content() {
            Content::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_mapping(self) -> Option<Mapping<'a>> {
        match self.content() {
            Content::Mapping(entries) => Some(Mapping {
                tree: self.tree,
                entries,
                span: self.span(),
            }),
            _ => None,
        }
    }

    pub(crate) fn items(self) -> Option<impl Iterator<Item = Value<'a>>> {
        match self.content() {
            Content::Sequence(items) => Some(items.iter().map(move |&id| Value {
                tree: self.tree,
                id,
            })),
            _ => None,
        }
    }

    /// Whether Python can go through its letters, as it does through a text's.
    pub(crate) fn has_letters(self) -> bool {
        matches!(
            self.content(),
            Content::Scalar(Scalar::Text(_) | Scalar::Merge | Scalar::Tagged(_))
        )
    }

    pub(crate) fn is_null(self) -> bool {
        matches!(self.content(), Content::Scalar(Scalar::Null))
    }

    /// Python's truth: nothing, zero, and what is empty are false.
    pub(crate) fn is_truthy(self) -> bool {
        match self.content() {
            Content::Scalar(scalar) => scalar.is_truthy(),
            Content::Sequence(items) => !items.is_empty(),
            Content::Mapping(entries) => !entries.is_empty(),
        }
    }

    /// How Python compares the value as a dictionary key; none for what cannot be one.
    pub(crate) fn key(self) -> Option<Key<'a>> {
        match self.content() {
            Content::Scalar(scalar) => Some(scalar.key()),
            Content::Sequence(_) | Content::Mapping(_) => None,
        }
    }

    /// What the value is, for people.
    pub(crate) fn kind(self) -> &'static str {
        match self.content() {
            Content::Scalar(scalar) => scalar.kind(),
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
        }
    }

    /// A scalar's text, as Python's `str()` gives it; lists and mappings have a fixed word.
    pub(crate) fn display(self) -> Cow<'a, str> {
        match self.content() {
            Content::Scalar(scalar) => scalar.display(),
            Content::Sequence(_) => Cow::Borrowed("[…]"),
            Content::Mapping(_) => Cow::Borrowed("{…}"),
        }
    }
}

/// A view of a mapping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapping<'a> {
    tree: &'a Tree<'a>,
    entries: &'a [(NodeId, NodeId)],
    span: Span,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MappingEntry<'a> {
    pub(crate) key: Value<'a>,
    pub(crate) value: Value<'a>,
}

impl<'a> Mapping<'a> {
    /// A mapping without entries, which no text stands for.
    pub(crate) fn empty_in(tree: &'a Tree<'a>) -> Self {
        Self {
            tree,
            entries: &[],
            span: Span::START,
        }
    }

    pub(crate) fn span(self) -> Span {
        self.span
    }

    /// The first key, or the mapping when it is empty: where to point when it is meant as a whole.
    pub(crate) fn head(self) -> Span {
        self.entries()
            .next()
            .map_or(self.span, |entry| entry.key.span())
    }

    pub(crate) fn len(self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(self) -> impl Iterator<Item = MappingEntry<'a>> {
        self.entries.iter().map(move |&(key, value)| MappingEntry {
            key: Value {
                tree: self.tree,
                id: key,
            },
            value: Value {
                tree: self.tree,
                id: value,
            },
        })
    }

    pub(crate) fn entry(self, name: &str) -> Option<MappingEntry<'a>> {
        self.entries()
            .find(|entry| entry.key.as_str() == Some(name))
    }

    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        self.entry(name).map(|entry| entry.value)
    }

    /// The value under `name` unless it is absent or falsy: Python's `get(name) or …`.
    pub(crate) fn get_truthy(self, name: &str) -> Option<Value<'a>> {
        self.get(name).filter(|value| value.is_truthy())
    }

    pub(crate) fn get_str(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(Value::as_str)
    }
}

/// A scalar as a Python dictionary compares it: `1`, `1.0` and `true` are one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key<'a> {
    Null,
    Integer(i128),
    /// The bits of a float that is not a whole number.
    Float(u64),
    Text(&'a str),
    /// A date or another value that equals only what is written the same.
    Other(&'a str),
}
