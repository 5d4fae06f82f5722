//! Where the flow's outputs come from.

use super::names::Names;
use crate::problem::{Problem, quoted};
use crate::read::{Draft, DraftOutput, Link};
use crate::suggest::Suggestion;

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
    let missing = |kind: &str, prefix: &str, name: &str, near: Suggestion<'_>| {
        let message = format!(
            "The output {title} refers to the {kind} {}, which doesn't exist.{}",
            quoted(name),
            near.sentence(),
        );
        let problem = Problem::new("OutputReferenceNotFound", reference.span(), message);
        Some(near.mends_reference(problem, prefix))
    };
    match Link::of(reference) {
        Link::FlowInput(name) if !names.has_input(name) => {
            let near = Suggestion::of(name, names.inputs(), before);
            missing("input", "inputs.", name, near)
        }
        Link::Node { name, .. } if names.node(name).is_none() => {
            let near = Suggestion::of(name, names.nodes(), before);
            missing("node", "", name, near)
        }
        Link::Literal | Link::FlowInput(_) | Link::Node { .. } => None,
    }
}
