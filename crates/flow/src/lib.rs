//! Reads a prompt flow's `flow.dag.yaml`, and says what promptflow would say about it and where;
//! it may not know about sessions, HTTP, files or the browser.

mod check;
pub mod cli;
mod model;
mod outline;
mod problem;
mod read;
mod report;
mod suggest;
mod yaml;

pub use model::{
    Activate, Assignment, Environment, EnvironmentVariable, Flow, FlowInput, FlowKind, FlowOutput,
    FlowType, Node, NodeInput, NodeType, Source, ValueType, Variants,
};
pub use report::{FileNames, Finding, Report, Severity};

use problem::Problem;
use yaml::{Mapping, Refused, SourceText, Tree, compose};

/// Checks the text of a `flow.dag.yaml`. Any text has an answer.
#[must_use]
pub fn check(text: &str) -> Report {
    examine(text, None)
}

/// [`check`], which also warns of source and requirements files that the flow folder has not.
#[must_use]
pub fn check_in(text: &str, files: &FileNames) -> Report {
    examine(text, Some(files))
}

/// How many places of a text are rewritten for the parser before it has the last word.
const MAX_REPAIRS: usize = 16;

fn examine(text: &str, files: Option<&FileNames>) -> Report {
    examine_source(&SourceText::new(text), files, MAX_REPAIRS)
}

fn examine_source(source: &SourceText<'_>, files: Option<&FileNames>, repairs: usize) -> Report {
    let mut report = Report {
        kind: FlowKind::Dag,
        order: None,
        findings: Vec::new(),
        flow: None,
    };
    let mut errors = Vec::new();
    match compose(source) {
        Ok((tree, problems)) => {
            errors = problems;
            examine_document(&tree, source.text().len(), files, &mut report, &mut errors);
        }
        Err(Refused {
            repaired: Some(repaired),
            ..
        }) if repairs > 0 => {
            return examine_source(&repaired, files, repairs - 1);
        }
        Err(refused) => errors.push(refused.problem),
    }
    report.findings = errors
        .into_iter()
        .map(|p| p.into_finding(Severity::Error))
        .collect();
    report
}

fn examine_document(
    tree: &Tree<'_>,
    text_length: usize,
    files: Option<&FileNames>,
    report: &mut Report,
    errors: &mut Vec<Problem>,
) {
    // No document, and a document that is nothing, is a flow without anything.
    let value = tree.root().filter(|root| !root.is_null());
    match value.map_or(Ok(Mapping::empty_in(tree)), |value| {
        value.as_mapping().ok_or(value)
    }) {
        Ok(root) => examine_flow(root, text_length, files, report, errors),
        Err(value) => {
            let message = format!(
                "A flow file is a mapping (`nodes:`, `inputs:` …), but this is {}.",
                value.kind()
            );
            errors.push(Problem::new("AttributeError", value.span(), message));
        }
    }
}

fn examine_flow(
    root: Mapping<'_>,
    text_length: usize,
    _files: Option<&FileNames>,
    report: &mut Report,
    errors: &mut Vec<Problem>,
) {
    let read = match read::read(root, text_length) {
        Ok(read) => read,
        Err(problem) => return errors.push(problem),
    };
    let mut expander = yaml::Expander::for_text_of(text_length);
    if root.get("entry").is_some() {
        report.kind = FlowKind::Flex;
    } else {
        errors.extend(read.problems);
        let checked = check::check(&read.draft);
        errors.extend(checked.problems);
        if errors.is_empty() {
            let name = |&index: &usize| {
                read.draft.nodes[index]
                    .name
                    .map_or_else(|| "None".to_owned(), |n| expander.text(n))
            };
            report.order = Some(checked.order.iter().map(name).collect());
        }
    }
    report.flow = Some(outline::flow(report.kind, root, &read.draft, &mut expander));
}
