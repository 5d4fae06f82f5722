//! What the tools of a flow take, as promptflow's executor says.

use std::collections::BTreeMap;

use serde_json::Value;

/// The types of the inputs of tools: by the tool's file or its name in a package, then by the input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolSignatures(BTreeMap<String, BTreeMap<String, Vec<String>>>);

impl ToolSignatures {
    /// Takes in a map of tools, as the executor describes them. What it says of a tool in another shape is left out.
    pub fn take(&mut self, tools: &Value) {
        for (tool, described) in tools.as_object().into_iter().flatten() {
            let Some(inputs) = described.get("inputs").and_then(Value::as_object) else {
                continue;
            };
            let inputs = inputs.iter().map(|(input, described)| {
                let types = described.get("type").and_then(Value::as_array);
                let types = types.into_iter().flatten().filter_map(Value::as_str);
                (input.clone(), types.map(str::to_owned).collect())
            });
            self.0.insert(tool.clone(), inputs.collect());
        }
    }

    /// The types that an input of a tool takes; none for an input that the tool hasn't. `None` for an unknown tool.
    pub(crate) fn types(&self, tool: &str, input: &str) -> Option<&[String]> {
        let inputs = self.0.get(tool)?;
        Some(inputs.get(input).map_or(&[], Vec::as_slice))
    }
}
