//! Nodes that don't say what they run.

use super::bodies::Body;
use crate::model::NodeType;
use crate::problem::{Problem, Weight};

/// `has_files`: a flow that is looked at as a whole; parts of one are often without sources.
pub(super) fn check(body: &Body<'_>, has_files: bool, warnings: &mut Vec<Problem>) {
    if !matches!(
        body.node_type(),
        Some(NodeType::Llm | NodeType::Python | NodeType::Prompt | NodeType::CustomLlm)
    ) {
        return;
    }
    let Some(source) = body.node.entry("source") else {
        if has_files {
            let message = format!(
                "The node {} has no `source`, so the run fails. Add one with a `path`.",
                body.title
            );
            let problem = Problem::doubtful("NodeWithoutSource", body.span, message);
            warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
        }
        return;
    };
    let Some(mapping) = source.value.as_mapping() else {
        return;
    };
    if body.source_type() == "package" {
        return;
    }
    let path = mapping.entry("path");
    let is_empty = path.is_none_or(|path| path.value.is_null() || path.value.as_str() == Some(""));
    if !is_empty {
        return;
    }
    let span = path.map_or(source.key.span(), |path| path.key.span());
    let message = format!(
        "The node {} has no `path` in its source, so the run fails. Name its file.",
        body.title
    );
    let problem = Problem::doubtful("EmptySourcePath", span, message);
    warnings.push(problem.weighing(body.weight(Weight::FailsRun)));
}
