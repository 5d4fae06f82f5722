//! Requests to the executor.

use std::path::Path;

use flowdeck_contract::{Values, ids::RunId, runs::NodeVariant};
use flowdeck_flow::INIT;
use serde_json::{Map, Value, json};

use super::json as python;
use crate::engine::ExecutorRequest;

/// One execution of a flow or of one of its nodes.
pub struct Execution<'a> {
    /// The run that it is part of.
    pub run: &'a RunId,
    /// The flow folder, or a copy of it.
    pub folder: &'a Path,
    /// The definition's file in it.
    pub file: &'a str,
    /// Where files that it makes go.
    pub output: &'a Path,
    /// The file that what it prints goes to.
    pub log: &'a Path,
    /// Where the pieces of outputs go, and whether LLM nodes give pieces.
    pub stream: (&'a Path, bool),
    /// The inputs of the flow, by name.
    pub inputs: &'a Values,
    /// Whether inputs that are called `init.NAME` are arguments of a class: in a flex flow.
    pub has_init: bool,
    /// The variant that runs in place of its node's default one.
    pub variant: Option<&'a NodeVariant>,
    /// What the definition says that the flow's processes are given.
    pub environment_variables: Map<String, Value>,
    /// Its connections, in the executor's shape.
    pub connections: Map<String, Value>,
    /// Every form of the secrets among what it's given: the session's log has none of them.
    pub masks: &'a [String],
    /// A node alone, with the outputs of those that it refers to.
    pub node: Option<(&'a str, Values)>,
}

impl Execution<'_> {
    /// As the executor takes it.
    pub fn request(&self) -> ExecutorRequest {
        let mut body = json!({
            "run_id": self.run.as_str(),
            "working_dir": self.folder,
            "flow_file": self.file,
            "output_dir": self.output,
            "log_path": self.log,
            "environment_variables": self.environment_variables,
            "connections": self.connections,
            "masks": self.masks,
        });
        if let Some(variant) = self.variant {
            body["variants"] = json!({ variant.node.as_str(): variant.id });
        }
        let (inputs, init) = self.inputs_and_init();
        let mut exact = Vec::new();
        let path = match &self.node {
            None => {
                exact.push(("inputs", &inputs));
                exact.push(("init_kwargs", &init));
                body["stream_path"] = json!(self.stream.0);
                body["stream_models"] = json!(self.stream.1);
                "/execution/flow"
            }
            Some((node, outputs)) => {
                body["node_name"] = json!(node);
                exact.push(("flow_inputs", &inputs));
                exact.push(("dependency_nodes_outputs", outputs));
                "/execution/node"
            }
        };
        let mut body = body.to_string();
        // Python’s JSON has numbers that a JSON value cannot hold.
        body.truncate(body.len() - 1);
        for (name, values) in exact {
            body.push_str(&format!(",\"{name}\":{}", python::write_all(values)));
        }
        body.push('}');
        ExecutorRequest {
            path,
            body: Some(body),
        }
    }
}

/// What Python tools take, by their files in a flow folder. The executor loads each in a process of its own.
pub fn tool_meta<'f>(folder: &Path, files: impl Iterator<Item = &'f str>) -> ExecutorRequest {
    let tools: Map<String, Value> = files
        .map(|file| (file.to_owned(), json!({"tool_type": "python"})))
        .collect();
    ExecutorRequest {
        path: "/tool/meta",
        body: Some(json!({"working_dir": folder, "tools": tools}).to_string()),
    }
}

/// What the tools of installed packages take.
#[must_use]
pub fn package_tools() -> ExecutorRequest {
    ExecutorRequest {
        path: "/tool/package_tools",
        body: None,
    }
}

impl Execution<'_> {
    /// What the flow is called with, and what its class is made with.
    fn inputs_and_init(&self) -> (Values, Values) {
        let (mut inputs, mut init) = (Values::default(), Values::default());
        for (name, value) in self.inputs.iter() {
            match name.strip_prefix(INIT).filter(|_| self.has_init) {
                Some(name) => init.insert(name, value.clone()),
                None => inputs.insert(name, value.clone()),
            }
        }
        (inputs, init)
    }
}

/// Ends a run. It is answered when the run has ended, at the latest after half a minute; also when there is no such run.
pub fn cancel(run: &RunId) -> ExecutorRequest {
    ExecutorRequest {
        path: "/execution/cancel",
        body: Some(json!({ "run_id": run.as_str() }).to_string()),
    }
}
