//! `tools`: definitions that flows of the first versions carry (promptflow's `Tool.deserialize`).

use super::Reader;
use super::python;
use crate::model::ValueType;
use crate::problem::Problem;
use crate::yaml::{Mapping, Value};

impl Reader {
    pub(super) fn tool(&mut self, value: Value<'_>) {
        if let Some(tool) = self.note(python::subscript(value, "A tool"))
            && self.afford(tool)
        {
            let read = self.tool_fields(tool);
            self.note(read);
        }
    }

    /// Stops at the first problem: nobody edits these by hand.
    fn tool_fields(&mut self, tool: Mapping<'_>) -> Result<(), Problem> {
        python::required(tool, "name", tool.head(), "The tool")?;
        let tool_type = python::required(tool, "type", tool.head(), "The tool")?;
        python::lower(tool_type, "The tool's `type`")?;
        if let Some(inputs) = tool.get("inputs") {
            for entry in self.affordable(inputs, "`inputs` of a tool")?.entries() {
                let input = python::subscript(entry.value, "An input of a tool")?;
                let value_type = python::required(input, "type", entry.key.span(), "The input")?;
                for value in each(value_type) {
                    python::lower(value, "The input's `type`")?;
                }
            }
        }
        if let Some(outputs) = tool.get("outputs") {
            for entry in self.affordable(outputs, "`outputs` of a tool")?.entries() {
                let output = python::subscript(entry.value, "An output of a tool")?;
                let value_type = python::required(output, "type", entry.key.span(), "The output")?;
                for value in each(value_type) {
                    let names = ValueType::ALL.into_iter().map(ValueType::as_str);
                    python::one_of(value, "The output's `type`", names)?;
                }
            }
        }
        Ok(())
    }

    /// A mapping, if it is not one of too many.
    fn affordable<'a>(&mut self, value: Value<'a>, what: &str) -> Result<Mapping<'a>, Problem> {
        let mapping = python::mapping(value, what)?;
        if self.afford(mapping) {
            return Ok(mapping);
        }
        Err(Problem::new(
            "FlowTooComplex",
            value.span(),
            "Aliases repeat this too often to check it.",
        ))
    }
}

/// The items of a list, or the value alone.
fn each(value: Value<'_>) -> Vec<Value<'_>> {
    match value.items() {
        Some(items) => items.collect(),
        None => vec![value],
    }
}
