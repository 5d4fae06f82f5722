//! Mappings: repeated keys are refused, and `<<` takes in what other mappings have.

use std::collections::BTreeSet;

use super::tree::{Content, Key, NodeId, Tree, Value};
use crate::problem::{Problem, quoted};

/// How many entries `<<` may still bring in, in one document.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(200_000)
    }
}

/// The entries of a mapping: its own, then those it merges, the first of a name winning.
pub(super) fn resolve<'t>(
    tree: &Tree<'t>,
    pairs: Vec<(NodeId, NodeId)>,
    budget: &mut Budget,
    problems: &mut Vec<Problem>,
) -> Result<Vec<(NodeId, NodeId)>, Problem> {
    let view = |id: NodeId| Value { tree, id };
    let mut seen = BTreeSet::new();
    let mut entries = Vec::with_capacity(pairs.len());
    let mut merges = None;
    for (key, value) in pairs {
        if is_merge(view(key)) {
            if merges.replace(value).is_some() {
                problems.push(repeated(view(key)));
            }
            continue;
        }
        if is_unhashable(view(key)) {
            let message = "A key can't contain lists or mappings. Is a `?` here by mistake?";
            problems.push(Problem::new("TypeError", view(key).span(), message));
        }
        if view(key).key().is_some_and(|name| !seen.insert(name)) {
            problems.push(repeated(view(key)));
            continue;
        }
        entries.push((key, value));
    }
    if let Some(merged) = merges {
        take_in(view(merged), &mut seen, &mut entries, budget, problems)?;
    }
    Ok(entries)
}

/// A list or mapping may be a key, but not when it holds others.
fn is_unhashable(key: Value<'_>) -> bool {
    let nested = |value: Value<'_>| value.key().is_none();
    let in_list = key.items().is_some_and(|mut items| items.any(nested));
    in_list
        || key
            .as_mapping()
            .is_some_and(|mapping| mapping.entries().any(|entry| nested(entry.value)))
}

fn is_merge(key: Value<'_>) -> bool {
    matches!(key.content(), Content::Scalar(scalar) if scalar.is_merge())
}

fn repeated(key: Value<'_>) -> Problem {
    let message = format!(
        "The key {} is given twice in this mapping. Remove one.",
        quoted(&key.display())
    );
    Problem::new("YAMLError", key.span(), message)
}

fn take_in<'a>(
    merged: Value<'a>,
    seen: &mut BTreeSet<Key<'a>>,
    entries: &mut Vec<(NodeId, NodeId)>,
    budget: &mut Budget,
    problems: &mut Vec<Problem>,
) -> Result<(), Problem> {
    let sources = match merged.items() {
        Some(items) => items.collect(),
        None => vec![merged],
    };
    for source in sources {
        let Some(mapping) = source.as_mapping() else {
            let message = format!(
                "`<<` takes in a mapping or a list of mappings, but this is {}.",
                source.kind()
            );
            problems.push(Problem::new("YAMLError", source.span(), message));
            continue;
        };
        for entry in mapping.entries() {
            budget.0 = budget.0.checked_sub(1).ok_or_else(|| {
                Problem::new(
                    "FlowTooComplex",
                    merged.span(),
                    "`<<` brings in too many entries for a check.",
                )
            })?;
            if entry.key.key().is_none_or(|name| seen.insert(name)) {
                entries.push((entry.key.id(), entry.value.id()));
            }
        }
    }
    Ok(())
}
