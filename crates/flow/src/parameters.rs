//! What the tool of a node takes, for completion and hover.

use crate::entry::{PythonTool, python_tool};
use crate::model::{NodeType, ValueType};
use crate::sources::jinja::variables;
use crate::tools::{PACKAGED, Parameter, api, package_tool};

/// An input that a tool takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolInput {
    /// Its name.
    pub name: String,
    /// Its type, as its tool declares it; `None` where it declares none.
    pub value_type: Option<String>,
    /// Whether a run fails without.
    pub is_required: bool,
}

/// A node, as far as it decides what its tool takes.
#[derive(Debug, Clone, Copy, Default)]
pub struct ToolOf<'a> {
    /// `type`.
    pub node_type: Option<NodeType>,
    /// `api`, of an LLM node.
    pub api: Option<&'a str>,
    /// `source.tool`.
    pub package_tool: Option<&'a str>,
    /// The text of the file at `source.path`, where it is known.
    pub source: Option<&'a str>,
}

impl ToolOf<'_> {
    /// What it takes, each name once; empty where nothing is known of it.
    #[must_use]
    pub fn inputs(self) -> Vec<ToolInput> {
        let mut inputs: Vec<ToolInput> = Vec::new();
        let mut add = |more: Vec<ToolInput>| {
            for input in more {
                if inputs.iter().all(|known| known.name != input.name) {
                    inputs.push(input);
                }
            }
        };
        if let Some(tool) = self.package_tool.and_then(package_tool) {
            add(of_package(tool.parameters));
        }
        if self.node_type == Some(NodeType::Python) {
            add(self.source.map(of_python).unwrap_or_default());
            return inputs;
        }
        add(self.source.map(of_template).unwrap_or_default());
        if self.node_type == Some(NodeType::Llm) && self.package_tool.is_none() {
            let api = api(self.api.unwrap_or("chat"));
            add(api
                .map(|api| of_package(api.parameters))
                .unwrap_or_default());
        }
        inputs
    }
}

/// The tools of the base packages, by the names that nodes give.
pub fn package_tools() -> impl Iterator<Item = &'static str> {
    PACKAGED.iter().map(|tool| tool.id)
}

fn of_package(parameters: &[Parameter]) -> Vec<ToolInput> {
    let one = |parameter: &Parameter| ToolInput {
        name: parameter.name.to_owned(),
        value_type: Some(
            parameter
                .value_type
                .map_or("connection", ValueType::as_str)
                .to_owned(),
        ),
        is_required: parameter.is_required,
    };
    parameters.iter().map(one).collect()
}

fn of_python(source: &str) -> Vec<ToolInput> {
    let PythonTool::One(signature) = python_tool(source) else {
        return Vec::new();
    };
    let parameters = signature.parameters.into_iter();
    parameters
        .map(|parameter| ToolInput {
            is_required: parameter.default.is_none(),
            name: parameter.name,
            value_type: parameter.annotation,
        })
        .collect()
}

fn of_template(source: &str) -> Vec<ToolInput> {
    let found = variables(source);
    let read = found.map(|found| found.read).unwrap_or_default();
    read.into_iter()
        .map(|name| ToolInput {
            name,
            value_type: None,
            is_required: true,
        })
        .collect()
}
