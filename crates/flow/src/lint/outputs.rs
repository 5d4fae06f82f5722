//! Outputs that give nothing.

use super::{Subject, bare};
use crate::problem::{Problem, quoted};
use crate::read::{DraftOutput, Link};
use crate::yaml::Value;

pub(super) fn check(subject: &Subject<'_>, warnings: &mut Vec<Problem>) {
    for output in &subject.draft.outputs {
        let Some(reference) = output
            .definition
            .and_then(|definition| definition.get("reference"))
        else {
            continue;
        };
        match Link::of(reference) {
            Link::Literal => warnings.extend(literal(subject, output, reference, warnings.len())),
            Link::Node { name, section, .. } => {
                warnings.extend(of_aggregation(subject, output, reference, name));
                if section != "output" {
                    let message = format!(
                        "Only a node's `output` can be referred to, but this names {}.",
                        quoted(section)
                    );
                    warnings.push(Problem::doubtful(
                        "UnsupportedReference",
                        reference.span(),
                        message,
                    ));
                }
            }
            Link::FlowInput(_) => {}
        }
    }
}

fn literal(
    subject: &Subject<'_>,
    output: &DraftOutput<'_>,
    reference: Value<'_>,
    before: usize,
) -> Option<Problem> {
    // An empty text is an error already.
    if reference.as_str() == Some("") {
        return None;
    }
    let message = format!(
        "The output {} refers to no node or input, so it is always the same. Write '${{node.output}}'.",
        quoted(&output.name.display())
    );
    let span = if reference.is_null() {
        output.name.span()
    } else {
        reference.span()
    };
    let problem = Problem::doubtful("OutputNotAReference", span, message);
    Some(problem.mended_by(bare::mend(reference, subject.names, before)))
}

fn of_aggregation(
    subject: &Subject<'_>,
    output: &DraftOutput<'_>,
    reference: Value<'_>,
    name: &str,
) -> Option<Problem> {
    let node = &subject.draft.nodes[subject.names.node(name)?];
    if !node.aggregation {
        return None;
    }
    let message = format!(
        "The output {} refers to the aggregation node {}, and promptflow leaves it out: it has no value for each line.",
        quoted(&output.name.display()),
        node.title()
    );
    Some(Problem::doubtful(
        "OutputOfAggregation",
        reference.span(),
        message,
    ))
}
