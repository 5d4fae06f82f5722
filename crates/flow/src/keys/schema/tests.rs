//! The schema's verdicts beside promptflow's.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;

use super::schema;
use crate::yaml::{Expander, Refused, SourceText, compose};

#[derive(Deserialize)]
struct Verdict {
    path: String,
    ok: bool,
    error: Option<String>,
}

/// What promptflow refuses a flow for after its shape, so that no schema can tell.
const BEYOND: [&str; 7] = [
    "DuplicateNodeName",
    "InputReferenceNotFound",
    "InvalidNodeReference",
    "NodeCircularDependency",
    "NodeReferenceNotFound",
    "OutputReferenceNotFound",
    // How deep a text goes is the reader's to refuse.
    "RecursionError",
];

/// Single flows that no schema can tell, with why.
const SINGLE: [&str; 2] = [
    // A default variant that is a list is refused only where the node uses variants.
    "variant-default-list.yaml",
    // The reader refuses it.
    "value-impossible-date.yaml",
];

/// The text as JSON; `None` of one that isn't YAML.
fn json(text: &str) -> Option<Json> {
    let of = |source: &SourceText<'_>| {
        compose(source).map(|(tree, problems)| {
            let root = tree.root();
            let json = root.map_or(Json::Null, |root| {
                Expander::for_text_of(text.len()).json(root)
            });
            problems.is_empty().then_some(json)
        })
    };
    let mut read = of(&SourceText::new(text));
    for _ in 0..16 {
        match read {
            Err(Refused {
                repaired: Some(repaired),
                ..
            }) => read = of(&repaired),
            Err(_) => return None,
            Ok(json) => return json,
        }
    }
    None
}

fn disagreements(folder: &Path) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let lines = std::fs::read_to_string(folder.join("verdicts.jsonl")).expect("verdicts");
    let verdicts = lines
        .lines()
        .map(|line| serde_json::from_str::<Verdict>(line).expect("a verdict"));
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for verdict in verdicts {
        let error = verdict.error.as_deref().unwrap_or_default();
        let text = std::fs::read_to_string(folder.join(&verdict.path)).expect("a flow");
        let Some(json) = json(&text) else {
            assert!(!verdict.ok, "{}", verdict.path);
            continue;
        };
        let accepted = validator.is_valid(&json);
        refused += usize::from(!accepted);
        let untold =
            !verdict.ok && (BEYOND.contains(&error) || SINGLE.contains(&verdict.path.as_str()));
        if accepted != (verdict.ok || untold) {
            let why = validator.iter_errors(&json).next();
            wrong.push(format!("{}: {error} {why:?}", verdict.path));
        }
    }
    eprintln!("{refused} refused");
    wrong
}

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn it_is_a_schema_itself() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn it_agrees_with_promptflow_on_our_corpus() {
    let wrong = disagreements(&crate_folder().join("tests/corpus"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn it_agrees_with_promptflow_on_the_reference_flows() {
    let folder = crate_folder().join("../../../shared/reference/flows");
    if folder.is_dir() {
        let wrong = disagreements(&folder);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    } else {
        eprintln!("skipped: it_agrees_with_promptflow_on_the_reference_flows, they are not here");
    }
}
