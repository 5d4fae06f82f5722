//! Hover, definitions, references, outline, folds and diagnostics.

use flowdeck_language::{Answer, Lines, Position, Request, SymbolKind};

use crate::flow::{FLOW, PYTHON, TEMPLATE, ask, behind, with, workspace};

fn places(file: &str, request: &Request) -> Vec<String> {
    let workspace = workspace();
    match ask(&workspace, file, request) {
        Answer::Locations { locations } => locations
            .into_iter()
            .map(|place| {
                let lines = Lines::new(&workspace.texts[&place.file]);
                let start = place.span.start;
                format!(
                    "{}:{} {}",
                    place.file,
                    start.line,
                    lines.written(place.span)
                )
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn definition(part: &str) -> Vec<String> {
    let at = behind(FLOW, part);
    places("flow.dag.yaml", &Request::Definition { at })
}

fn hover(file: &str, at: Position) -> String {
    match ask(&workspace(), file, &Request::Hover { at }) {
        Answer::Hover { hover } => hover.map_or_else(String::new, |hover| hover.markdown),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_named_leads_to_where_it_is_defined() {
    assert_eq!(definition("url: ${inputs.u"), ["flow.dag.yaml:2 url"]);
    assert_eq!(
        definition("reference: ${class"),
        ["flow.dag.yaml:17 classify"]
    );
    assert_eq!(definition("when: ${fet"), ["flow.dag.yaml:10 fetch"]);
    assert_eq!(definition("path: fet"), ["fetch.py:1 "]);
    assert_eq!(
        definition("    text"),
        ["classify.jinja2:2 text", "classify.jinja2:2 text"]
    );
    assert_eq!(definition("inputs:\n    url"), ["fetch.py:4 url"]);
    let at = behind(PYTHON, "(ur");
    assert_eq!(
        places("fetch.py", &Request::Definition { at }),
        ["flow.dag.yaml:16 url"]
    );
}

#[test]
fn references_are_all_places_with_the_definition_first() {
    let at = behind(FLOW, "when: ${fet");
    assert_eq!(
        places("flow.dag.yaml", &Request::References { at }),
        [
            "flow.dag.yaml:10 fetch",
            "flow.dag.yaml:22 fetch",
            "flow.dag.yaml:26 fetch"
        ]
    );
    let at = behind(TEMPLATE, "{{ te");
    assert_eq!(
        places("classify.jinja2", &Request::References { at }),
        [
            "flow.dag.yaml:22 text",
            "classify.jinja2:2 text",
            "classify.jinja2:2 text"
        ]
    );
}

#[test]
fn hover_says_what_a_thing_is() {
    let of = |part| hover("flow.dag.yaml", behind(FLOW, part));
    assert!(
        of("activ").contains("runs only when this holds"),
        "{}",
        of("activ")
    );
    assert!(of("url: ${inputs.ur").contains("`string`"));
    assert!(of("reference: ${classi").contains("`llm`, runs `classify.jinja2`"));
    assert!(of("inputs:\n    ur").contains("`str`"));
    assert!(of("deployment_na").contains("of the tool: `string`"));
    let of_template = hover("classify.jinja2", behind(TEMPLATE, "{{ tex"));
    assert!(of_template.contains("`${fetch.output}`"), "{of_template}");
    assert_eq!(
        hover(
            "flow.dag.yaml",
            Position {
                line: 99,
                column: 99
            }
        ),
        ""
    );
}

#[test]
fn the_outline_has_inputs_outputs_and_nodes() {
    let Answer::Outline { symbols } = ask(&workspace(), "flow.dag.yaml", &Request::Outline) else {
        panic!("no outline");
    };
    let shown: Vec<_> = symbols
        .iter()
        .map(|one| {
            (
                one.name.as_str(),
                one.kind,
                one.span.start.line,
                one.span.end.line,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("url", SymbolKind::Input, 2, 4),
            ("category", SymbolKind::Output, 6, 8),
            ("fetch", SymbolKind::Node, 10, 16),
            ("classify", SymbolKind::Node, 17, 27),
        ]
    );
    let Answer::Folds { folds } = ask(&workspace(), "flow.dag.yaml", &Request::Folds) else {
        panic!("no folds");
    };
    let lines: Vec<_> = folds.iter().map(|fold| (fold.from, fold.to)).collect();
    assert!(
        lines.contains(&(9, 27)) && lines.contains(&(10, 16)) && lines.contains(&(12, 14)),
        "{lines:?}"
    );
}

#[test]
fn each_diagnostic_has_its_guide_and_each_fix_is_an_action() {
    let text = FLOW.replace("type: string #", "type: sting #");
    let workspace = with(&text);
    let Answer::Diagnostics { diagnostics } =
        ask(&workspace, "flow.dag.yaml", &Request::Diagnostics)
    else {
        panic!("no diagnostics");
    };
    let Some(wrong) = diagnostics.iter().find(|one| one.code == "ValueError") else {
        panic!("{diagnostics:?}");
    };
    assert_eq!(wrong.guide, "checks.md#valueerror");
    assert_eq!(Lines::new(&text).written(wrong.span), "sting");
    let request = Request::Actions { of: wrong.span };
    let Answer::Actions { actions } = ask(&workspace, "flow.dag.yaml", &request) else {
        panic!("no actions");
    };
    let edit = actions.iter().find_map(|action| action.edit.clone());
    let edit = edit.unwrap_or_else(|| panic!("{actions:?}"));
    assert_eq!(crate::flow::edited(&text, &[edit]), FLOW);
}
