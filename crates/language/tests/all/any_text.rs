//! Any text and any place have an answer; what is completed or renamed can still be read.

use std::fs;
use std::path::{Path, PathBuf};

use flowdeck_flow::{Document, check};
use flowdeck_language::{Answer, Lines, Position, Request, Span, answer};
use proptest::prelude::*;

use crate::flow::{after, edited, with};

/// The flows of the corpus, and the reference flows where they stand beside the repository.
fn corpus() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "../flow/tests/corpus",
        "../flow/tests/fuzzed",
        "../../../shared/reference/flows",
    ];
    let files = folders
        .iter()
        .filter_map(|folder| fs::read_dir(root.join(folder)).ok());
    let files: Vec<_> = files
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let bytes = fs::read(&path).ok()?;
            (bytes.len() < 20_000).then(|| (path, String::from_utf8_lossy(&bytes).into_owned()))
        })
        .collect();
    assert!(files.len() > 150, "{}", files.len());
    files
}

/// Every step-th place of a text, and one behind each line.
fn places(text: &str, step: usize) -> Vec<Position> {
    let lines = Lines::new(text);
    let all = (1..=lines.count()).flat_map(|line| {
        let width = u32::try_from(lines.line(line).chars().count()).unwrap_or(0);
        (1..=width + 2).map(move |column| Position { line, column })
    });
    all.step_by(step.max(1)).collect()
}

fn ask_everything(text: &str, at: Position) {
    let workspace = with(text);
    let to = "a_new_name".to_owned();
    let of = Span { start: at, end: at };
    for request in [
        Request::Completions { at },
        Request::Hover { at },
        Request::Definition { at },
        Request::References { at },
        Request::PrepareRename { at },
        Request::Rename { at, to },
        Request::Actions { of },
    ] {
        let _ = answer(&workspace, "flow.dag.yaml", &request);
    }
}

#[test]
fn every_place_of_every_flow_has_an_answer() {
    for (_, text) in corpus() {
        let all = places(&text, 1).len();
        for at in places(&text, all / 12) {
            ask_everything(&text, at);
        }
        // As it is while somebody types: cut off anywhere.
        for (cut, _) in text.char_indices().step_by(text.len() / 5 + 1) {
            let begun = &text[..cut];
            ask_everything(begun, Lines::new(begun).position(cut));
        }
    }
}

#[test]
fn what_is_completed_can_be_read() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (path, text) in corpus() {
        if !Document::read(&text).is_whole() {
            continue;
        }
        let workspace = with(&text);
        let all = places(&text, 1).len();
        for at in places(&text, all / 25) {
            let request = Request::Completions { at };
            let Answer::Completions { items } = answer(&workspace, "flow.dag.yaml", &request)
            else {
                continue;
            };
            for item in items.iter().step_by(items.len() / 3 + 1) {
                count += 1;
                let after = edited(&text, std::slice::from_ref(&item.edit));
                if !Document::read(&after).is_whole() {
                    let lines = Lines::new(&after);
                    wrong.push(format!(
                        "{} {at:?}: {:?}",
                        path.display(),
                        lines.line(at.line)
                    ));
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_flow_with_another_name_is_the_same_flow() {
    let mut count = 0;
    for (path, text) in corpus() {
        let before = check(&text);
        let Some(flow) = before.flow.as_ref().filter(|_| before.ok()) else {
            continue;
        };
        let workspace = with(&text);
        let Answer::Outline { symbols } = answer(&workspace, "flow.dag.yaml", &Request::Outline)
        else {
            continue;
        };
        for symbol in symbols.iter().take(4) {
            let at = symbol.name_span.start;
            let request = Request::Rename {
                at,
                to: "a_new_name".into(),
            };
            let Answer::Edits { files } = answer(&workspace, "flow.dag.yaml", &request) else {
                continue;
            };
            let after = after(&workspace, &files);
            let report = check(&after.texts["flow.dag.yaml"]);
            let renamed = report
                .flow
                .as_ref()
                .unwrap_or_else(|| panic!("{}", path.display()));
            let back = |json: String| json.replace("a_new_name", &symbol.name);
            let json = |flow| serde_json::to_string(flow).unwrap_or_default();
            assert_eq!(
                back(json(renamed)),
                json(flow),
                "{} {}",
                path.display(),
                symbol.name
            );
            assert!(
                report.ok(),
                "{} {}: {:?}",
                path.display(),
                symbol.name,
                report.findings
            );
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn any_text_and_any_place_have_an_answer(
        text in "(inputs:|nodes:|- name: |  |\n|\t|\\$\\{|\\}|\\{|\\[|\"|'|: |a|é|😀|#|&x|\\*x|\\||\r){0,30}",
        line in 0_u32..8, column in 0_u32..12,
    ) {
        ask_everything(&text, Position { line, column });
        for request in [Request::Outline, Request::Folds, Request::Format, Request::Diagnostics] {
            let _ = answer(&with(&text), "flow.dag.yaml", &request);
        }
        let mut workspace = with(&text);
        workspace.texts.insert("classify.jinja2".into(), text);
        let at = Position { line, column };
        for request in [Request::Completions { at }, Request::Hover { at }, Request::Rename { at, to: "b".into() }] {
            let _ = answer(&workspace, "classify.jinja2", &request);
        }
    }
}
