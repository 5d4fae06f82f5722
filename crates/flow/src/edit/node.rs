//! What a node says of the service that it calls.

use std::{fmt, ops::Range};

use serde_json::Value as Json;

use super::{EditError, lines::Lines, spelling::spellings};
use crate::yaml::{Expander, Mapping, MappingEntry, SourceText, Tree, Value, compose};

/// Which value of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKey<'k> {
    /// `connection` of an LLM node.
    Connection,
    /// The input of that name.
    Input(&'k str),
    /// As [`NodeKey::Input`], with a value that is JSON: a number, a truth, a list or a mapping.
    InputJson(&'k str),
    /// Which of its variants is the default one: one of those that the text has.
    DefaultVariant,
}

/// A text with another value in a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeEdit {
    /// The whole text.
    pub text: String,
    /// The line of the value, from 1.
    pub line: u32,
}

/// Why a node was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEditError {
    /// The text is no YAML, or no mapping.
    Unreadable,
    /// No node of the text has that name, or several have it.
    NoNode,
    /// The node has no variant of that id.
    NoVariant,
    /// The node says it in a way that is better changed by hand, as with anchors.
    Unusual {
        /// The line on which it does, from 1.
        line: u32,
    },
}

impl NodeEditError {
    /// Where to change it by hand: a line, from 1.
    #[must_use]
    pub fn line(self) -> u32 {
        match self {
            NodeEditError::Unreadable | NodeEditError::NoNode | NodeEditError::NoVariant => 1,
            NodeEditError::Unusual { line } => line,
        }
    }
}

impl fmt::Display for NodeEditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NodeEditError::Unreadable => EditError::Unreadable.fmt(f),
            NodeEditError::NoNode => f.write_str(
                "No node has this name, or more than one node has it. Fix it in raw file mode first.",
            ),
            NodeEditError::NoVariant => {
                f.write_str("The node has no variant of this name. Look at it in raw file mode.")
            }
            NodeEditError::Unusual { line } => write!(
                f,
                "flowdeck can't change the way line {line} is written without changing something else. Change it in raw file mode."
            ),
        }
    }
}

impl std::error::Error for NodeEditError {}

/// The text with another value of a node: of its default variant, where it has variants. Nothing but that value changes,
/// and the lines of everything else stay byte for byte.
///
/// # Errors
/// When the text is no YAML mapping, has no such node, or writes the value in a way that can't be changed by itself.
pub fn set_node_value(
    text: &str,
    node: &str,
    key: NodeKey<'_>,
    value: &str,
) -> Result<NodeEdit, NodeEditError> {
    let before = Known::of(text, node, key)?;
    let line = before.line_of(text, key);
    if before.value(key) == Some(value) {
        let text = text.to_owned();
        return Ok(NodeEdit { text, line });
    }
    if key == NodeKey::DefaultVariant && !before.has_variant(value) {
        return Err(NodeEditError::NoVariant);
    }
    let wanted = before.with(key, value);
    let means_it = |edited: &String| {
        Known::of(edited, node, key)
            .is_ok_and(|after| after.json == wanted && is_text(edited, &after, key, value))
    };
    let written = before.written(text, key);
    let spellings = match key {
        NodeKey::InputJson(_) => vec![value.to_owned()],
        _ => spellings(value, written.as_deref()),
    };
    spellings
        .iter()
        .filter_map(|spelling| edited(text, &before, key, spelling))
        .find(means_it)
        .map(|text| {
            let line = Known::of(&text, node, key).map_or(line, |after| after.line_of(&text, key));
            NodeEdit { text, line }
        })
        .ok_or(NodeEditError::Unusual { line })
}

/// What a text says, and where the node is in it.
struct Known {
    json: Json,
    path: Vec<Step>,
}

/// A step into a document.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Key(String),
    Item(usize),
}

impl Known {
    fn of(text: &str, node: &str, key: NodeKey<'_>) -> Result<Self, NodeEditError> {
        let source = SourceText::new(text);
        let (tree, problems) = compose(&source).map_err(|_| NodeEditError::Unreadable)?;
        let root = tree.root().filter(|_| problems.is_empty());
        let root = root.ok_or(NodeEditError::Unreadable)?;
        let mapping = root.as_mapping().ok_or(NodeEditError::Unreadable)?;
        let path = match key {
            NodeKey::DefaultVariant => variants_path(mapping, node),
            NodeKey::Connection | NodeKey::Input(_) | NodeKey::InputJson(_) => path(mapping, node),
        };
        let path = path.ok_or(NodeEditError::NoNode)?;
        let mut expander = Expander::for_text_of(text.len());
        let json = expander.json(root);
        if expander.exhausted_at().is_some() {
            return Err(NodeEditError::Unreadable);
        }
        Ok(Self { json, path })
    }

    /// Whether there is a variant of that id, which is a text.
    fn has_variant(&self, id: &str) -> bool {
        let variants = self.at().and_then(|of_node| of_node.get("variants"));
        variants.is_some_and(|variants| variants.get(id).is_some())
    }

    /// What is at the path.
    fn at(&self) -> Option<&Json> {
        self.path
            .iter()
            .try_fold(&self.json, |json, step| match step {
                Step::Key(key) => json.get(key),
                Step::Item(at) => json.get(at),
            })
    }

    /// The value that is there, where it is a text.
    fn value(&self, key: NodeKey<'_>) -> Option<&str> {
        let node = self.at()?;
        match key {
            NodeKey::Connection => node.get("connection")?.as_str(),
            NodeKey::Input(name) => node.get("inputs")?.get(name)?.as_str(),
            NodeKey::DefaultVariant => node.get(DEFAULT_VARIANT)?.as_str(),
            NodeKey::InputJson(_) => None,
        }
    }

    /// What the text is to say.
    fn with(&self, key: NodeKey<'_>, value: &str) -> Json {
        let mut json = self.json.clone();
        let node = self
            .path
            .iter()
            .try_fold(&mut json, |json, step| match step {
                Step::Key(key) => json.get_mut(key),
                Step::Item(at) => json.get_mut(at),
            });
        if let Some(Json::Object(node)) = node {
            match key {
                NodeKey::Connection => {
                    node.insert("connection".to_owned(), value.into());
                }
                NodeKey::DefaultVariant => {
                    node.insert(DEFAULT_VARIANT.to_owned(), value.into());
                }
                NodeKey::Input(name) | NodeKey::InputJson(name) => {
                    let value = match key {
                        NodeKey::InputJson(_) => serde_json::from_str(value).unwrap_or_default(),
                        _ => Json::from(value),
                    };
                    let inputs = node.entry("inputs").or_insert_with(|| Json::Null);
                    if inputs.is_null() {
                        *inputs = Json::Object(serde_json::Map::new());
                    }
                    if let Json::Object(inputs) = inputs {
                        inputs.insert(name.to_owned(), value);
                    }
                }
            }
        }
        json
    }

    /// The line of the value, else of what it belongs to.
    fn line_of(&self, text: &str, key: NodeKey<'_>) -> u32 {
        let source = SourceText::new(text);
        let Ok((tree, _)) = compose(&source) else {
            return 1;
        };
        let Some(node) = mapping_at(&tree, &self.path) else {
            return 1;
        };
        let inputs = node.entry("inputs");
        let entry = match key {
            NodeKey::Connection => node.entry("connection"),
            NodeKey::DefaultVariant => node.entry(DEFAULT_VARIANT),
            NodeKey::Input(name) | NodeKey::InputJson(name) => inputs
                .and_then(|inputs| inputs.value.as_mapping()?.entry(name))
                .or(inputs),
        };
        entry
            .map_or(node.head(), |entry| entry.key.span())
            .start
            .line
    }

    /// How the value is written.
    fn written(&self, text: &str, key: NodeKey<'_>) -> Option<String> {
        let source = SourceText::new(text);
        let (tree, _) = compose(&source).ok()?;
        let entry = entry(mapping_at(&tree, &self.path)?, key)?;
        Lines::new(text).written(entry.value).map(str::to_owned)
    }
}

/// Whether the value is a text, rather than a date or a number that looks the same as JSON.
fn is_text(text: &str, known: &Known, key: NodeKey<'_>, value: &str) -> bool {
    if matches!(key, NodeKey::InputJson(_)) {
        return true;
    }
    let source = SourceText::new(text);
    let Ok((tree, _)) = compose(&source) else {
        return false;
    };
    let found = mapping_at(&tree, &known.path).and_then(|node| entry(node, key));
    found.and_then(|entry| entry.value.as_str()) == Some(value)
}

fn entry<'a>(node: Mapping<'a>, key: NodeKey<'_>) -> Option<MappingEntry<'a>> {
    match key {
        NodeKey::Connection => node.entry("connection"),
        NodeKey::DefaultVariant => node.entry(DEFAULT_VARIANT),
        NodeKey::Input(name) | NodeKey::InputJson(name) => {
            node.get("inputs")?.as_mapping()?.entry(name)
        }
    }
}

const DEFAULT_VARIANT: &str = "default_variant_id";

/// Where the variants of the one node of that name are.
fn variants_path(root: Mapping<'_>, name: &str) -> Option<Vec<Step>> {
    path_of_listed(root, name)?;
    root.get("node_variants")?
        .as_mapping()?
        .get(name)?
        .as_mapping()?;
    let steps = ["node_variants", name].map(|step| Step::Key(step.to_owned()));
    Some(steps.to_vec())
}

/// Where the one node of that name is; its default variant, where it uses variants.
fn path(root: Mapping<'_>, name: &str) -> Option<Vec<Step>> {
    let (at, node) = path_of_listed(root, name)?;
    if node.get_truthy("use_variants").is_none() {
        return Some(vec![Step::Key("nodes".to_owned()), Step::Item(at)]);
    }
    let variants = root.get("node_variants")?.as_mapping()?.get(name)?;
    let id = variants.as_mapping()?.get_str(DEFAULT_VARIANT)?;
    let steps = ["node_variants", name, "variants", id, "node"];
    Some(steps.map(|step| Step::Key(step.to_owned())).to_vec())
}

/// The one node of that name, as it is listed.
fn path_of_listed<'a>(root: Mapping<'a>, name: &str) -> Option<(usize, Mapping<'a>)> {
    let is_named = |value: &Value<'_>| {
        let mapping = value.as_mapping();
        mapping.is_some_and(|mapping| mapping.get_str("name") == Some(name))
    };
    let mut found = root
        .get("nodes")?
        .items()?
        .enumerate()
        .filter(|(_, node)| is_named(node));
    let (at, node) = found.next()?;
    if found.next().is_some() {
        return None;
    }
    Some((at, node.as_mapping()?))
}

pub(super) fn mapping_at<'a>(tree: &'a Tree<'a>, path: &[Step]) -> Option<Mapping<'a>> {
    let root = tree.root()?;
    let at = path.iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.as_mapping()?.get(key),
        Step::Item(at) => value.items()?.nth(*at),
    });
    at?.as_mapping()
}

/// The text with the value spelled so; `None` where this can't tell how.
fn edited(text: &str, known: &Known, key: NodeKey<'_>, spelling: &str) -> Option<String> {
    let source = SourceText::new(text);
    let (tree, _) = compose(&source).ok()?;
    let node = mapping_at(&tree, &known.path)?;
    let lines = Lines::new(text);
    let (range, put) = match key {
        NodeKey::Connection => with_connection(&lines, node, spelling)?,
        NodeKey::Input(name) | NodeKey::InputJson(name) => {
            with_input(&lines, node, name, spelling)?
        }
        NodeKey::DefaultVariant => lines.set(node, DEFAULT_VARIANT, spelling)?,
    };
    Some(lines.replaced(range, &put))
}

/// Beside `api`, as promptflow's own files have it, where there is none yet.
fn with_connection(
    lines: &Lines<'_>,
    node: Mapping<'_>,
    spelling: &str,
) -> Option<(Range<usize>, String)> {
    match node.entry("connection") {
        Some(_) => lines.set(node, "connection", spelling),
        None => {
            let keys = ["api", "provider", "module", "inputs", "source", "type"];
            lines.insert_before(follower(node, &keys)?, node, "connection", spelling)
        }
    }
}

/// What a new entry of a node is put in front of: the first of `keys` that's there, but what a node begins with only when
/// there is nothing else.
fn follower<'a>(node: Mapping<'a>, keys: &[&str]) -> Option<MappingEntry<'a>> {
    let first = node.entries().next()?;
    let others = || node.entries().skip(1);
    let wanted = keys.iter().find_map(|key| {
        let mut others = others();
        others.find(|entry| entry.key.as_str() == Some(*key))
    });
    wanted.or_else(|| others().next()).or(Some(first))
}

fn with_input(
    lines: &Lines<'_>,
    node: Mapping<'_>,
    name: &str,
    spelling: &str,
) -> Option<(Range<usize>, String)> {
    let Some(inputs) = node.entry("inputs") else {
        let first = node.entries().next()?;
        let column = first.key.span().start.column + 2;
        let value = match lines.is_flow(node)? {
            true => format!("{{{name}: {spelling}}}"),
            false => format!("{}{name}: {spelling}", lines.break_to(column)),
        };
        let keys = ["connection", "api", "provider", "module"];
        return lines.insert_before(follower(node, &keys)?, node, "inputs", &value);
    };
    match inputs.value.as_mapping() {
        Some(mapping) => lines.set(mapping, name, spelling),
        None => lines.fill(inputs, name, spelling),
    }
}
