//! YAML read as promptflow reads it (ruamel.yaml, round trip, YAML 1.2), with places.
//!
//! A deserialiser such as `serde_yaml` gives values without places, and findings need the line
//! and column of a key or value; so this builds a small tree from the events of `saphyr-parser`.
//! The tree is an arena: an alias is the same node again, never a copy, so text that expands
//! exponentially ("billion laughs") costs what it is long.

mod characters;
mod compose;
mod explain;
mod json;
mod merge;
mod scalar;
mod source;
mod strict;
mod tree;

pub(crate) use compose::{Refused, compose};
pub(crate) use json::Expander;
pub(crate) use source::SourceText;
pub(crate) use tree::{Entry, Key, Mapping, Place, Span, Tree, Value};
