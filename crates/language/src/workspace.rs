//! What is known of a flow and what is around it.

use std::collections::{BTreeMap, BTreeSet};

use flowdeck_flow::{Document, Element, FileNames, NodeType, Sources, ToolInput, ToolOf};
use serde::{Deserialize, Serialize};

use crate::navigate::plain;
use crate::occurrences::bodies;

/// A flow folder, and what a session or server knows beside it. Everything may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workspace {
    /// The file that defines the flow, in its folder.
    pub definition: String,
    /// All files of the folder, as paths with `/`; `None` where they aren't known, so that none is missing.
    pub files: Option<Vec<String>>,
    /// The texts of files, as far as they are known: the definition, and the files that nodes name.
    pub texts: BTreeMap<String, String>,
    /// The connections that nodes may name.
    pub connections: Vec<Connection>,
    /// The deployments and models that LLM nodes may name.
    pub models: Vec<String>,
    /// The packages that are installed, or that an index has.
    pub packages: Vec<String>,
}

/// A connection that a node may name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Its name.
    pub name: String,
    /// Its type, for people.
    pub kind: String,
}

impl Workspace {
    /// The text of a file, where it is known.
    pub(crate) fn text(&self, file: &str) -> Option<&str> {
        let plain = file.strip_prefix("./").unwrap_or(file);
        self.texts.get(plain).map(String::as_str)
    }

    pub(crate) fn is_definition(&self, file: &str) -> bool {
        file == self.definition
    }

    pub(crate) fn definition_text(&self) -> &str {
        self.text(&self.definition).unwrap_or_default()
    }

    /// Whether the folder has a file, or nobody knows its files.
    pub(crate) fn may_have(&self, file: &str) -> bool {
        let plain = file.strip_prefix("./").unwrap_or(file);
        let known = self.files.as_ref();
        known.is_none_or(|files| files.iter().any(|known| known == plain))
    }

    pub(crate) fn file_names(&self) -> Option<FileNames> {
        self.files.as_ref().map(|files| files.iter().collect())
    }

    pub(crate) fn sources(&self) -> Sources {
        let others = self.texts.iter();
        others
            .filter(|(path, _)| **path != self.definition)
            .map(|(path, text)| (path, text.as_str()))
            .collect()
    }
}

impl Workspace {
    /// What the tool of a node takes.
    pub(crate) fn tool_of(&self, node: Element<'_>) -> Vec<ToolInput> {
        let text = |key: &str| node.get(key).and_then(Element::text);
        let source = node.get("source");
        let of_source = |key: &str| source.and_then(|source| source.get(key)?.text());
        let tool = ToolOf {
            node_type: text("type").and_then(NodeType::parse),
            api: text("api"),
            package_tool: of_source("tool"),
            source: of_source("path").and_then(|path| self.text(path)),
        };
        tool.inputs()
    }

    /// Whether a file lists packages: the definition names it, or its name says so.
    pub(crate) fn is_requirements(&self, file: &str) -> bool {
        let name = file.rsplit('/').next().unwrap_or_default();
        name.starts_with("requirements") && name.ends_with(".txt")
    }
}

/// The files that the nodes of a definition run, as paths in the flow folder: those whose texts a [`Workspace`] wants.
#[must_use]
pub fn source_paths(definition: &str) -> BTreeSet<String> {
    let document = Document::read(definition);
    let bodies = document.root().into_iter().flat_map(bodies);
    let paths = bodies.filter_map(|(body, _)| body.get("source")?.get("path")?.text());
    paths.map(plain).collect()
}
