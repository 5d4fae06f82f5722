//! Texts made to exhaust memory or stack: each has an answer, and a small one.

use std::fmt::Write;

use flowdeck_flow::{Severity, check};

#[test]
fn aliases_that_expand_exponentially_are_cut_off() {
    let mut text = String::from(
        "inputs:\n  a0: &a0 {type: string, default: [x, x, x, x, x, x, x, x, x, x]}\n",
    );
    for level in 1..20 {
        let below = level - 1;
        let list = vec![format!("*a{below}"); 10].join(", ");
        writeln!(
            text,
            "  a{level}: &a{level} {{type: string, default: [{list}]}}"
        )
        .expect("text");
    }
    let report = check(&text);
    assert!(report.ok(), "{:?}", report.findings);
    assert!(
        report
            .findings
            .iter()
            .any(|f| f.code == "FlowTooComplex" && f.severity == Severity::Warning)
    );
    let size = serde_json::to_string(&report).expect("JSON").len();
    assert!(size < 100 * text.len() + 1_000_000, "{size}");
}

#[test]
fn one_node_listed_again_and_again_is_refused() {
    let mut text = String::from("common: &node\n  type: python\n  inputs:\n");
    for input in 0..2_000 {
        writeln!(text, "    x{input}: {input}").expect("text");
    }
    text += "nodes:\n";
    text += &"- *node\n".repeat(20_000);
    let report = check(&text);
    assert_eq!(
        report.errors().next().map(|finding| finding.code.as_str()),
        Some("FlowTooComplex")
    );
    assert!(report.findings.len() < 10);
}

#[test]
fn merges_of_merges_are_refused() {
    let mut text = String::from("a0: &a0 {k: v}\n");
    for level in 1..3_000 {
        writeln!(
            text,
            "a{level}: &a{level}\n  k{level}: v\n  <<: *a{}",
            level - 1
        )
        .expect("text");
    }
    let report = check(&text);
    assert_eq!(
        report.errors().next().map(|finding| finding.code.as_str()),
        Some("FlowTooComplex")
    );
}

#[test]
fn a_long_name_used_often_is_told_once() {
    let name = "n".repeat(100_000);
    let mut text = format!("outputs:\n  first: &name {name}\nnodes:\n");
    text += &"- name: *name\n  type: llm\n".repeat(5_000);
    let report = check(&text);
    assert!(!report.ok());
    let longest = report
        .findings
        .iter()
        .map(|finding| finding.message.len())
        .max();
    assert!(longest < Some(1_000), "{longest:?}");
}

#[test]
fn depth_has_an_end() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
        let text = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(
            check(&text)
                .errors()
                .next()
                .map(|finding| finding.code.as_str()),
            Some("RecursionError"),
            "{open}"
        );
    }
    let stairs: String = (0..2_000).fold(String::new(), |text, depth| {
        text + &" ".repeat(depth) + "a:\n"
    });
    assert_eq!(
        check(&stairs)
            .errors()
            .next()
            .map(|finding| finding.code.as_str()),
        Some("RecursionError")
    );
}

#[test]
fn many_lines_that_are_not_indented_are_repaired_or_refused() {
    let text = format!("nodes: []\nname: '{}'\n", "\nx".repeat(100_000));
    assert!(check(&text).ok());
    let text = "name:\n  a: 'x\ny'\n".repeat(1_000);
    assert!(!check(&text).ok());
}
