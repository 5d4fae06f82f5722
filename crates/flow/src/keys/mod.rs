//! The keys of a `flow.dag.yaml`: where each stands, what it holds, what it means, and where that is from.
//!
//! This is the one table of them. The check for unknown keys, completion, what an editor shows on hover, the JSON Schema and
//! the guide are made of it.

mod guide;
mod schema;
mod table;

pub use guide::guide;
pub use schema::{SCHEMA_ADDRESS, schema};
pub use table::KEYS;

/// A mapping of the definition whose keys are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// The whole file.
    Flow,
    /// `environment`.
    Environment,
    /// What is said of an input of the flow.
    Input,
    /// What is said of an output of the flow.
    Output,
    /// A node, also the one of a variant.
    Node,
    /// `source` of a node.
    Source,
    /// `activate` of a node.
    Activate,
    /// The variants of a node.
    Variants,
    /// One variant.
    Variant,
    /// A tool's definition, which flows of the first versions carry.
    Tool,
    /// An input of such a tool.
    ToolInput,
    /// An output of such a tool.
    ToolOutput,
}

impl Section {
    /// All of them, from the outside in.
    pub const ALL: [Self; 12] = [
        Self::Flow,
        Self::Environment,
        Self::Input,
        Self::Output,
        Self::Node,
        Self::Source,
        Self::Activate,
        Self::Variants,
        Self::Variant,
        Self::Tool,
        Self::ToolInput,
        Self::ToolOutput,
    ];

    /// Where it stands, for people: "of a node".
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Flow => "of the flow",
            Self::Environment => "of `environment`",
            Self::Input => "of an input",
            Self::Output => "of an output",
            Self::Node => "of a node",
            Self::Source => "of `source`",
            Self::Activate => "of `activate`",
            Self::Variants => "of `node_variants`",
            Self::Variant => "of a variant",
            Self::Tool => "of a tool",
            Self::ToolInput => "of a tool's input",
            Self::ToolOutput => "of a tool's output",
        }
    }

    /// Its keys, as people order them.
    pub fn keys(self) -> impl Iterator<Item = &'static Key> {
        KEYS.iter().filter(move |key| key.section == self)
    }

    /// Its key of this name.
    #[must_use]
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The mapping that it stands in.
    pub section: Section,
    /// As the file has it.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What promptflow does with a value that isn't that.
    pub reading: Reading,
    /// Whether promptflow refuses a mapping without it.
    pub is_required: bool,
    /// What it means: a sentence or two.
    pub meaning: &'static str,
    /// Who reads it: a class or function of promptflow 1.18.5, or the program that does.
    pub source: &'static str,
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// `true` or `false`.
    Truth,
    /// Any value.
    Any,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The type of an input or output: one of [`ValueType::ALL`](crate::ValueType::ALL).
    ValueType,
    /// One such type, or a list of them.
    ValueTypes,
    /// The type of a node: one of [`NodeType::ALL`](crate::NodeType::ALL).
    NodeType,
    /// `${…}`, or a value.
    Reference,
    /// A file of the flow folder.
    File,
    /// The name of a connection.
    Connection,
    /// A function of an installed package.
    PackageTool,
    /// A mapping with known keys.
    Section(Section),
    /// A mapping of names to such mappings.
    Named(Section),
    /// A list of such mappings.
    List(Section),
    /// A mapping of names to any values.
    Values,
    /// A list of texts.
    Texts,
    /// Text, or a list of texts.
    Words,
}

impl Holds {
    /// What it is, for people, as the predicate of a sentence.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Truth => "`true` or `false`".into(),
            Self::Any => "any value".into(),
            Self::OneOf(words) => words
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", "),
            Self::ValueType => "a type of value".into(),
            Self::ValueTypes => "a type of value, or a list of them".into(),
            Self::NodeType => "a type of node".into(),
            Self::Reference => {
                "a reference, `${inputs.name}` or `${node.output}`, or a value".into()
            }
            Self::File => "a path in the flow folder".into(),
            Self::Connection => "the name of a connection".into(),
            Self::PackageTool => "a tool of a package".into(),
            Self::Section(_) => "a mapping".into(),
            Self::Named(_) => "a mapping of names to mappings".into(),
            Self::List(_) => "a list of mappings".into(),
            Self::Values => "a mapping of names to values".into(),
            Self::Texts => "a list of text".into(),
            Self::Words => "text, or a list of text".into(),
        }
    }
}

/// What promptflow does with a value that isn't what a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It refuses the flow.
    Strict,
    /// It refuses the flow, but takes what is empty: `null`, `false`, `0`, `''`, `[]` or `{}`.
    OrNothing,
    /// It takes the flow. A run may fail, or the value has no effect.
    Free,
}
