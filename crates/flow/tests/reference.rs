//! promptflow's own flows, with its verdicts, where the folder that holds them stands beside the
//! repository.

use std::path::Path;

use flowdeck_flow::{FlowKind, check};
use serde::Deserialize;

#[derive(Deserialize)]
struct Verdict {
    path: String,
    kind: String,
    ok: bool,
    order: Option<Vec<String>>,
    error: Option<String>,
}

#[test]
fn agrees_with_promptflow_on_the_reference_flows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/flows");
    if !folder.is_dir() {
        eprintln!(
            "skipped: agrees_with_promptflow_on_the_reference_flows (no {})",
            folder.display()
        );
        return;
    }
    let verdicts = std::fs::read_to_string(folder.join("verdicts.jsonl")).expect("verdicts.jsonl");
    let verdicts: Vec<Verdict> = verdicts
        .lines()
        .map(|line| serde_json::from_str(line).expect("a verdict"))
        .collect();
    assert!(!verdicts.is_empty());
    let wrong: Vec<String> = verdicts
        .iter()
        .filter_map(|verdict| disagreement(&folder, verdict))
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
    let kind = match report.kind {
        FlowKind::Dag => "dag",
        FlowKind::Flex => "flex",
    };
    let error = report.errors().next().map(|finding| finding.code.clone());
    let agrees = kind == verdict.kind
        && report.ok() == verdict.ok
        && error == verdict.error
        && (!verdict.ok || report.flow.is_some())
        && (verdict.order.is_none() || report.order == verdict.order);
    (!agrees).then(|| {
        format!(
            "{}: {:?} {:?} {:?}",
            verdict.path, verdict.error, report.order, report.findings
        )
    })
}
