//! YAML read as promptflow reads it (ruamel.yaml, round trip, YAML 1.2), with places.
//!
//! A deserialiser such as `serde_yaml` gives values without places, and findings need the line
//! and column of a key or value; so this builds a small tree from the events of `saphyr-parser`.
//! The tree is an arena: an alias is the same node again, never a copy, so text that expands
//! exponentially ("billion laughs") costs what it is long.
//!
//! `saphyr-parser` follows YAML 1.2, ruamel.yaml its own ways. Where they differ on what people
//! write, `source` and `strict` follow ruamel.yaml. What is left differs on text like
//! `{-}`, `...` at the start of a file, tags in the middle of a word, a `!!int` that is none, or
//! a tab-indented line after a key and an empty line.

mod characters;
mod compose;
mod date;
mod explain;
mod json;
mod merge;
mod scalar;
mod source;
mod strict;
mod tree;

pub(crate) use compose::{Refused, compose, compose_begun};
pub(crate) use json::Expander;
pub(crate) use scalar::Scalar;
pub(crate) use source::SourceText;
pub(crate) use tree::{Content, Key, Mapping, MappingEntry, Tree, Value};
pub use tree::{Position, Span};
