//! Inputs and outputs of the flow.

use super::Reader;
use super::draft::{DraftInput, DraftOutput};
use super::python;
use crate::model::ValueType;
use crate::problem::{Problem, quoted};
use crate::yaml::{Mapping, MappingEntry};

impl Reader {
    pub(super) fn inputs<'a>(&mut self, flow: Mapping<'a>) -> Vec<DraftInput<'a>> {
        let inputs = self.optional_items(flow, "inputs", "`inputs`");
        let entries = inputs.into_iter().flat_map(Mapping::entries);
        entries
            .map(|entry| {
                let definition = self.definition(entry, "input");
                DraftInput {
                    name: entry.key,
                    definition,
                }
            })
            .collect()
    }

    pub(super) fn outputs<'a>(&mut self, flow: Mapping<'a>) -> Vec<DraftOutput<'a>> {
        let outputs = self.optional_items(flow, "outputs", "`outputs`");
        let entries = outputs.into_iter().flat_map(Mapping::entries);
        entries
            .map(|entry| {
                let definition = self.definition(entry, "output");
                DraftOutput {
                    name: entry.key,
                    definition,
                }
            })
            .collect()
    }

    fn definition<'a>(&mut self, entry: MappingEntry<'a>, kind: &str) -> Option<Mapping<'a>> {
        let what = format!("The {kind} {}", quoted(&entry.key.display()));
        let definition = self.note(python::subscript(entry.value, &what))?;
        self.afford(definition);
        self.note(value_type(definition, entry, &what));
        Some(definition)
    }
}

/// `ValueType(data["type"])`.
fn value_type(definition: Mapping<'_>, entry: MappingEntry<'_>, what: &str) -> Result<(), Problem> {
    let value = python::required(definition, "type", entry.key.span(), what)?;
    let names = ValueType::ALL.into_iter().map(ValueType::as_str);
    python::one_of(value, &format!("{what}: its `type`"), names)
}
