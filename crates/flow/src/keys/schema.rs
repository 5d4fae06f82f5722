//! The JSON Schema of a `flow.dag.yaml`, made of the table.
//!
//! It accepts what promptflow loads and refuses what it doesn't, as far as a schema can tell. So it takes unknown keys, as
//! promptflow does. What no schema can say: that a reference names something, that nodes have different names and don't wait
//! for each other, that a node for each line takes no aggregation node's output, and what YAML itself refuses.

use serde_json::{Map, Value as Json, json};

use super::{Holds, Key, Reading, Section};
use crate::model::{NodeType, ValueType};

/// Where a server of ours gives it, without sign-in.
pub const SCHEMA_ADDRESS: &str = "/schemas/flow.dag.schema.json";

/// The schema, of draft 2020-12.
#[must_use]
pub fn schema() -> Json {
    let sections = Section::ALL.into_iter().filter(|one| *one != Section::Flow);
    let definitions: Map<String, Json> = sections
        .map(|one| (name(one).to_owned(), section(one)))
        .collect();
    let about =
        "A prompt flow: its inputs, outputs and nodes. An empty file is a flow without any.";
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "flow.dag.yaml",
        "description": about,
        "type": ["object", "null"],
        // Of a flex flow promptflow reads its entry alone.
        "if": {"type": "object", "required": ["entry"]},
        "then": {"properties": described(Section::Flow)},
        "else": {"properties": properties(Section::Flow)},
        "$defs": definitions,
    })
}

fn section(section: Section) -> Json {
    let required: Vec<_> = section.keys().filter(|key| key.is_required).collect();
    let required: Vec<&str> = required.iter().map(|key| key.name).collect();
    let mut schema = json!({"type": "object", "properties": properties(section)});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn properties(section: Section) -> Map<String, Json> {
    let keys = section.keys();
    keys.map(|key| (key.name.to_owned(), property(key)))
        .collect()
}

/// What keys mean, whatever they hold.
fn described(section: Section) -> Map<String, Json> {
    let keys = section.keys();
    keys.map(|key| (key.name.to_owned(), json!({"description": key.meaning})))
        .collect()
}

fn property(key: &Key) -> Json {
    let mut schema = match key.reading {
        Reading::Strict => holding(key),
        Reading::OrNothing => json!({"anyOf": [
            holding(key),
            {"enum": [null, false, 0, "", [], {}]},
        ]}),
        Reading::Free => free(key),
    };
    schema["description"] = json!(key.meaning);
    schema
}

/// What promptflow refuses else.
fn holding(key: &Key) -> Json {
    match key.holds {
        Holds::ValueType => json!({"enum": ValueType::ALL.map(ValueType::as_str)}),
        Holds::ValueTypes => {
            let one = json!({"enum": ValueType::ALL.map(ValueType::as_str)});
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Holds::NodeType => json!({"enum": NodeType::ALL.map(NodeType::as_str)}),
        Holds::Section(one) => reference(one),
        Holds::Named(one) => json!({"type": "object", "additionalProperties": reference(one)}),
        Holds::List(one) => json!({"type": "array", "items": reference(one)}),
        Holds::Values => json!({"type": "object"}),
        Holds::Words => json!({"anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
        ]}),
        Holds::Text => json!({"type": "string"}),
        // Nothing of these is refused.
        Holds::Truth
        | Holds::Any
        | Holds::OneOf(_)
        | Holds::Reference
        | Holds::File
        | Holds::Connection
        | Holds::PackageTool
        | Holds::Texts => json!({}),
    }
}

/// Whatever the key holds is taken; editors are told what is meant.
fn free(key: &Key) -> Json {
    match (key.section, key.name) {
        // A dictionary's key it becomes, which no list and no mapping can be.
        (Section::Node, "name") => json!({"not": {"type": ["array", "object"]}}),
        (Section::Output, "reference") => json!({"not": {"const": ""}}),
        _ => match key.holds {
            // As an alternative that takes all is there, the words are only offered.
            Holds::OneOf(words) => json!({"anyOf": [{"enum": words}, {}]}),
            Holds::Truth => json!({"anyOf": [{"type": "boolean"}, {}]}),
            Holds::Section(one) => json!({"anyOf": [reference(one), {}]}),
            _ => json!({}),
        },
    }
}

fn reference(section: Section) -> Json {
    json!({"$ref": format!("#/$defs/{}", name(section))})
}

fn name(section: Section) -> &'static str {
    match section {
        Section::Flow => "flow",
        Section::Environment => "environment",
        Section::Input => "input",
        Section::Output => "output",
        Section::Node => "node",
        Section::Source => "source",
        Section::Activate => "activate",
        Section::Variants => "variants",
        Section::Variant => "variant",
        Section::Tool => "tool",
        Section::ToolInput => "toolInput",
        Section::ToolOutput => "toolOutput",
    }
}

#[cfg(test)]
mod tests;
