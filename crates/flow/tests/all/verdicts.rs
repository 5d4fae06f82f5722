//! Flows with promptflow's own verdicts: ours in `corpus`, one or more for each rule, and
//! promptflow's, where the folder that holds them stands beside the repository.
//!
//! `verdicts.jsonl` is what promptflow 1.18.5 answered when the flow was loaded and validated as
//! its executor does, without importing tools. In a flow that is not ok, the comment `# here`
//! marks the line of the error that promptflow stops at.

#![expect(clippy::expect_used, reason = "a test may stop at what it cannot read")]

use std::path::{Path, PathBuf};

use flowdeck_flow::{FlowKind, Report, check};
use serde::Deserialize;

#[derive(Deserialize)]
struct Verdict {
    path: String,
    kind: Option<String>,
    ok: bool,
    order: Option<Vec<String>>,
    error: Option<String>,
}

#[test]
fn agrees_with_promptflow_on_our_corpus() {
    let folder = crate_folder().join("tests/corpus");
    assert_agreement(&folder);
}

#[test]
fn agrees_with_promptflow_on_the_reference_flows() {
    let folder = crate_folder().join("../../../shared/reference/flows");
    if folder.is_dir() {
        assert_agreement(&folder);
    } else {
        eprintln!("skipped: agrees_with_promptflow_on_the_reference_flows, they are not here");
    }
}

/// Every file of the corpus has a verdict, so that none is forgotten.
#[test]
fn every_flow_of_our_corpus_has_a_verdict() {
    let folder = crate_folder().join("tests/corpus");
    let mut judged: Vec<String> = verdicts(&folder)
        .into_iter()
        .map(|verdict| verdict.path)
        .collect();
    let names = std::fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").file_name());
    let mut flows: Vec<String> = names
        .map(|name| name.into_string().expect("UTF-8"))
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    judged.sort();
    flows.sort();
    assert_eq!(judged, flows);
}

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn verdicts(folder: &Path) -> Vec<Verdict> {
    let lines = std::fs::read_to_string(folder.join("verdicts.jsonl")).expect("verdicts.jsonl");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a verdict"))
        .collect()
}

fn assert_agreement(folder: &Path) {
    let verdicts = verdicts(folder);
    assert!(!verdicts.is_empty());
    let wrong: Vec<String> = verdicts
        .iter()
        .filter_map(|verdict| disagreement(folder, verdict))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        verdicts.len(),
        wrong.join("\n")
    );
}

fn disagreement(folder: &Path, verdict: &Verdict) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(&verdict.path)).expect("a flow");
    let report = check(&text);
    let error = report.errors().next().map(|finding| finding.code.clone());
    let agrees = report.ok() == verdict.ok
        && error == verdict.error
        && (!verdict.ok
            || (verdict.kind.as_deref() == Some(kind(&report)) && report.order == verdict.order))
        && marked_line(&text).is_none_or(|line| {
            report
                .errors()
                .next()
                .is_some_and(|finding| finding.line == line)
        });
    (!agrees).then(|| {
        format!(
            "{}: {:?} {:?}\n  {report:?}",
            verdict.path, verdict.error, verdict.order
        )
    })
}

fn kind(report: &Report) -> &'static str {
    match report.kind {
        FlowKind::Dag => "dag",
        FlowKind::Flex => "flex",
        FlowKind::Prompty => "prompty",
    }
}

fn marked_line(text: &str) -> Option<u32> {
    let line = text.split('\n').position(|line| line.ends_with("# here"))?;
    u32::try_from(line + 1).ok()
}
