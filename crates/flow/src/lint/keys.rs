//! Keys that nobody reads.

use super::bodies::Body;
use crate::keys::Section;
use crate::mend::Mend;
use crate::problem::{Problem, quoted};
use crate::suggest::nearest;
use crate::yaml::{Mapping, Value};

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
    keys.unknown(root, Section::Flow);
    keys.unknown_of(root.get("environment"), Section::Environment);
    for value in entries_of(root, "inputs") {
        keys.unknown_of(Some(value), Section::Input);
    }
    for value in entries_of(root, "outputs") {
        keys.unknown_of(Some(value), Section::Output);
    }
    for body in bodies {
        keys.unknown(body.node, Section::Node);
        keys.unknown_of(body.node.get("source"), Section::Source);
        keys.unknown_of(body.node.get("activate"), Section::Activate);
    }
    for value in entries_of(root, "node_variants") {
        keys.unknown_of(Some(value), Section::Variants);
        let variants = value.as_mapping();
        for variant in variants
            .into_iter()
            .flat_map(|of| entries_of(of, "variants"))
        {
            if keys.left == 0 {
                return;
            }
            keys.unknown_of(Some(variant), Section::Variant);
        }
    }
}

/// In a flex flow: at the top, as what is below is its entry's.
pub(super) fn of_flex(root: Mapping<'_>, warnings: &mut Vec<Problem>) {
    let mut keys = Keys::new(warnings);
    keys.unknown(root, Section::Flow);
    keys.unknown_of(root.get("environment"), Section::Environment);
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

    fn unknown_of(&mut self, value: Option<Value<'_>>, section: Section) {
        if let Some(mapping) = value.and_then(Value::as_mapping) {
            self.unknown(mapping, section);
        }
    }

    fn unknown(&mut self, mapping: Mapping<'_>, section: Section) {
        // At the top, nothing has to be said of where.
        let of = match section {
            Section::Flow => String::new(),
            _ => format!(" {}", section.title()),
        };
        for entry in mapping.entries() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            if entry
                .key
                .as_str()
                .is_some_and(|name| section.key(name).is_some())
            {
                continue;
            }
            let name = entry.key.display();
            let older = OLDER
                .iter()
                .find(|(old, _)| *old == name && section == Section::Node);
            let near = match older {
                Some(_) => None,
                None if self.suggested < MOST_SUGGESTED => {
                    self.suggested += 1;
                    nearest(&name, section.keys().map(|key| key.name))
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
