//! Nodes that load but fail, or do something else, when they run.

use super::Subject;
use crate::check::Names;
use crate::mend::Mend;
use crate::problem::{Problem, quoted};
use crate::read::{DraftNode, Link};
use crate::yaml::Value;

pub(super) fn check(subject: &Subject<'_>, warnings: &mut Vec<Problem>) {
    for node in &subject.draft.nodes {
        for used in &node.inputs {
            warnings.extend(reference(used.value));
        }
        if let Some(condition) = node.condition {
            warnings.extend(reference(condition));
            warnings.extend(condition_input(node, condition, subject.names));
        }
        warnings.extend(without_type(node));
        warnings.extend(truthy_text(node));
        if subject.is_whole {
            warnings.extend(without_variants(node));
        }
    }
}

/// A reference that is none, or that the executor cannot follow.
fn reference(value: Value<'_>) -> Option<Problem> {
    match Link::of(value) {
        Link::Literal => {
            let text = value.as_str().filter(|text| text.starts_with("${"))?;
            let why = if text.trim_end().ends_with('}') {
                "something follows the `}`"
            } else {
                "it has no `}` at its end"
            };
            let message = format!("This is taken as text, not as a reference: {why}.");
            let mend = unclosed(text).map(|new| Mend {
                label: "Close the reference".to_owned(),
                within: value.span(),
                old: text.to_owned(),
                new,
            });
            Some(Problem::doubtful("MalformedReference", value.span(), message).mended_by(mend))
        }
        Link::Node { section, .. } if section != "output" => {
            let message = format!(
                "Only a node's `output` can be referred to, but this names {}. The run will fail.",
                quoted(section)
            );
            let mend = Mend::rename(value.span(), section, "output");
            let problem = Problem::failing("UnsupportedReference", value.span(), message);
            Some(problem.mended_by(Some(mend)))
        }
        Link::FlowInput(_) | Link::Node { .. } => None,
    }
}

/// A reference that lacks its `}` alone.
fn unclosed(text: &str) -> Option<String> {
    let inner = text.strip_prefix("${")?.trim_end();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    (inner.contains('.') && inner.chars().all(is_name)).then(|| format!("${{{inner}}}"))
}

/// promptflow checks the inputs of nodes, but not conditions.
fn condition_input(
    node: &DraftNode<'_>,
    condition: Value<'_>,
    names: &Names<'_>,
) -> Option<Problem> {
    let Link::FlowInput(name) = Link::of(condition) else {
        return None;
    };
    if names.has_input(name) {
        return None;
    }
    let message = format!(
        "`activate` of the node {} refers to the input {}, which doesn't exist. The run will fail.",
        node.title(),
        quoted(name)
    );
    Some(Problem::failing(
        "ActivateInputNotFound",
        condition.span(),
        message,
    ))
}

fn without_type(node: &DraftNode<'_>) -> Option<Problem> {
    if node.applied.get("type").is_some() {
        return None;
    }
    let message = format!(
        "The node {} has no `type` (python, llm, prompt …), so it can't run.",
        node.title()
    );
    Some(Problem::failing("NodeWithoutType", node.span(), message))
}

/// `aggregation: no` is text to YAML 1.2, and text that is not empty is true to Python.
fn truthy_text(node: &DraftNode<'_>) -> Option<Problem> {
    let value = node.applied.get("aggregation")?;
    let text = value.as_str()?;
    if !["false", "no", "off", "n", "0"].contains(&text.to_lowercase().as_str()) {
        return None;
    }
    let message = format!(
        "promptflow reads {} as true, because it's text. Use `false`.",
        quoted(text)
    );
    let mend = Mend {
        label: "Change to false".to_owned(),
        within: value.span(),
        old: text.to_owned(),
        new: "false".to_owned(),
    };
    Some(Problem::doubtful("MisleadingBoolean", value.span(), message).mended_by(Some(mend)))
}

fn without_variants(node: &DraftNode<'_>) -> Option<Problem> {
    let wants = node
        .listed
        .entry("use_variants")
        .filter(|entry| entry.value.is_truthy())?;
    if node.listed.span() != node.applied.span() {
        return None;
    }
    let message = format!(
        "The node {} uses variants, but `node_variants` has no default variant of it.",
        node.title()
    );
    Some(Problem::doubtful(
        "VariantNotFound",
        wants.key.span(),
        message,
    ))
}
