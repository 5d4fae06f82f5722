//! Keys at the top of the file that nobody reads.

use crate::problem::{Problem, quoted};
use crate::suggest::did_you_mean;
use crate::yaml::Mapping;

/// What promptflow, its tools and its portal write and read.
const KNOWN: [&str; 22] = [
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

pub(super) fn unknown(root: Mapping<'_>, warnings: &mut Vec<Problem>) {
    for entry in root.entries() {
        let name = entry.key.display();
        if entry.key.as_str().is_some_and(|name| KNOWN.contains(&name)) {
            continue;
        }
        let hint = did_you_mean(&name, KNOWN.into_iter(), warnings.len());
        let message = format!("promptflow doesn't know the key {}.{hint}", quoted(&name));
        warnings.push(Problem::new("UnknownKey", entry.key.span(), message));
    }
}
