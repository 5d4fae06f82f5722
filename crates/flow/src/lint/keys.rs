//! Keys that nobody reads.

use super::bodies::Body;
use crate::mend::Mend;
use crate::problem::{Problem, quoted};
use crate::suggest::nearest;
use crate::yaml::{Mapping, Value};

/// What promptflow, its tools and its portal write and read.
const TOP: [&str; 22] = [
    "$schema",
    "additional_includes",
    "description",
    "display_name",
    "entry",
    "environment",
    "environment_variables",
    "id",
    "init",
    "inputs",
    "language",
    "message_format",
    "name",
    "node_variants",
    "nodes",
    "outputs",
    "path",
    "sample",
    "tags",
    "tools",
    "type",
    "version",
];
const INPUT: [&str; 6] = [
    "type",
    "default",
    "description",
    "enum",
    "is_chat_input",
    "is_chat_history",
];
const OUTPUT: [&str; 5] = [
    "type",
    "reference",
    "description",
    "evaluation_only",
    "is_chat_output",
];
const NODE: [&str; 14] = [
    "name",
    "type",
    "source",
    "inputs",
    "tool",
    "comment",
    "api",
    "provider",
    "connection",
    "module",
    "aggregation",
    "enable_cache",
    "use_variants",
    "activate",
];
const SOURCE: [&str; 3] = ["type", "path", "tool"];
const ACTIVATE: [&str; 2] = ["when", "is"];
const ENVIRONMENT: [&str; 3] = ["image", "python_requirements_txt", "setup_sh"];
const NODE_VARIANTS: [&str; 2] = ["default_variant_id", "variants"];
const VARIANT: [&str; 2] = ["node", "description"];

/// Those of older flows, each with what replaced it.
const OLDER: [(&str, &str); 2] = [("reduce", "aggregation"), ("skip", "activate")];

/// With aliases, a short text can repeat very many keys.
const MOST_KEYS: usize = 100_000;

/// Only the first ones get a suggestion: each looks at every known key.
const MOST_SUGGESTED: usize = 20;

/// Looks for unknown keys in one mapping after another.
struct Keys<'w> {
    left: usize,
    suggested: usize,
    warnings: &'w mut Vec<Problem>,
}

/// In a DAG: everywhere.
pub(super) fn of_dag(root: Mapping<'_>, bodies: &[Body<'_>], warnings: &mut Vec<Problem>) {
    let mut keys = Keys::new(warnings);
    keys.unknown(root, "", &TOP);
    keys.unknown_of(root.get("environment"), " of `environment`", &ENVIRONMENT);
    for value in entries_of(root, "inputs") {
        keys.unknown_of(Some(value), " of an input", &INPUT);
    }
    for value in entries_of(root, "outputs") {
        keys.unknown_of(Some(value), " of an output", &OUTPUT);
    }
    for body in bodies {
        keys.unknown(body.node, " of a node", &NODE);
        keys.unknown_of(body.node.get("source"), " of `source`", &SOURCE);
        keys.unknown_of(body.node.get("activate"), " of `activate`", &ACTIVATE);
    }
    for value in entries_of(root, "node_variants") {
        keys.unknown_of(Some(value), " of `node_variants`", &NODE_VARIANTS);
        let variants = value.as_mapping();
        for variant in variants
            .into_iter()
            .flat_map(|of| entries_of(of, "variants"))
        {
            if keys.left == 0 {
                return;
            }
            keys.unknown_of(Some(variant), " of a variant", &VARIANT);
        }
    }
}

/// In a flex flow: at the top, as what is below is its entry's.
pub(super) fn of_flex(root: Mapping<'_>, warnings: &mut Vec<Problem>) {
    let mut keys = Keys::new(warnings);
    keys.unknown(root, "", &TOP);
    keys.unknown_of(root.get("environment"), " of `environment`", &ENVIRONMENT);
}

fn entries_of<'a>(mapping: Mapping<'a>, name: &str) -> impl Iterator<Item = Value<'a>> {
    let entries = mapping.get(name).and_then(Value::as_mapping);
    entries
        .into_iter()
        .flat_map(Mapping::entries)
        .map(|entry| entry.value)
}

impl<'w> Keys<'w> {
    fn new(warnings: &'w mut Vec<Problem>) -> Self {
        Self {
            left: MOST_KEYS,
            suggested: 0,
            warnings,
        }
    }

    fn unknown_of(&mut self, value: Option<Value<'_>>, of: &str, known: &[&'static str]) {
        if let Some(mapping) = value.and_then(Value::as_mapping) {
            self.unknown(mapping, of, known);
        }
    }

    fn unknown(&mut self, mapping: Mapping<'_>, of: &str, known: &[&'static str]) {
        for entry in mapping.entries() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            if entry.key.as_str().is_some_and(|name| known.contains(&name)) {
                continue;
            }
            let name = entry.key.display();
            let older = OLDER
                .iter()
                .find(|(old, _)| *old == name && of == " of a node");
            let near = match older {
                Some(_) => None,
                None if self.suggested < MOST_SUGGESTED => {
                    self.suggested += 1;
                    nearest(&name, known.iter().copied())
                }
                None => None,
            };
            let title = quoted(&name);
            let message = match (older, near) {
                // promptflow still reads this one.
                (Some(("reduce", _)), _) => continue,
                (Some((_, new)), _) => {
                    format!("promptflow no longer reads {title}. Use '{new}'.")
                }
                (None, Some(near)) => format!(
                    "promptflow doesn't know the key {title}{of}. Did you mean {}?",
                    quoted(near)
                ),
                (None, None) => format!("promptflow doesn't know the key {title}{of}."),
            };
            let span = entry.key.span();
            // Twice the same key would be an error.
            let mend = near
                .filter(|near| mapping.get(near).is_none())
                .map(|near| Mend::rename(span, &name, near));
            self.warnings
                .push(Problem::doubtful("UnknownKey", span, message).mended_by(mend));
        }
    }
}
