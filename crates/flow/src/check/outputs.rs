//! Where the flow's outputs come from.

use super::names::Names;
use crate::problem::{Problem, quoted};
use crate::read::{Draft, DraftOutput, Link};
use crate::suggest::did_you_mean;

pub(super) fn check(draft: &Draft<'_>, names: &Names<'_>, problems: &mut Vec<Problem>) {
    for output in &draft.outputs {
        if let Some(problem) = problem(output, names, problems.len()) {
            problems.push(problem);
        }
    }
}

fn problem(output: &DraftOutput<'_>, names: &Names<'_>, before: usize) -> Option<Problem> {
    let definition = output.definition?;
    let title = quoted(&output.name.display());
    let empty = |span| {
        let message = format!(
            "The output {title} has no `reference`. Say where it comes from: '${{node.output}}'."
        );
        Problem::new("EmptyOutputReference", span, message)
    };
    let Some(reference) = definition.get("reference") else {
        return Some(empty(output.name.span()));
    };
    if reference.as_str() == Some("") {
        return Some(empty(reference.span()));
    }
    let missing = |kind: &str, name: &str, hint: String| {
        let message = format!(
            "The output {title} refers to the {kind} {}, which doesn't exist.{hint}",
            quoted(name)
        );
        Some(Problem::new(
            "OutputReferenceNotFound",
            reference.span(),
            message,
        ))
    };
    match Link::of(reference) {
        Link::FlowInput(name) if !names.has_input(name) => {
            missing("input", name, did_you_mean(name, names.inputs(), before))
        }
        Link::Node { name, .. } if names.node(name).is_none() => {
            missing("node", name, did_you_mean(name, names.nodes(), before))
        }
        Link::Literal | Link::FlowInput(_) | Link::Node { .. } => None,
    }
}
