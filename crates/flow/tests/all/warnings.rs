//! Warnings: what promptflow takes, but its author hardly meant.

use flowdeck_flow::{FileNames, Report, Severity, check, check_in};

/// `line code` of each warning; there must be no error.
fn warnings(report: &Report) -> Vec<String> {
    assert!(report.ok(), "{:?}", report.findings);
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.severity == Severity::Warning)
    );
    report
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.line, finding.code))
        .collect()
}

#[test]
fn a_sound_flow_has_none() {
    let text = "\
$schema: https://example.org/Flow.schema.json
inputs:
  question: {type: string, is_chat_input: true}
  history: {type: list, is_chat_history: true}
  style: {type: string}
outputs:
  answer: {type: string, reference: '${answer.output}', is_chat_output: true}
nodes:
- name: answer
  type: llm
  connection: my_connection
  api: chat
  source: {type: code, path: answer.jinja2}
  inputs: {deployment_name: gpt, style: '${look_up.output.style}', literal: 'costs $5 {or less}'}
- name: look_up
  type: python
  source: {type: code, path: look_up.py}
  inputs: {style: '${inputs.style}'}
- name: count
  type: python
  source: {type: code, path: count.py}
  aggregation: true
";
    assert_eq!(warnings(&check(text)), Vec::<String>::new());
}

#[test]
fn unknown_keys() {
    let report = check("node: []\nnodes: []\n1: x\n");
    assert_eq!(warnings(&report), ["1 UnknownKey", "3 UnknownKey"]);
    assert!(
        report.findings[0]
            .message
            .ends_with("Did you mean 'nodes'?"),
        "{:?}",
        report.findings[0]
    );
}

#[test]
fn what_nothing_uses() {
    let text = "\
inputs:
  used: {type: string}
  in_variant: {type: string}
  unused: {type: string}
outputs:
  out: {type: string, reference: '${b.output}'}
nodes:
- {name: a, type: csharp, inputs: {x: '${inputs.used}'}}
- name: b
  use_variants: true
- {name: only_for_v1, type: csharp}
node_variants:
  b:
    default_variant_id: v0
    variants:
      v0: {node: {type: csharp}}
      v1: {node: {type: csharp, inputs: {x: '${inputs.in_variant}', y: '${only_for_v1.output}'}}}
";
    assert_eq!(warnings(&check(text)), ["4 UnusedInput", "8 UnusedNode"]);
}

#[test]
fn a_flow_without_outputs_is_run_for_its_nodes() {
    assert_eq!(
        warnings(&check("nodes:\n- {name: a, type: python}\n")),
        Vec::<String>::new()
    );
}

#[test]
fn references_that_do_not_refer() {
    let text = "\
nodes:
- name: a
  type: python
  inputs:
    unfinished: ${b.output
    followed: ${b.output}!
    section: ${b.result}
    in_text: see ${b.output}
  activate:
    when: ${inputs.gone}
    is: 1
- {name: b, type: python}
outputs:
  fixed: {type: string, reference: b.output}
  empty:
    type: string
    reference:
  late: {type: string, reference: '${sum.output}'}
  section: {type: string, reference: '${a.result}'}
";
    let text = format!("{text}# and an aggregation\n");
    let text = text.replace(
        "outputs:",
        "- {name: sum, type: python, aggregation: true}\noutputs:",
    );
    assert_eq!(
        warnings(&check(&text)),
        [
            "5 MalformedReference",
            "6 MalformedReference",
            "7 UnsupportedReference",
            "10 ActivateInputNotFound",
            "15 OutputNotAReference",
            "16 OutputNotAReference",
            "19 OutputOfAggregation",
            "20 UnsupportedReference",
        ]
    );
}

#[test]
fn nodes_that_cannot_run_as_written() {
    let text = "\
nodes:
- name: typeless
- name: per_line
  type: python
  aggregation: no
- name: variants
  type: python
  use_variants: true
";
    assert_eq!(
        warnings(&check(text)),
        [
            "2 NodeWithoutType",
            "5 MisleadingBoolean",
            "8 VariantNotFound"
        ]
    );
}

#[test]
fn files_that_are_not_there() {
    let text = "\
additional_includes: [../shared/lib, ../common.py]
environment:
  python_requirements_txt: requirements.txt
nodes:
- {name: a, type: python, source: {path: a.py}}
- {name: b, type: python, source: {path: ./tools/b.py}}
- {name: c, type: python, source: {path: c.py}}
- {name: d, type: python, source: {path: lib/d.py}}
- {name: e, type: python, source: {path: common.py}}
- {name: f, type: python, source: {path: ../outside.py}}
- {name: g, type: python, source: {type: package, tool: a.b.c}}
node_variants:
  a:
    variants:
      v0: {node: {type: llm, source: {path: v0.jinja2}}}
";
    let files: FileNames = ["a.py", "tools/b.py"].iter().collect();
    let mut report = check_in(text, &files);
    // A start refuses it, so it is an error, with the file to make.
    let missing = report.findings.remove(0);
    assert_eq!(
        (missing.code.as_str(), missing.severity, missing.line),
        ("RequirementFileMissing", Severity::Error, 3)
    );
    assert!(missing.creates.is_some());
    // So does a run of a node whose file isn't there; another variant may never run.
    let source = report.findings.remove(0);
    assert_eq!(
        (source.code.as_str(), source.severity, source.line),
        ("MissingSourceFile", Severity::Error, 7)
    );
    let codes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.line, finding.code.as_str(), finding.severity))
        .collect();
    assert_eq!(
        codes,
        [
            (11, "UnknownTool", Severity::Hint),
            (15, "LlmWithoutConnection", Severity::Warning),
            (15, "LlmWithoutApi", Severity::Warning),
            (15, "MissingSourceFile", Severity::Warning),
        ]
    );
    let without = check(text);
    assert!(
        without.ok()
            && without
                .findings
                .iter()
                .all(|finding| finding.code != "MissingSourceFile")
    );
}

#[test]
fn a_flex_flow_is_warned_of_too() {
    let text =
        "entry: app:run\nenvironment: {python_requirements_txt: requirements.txt}\nnods: []\n";
    let mut report = check_in(text, &FileNames::default());
    let missing = report.findings.remove(0);
    assert_eq!(missing.code, "RequirementFileMissing");
    assert_eq!(missing.creates.as_deref(), Some("requirements.txt"));
    assert_eq!(warnings(&report), ["3 UnknownKey"]);
}

#[test]
fn of_very_many_the_first_are_told() {
    let report = check(&(0..2_000).map(|n| format!("k{n}: 1\n")).collect::<String>());
    assert_eq!(report.findings.len(), 501);
    assert_eq!(
        report.findings[500].message,
        "1500 more findings aren't shown."
    );
}
