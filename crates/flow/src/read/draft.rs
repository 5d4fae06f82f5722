//! A flow as far as the checks need it, with places.

use super::link::Link;
use crate::yaml::{Mapping, MappingEntry, Span, Value};

/// What was read of a DAG.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) inputs: Vec<DraftInput<'a>>,
    pub(crate) outputs: Vec<DraftOutput<'a>>,
    pub(crate) nodes: Vec<DraftNode<'a>>,
}

/// An input of the flow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftInput<'a> {
    pub(crate) name: Value<'a>,
    /// What is said about it; none when that isn't a mapping.
    pub(crate) definition: Option<Mapping<'a>>,
}

/// An output of the flow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftOutput<'a> {
    pub(crate) name: Value<'a>,
    pub(crate) definition: Option<Mapping<'a>>,
}

/// A node; with variants, as its default variant has it.
#[derive(Debug, Clone)]
pub(crate) struct DraftNode<'a> {
    /// None when the node has no name.
    pub(crate) name: Option<Value<'a>>,
    /// What is said under `nodes`.
    pub(crate) listed: Mapping<'a>,
    /// What applies: the default variant, or the same as `listed`.
    pub(crate) applied: Mapping<'a>,
    pub(crate) inputs: Vec<NodeInput<'a>>,
    pub(crate) aggregation: bool,
    pub(crate) condition: Option<Value<'a>>,
    /// All ids of its variants, and the default one.
    pub(crate) variants: Option<DraftVariants<'a>>,
}

impl DraftNode<'_> {
    /// Where to point when the node as a whole is meant.
    pub(crate) fn span(&self) -> Span {
        match self.name {
            Some(name) => name.span(),
            None => self.listed.head(),
        }
    }

    /// Its name for people.
    pub(crate) fn title(&self) -> String {
        match self.name {
            Some(name) => crate::problem::quoted(&name.display()),
            None => "without a name".to_owned(),
        }
    }
}

/// The variants of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftVariants<'a> {
    pub(crate) default_id: Option<Value<'a>>,
    pub(crate) variants: Mapping<'a>,
}

/// An input of a node, and what it refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeInput<'a> {
    pub(crate) name: Value<'a>,
    pub(crate) value: Value<'a>,
    pub(crate) link: Link<'a>,
}

impl<'a> From<MappingEntry<'a>> for NodeInput<'a> {
    fn from(entry: MappingEntry<'a>) -> Self {
        Self {
            name: entry.key,
            value: entry.value,
            link: Link::of(entry.value),
        }
    }
}
