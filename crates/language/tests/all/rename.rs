//! Other names, everywhere.

use flowdeck_flow::check;
use flowdeck_language::{Answer, Request};

use crate::flow::{FLOW, PYTHON, TEMPLATE, after, ask, behind, with, workspace};

fn renamed(file: &str, part: (&str, &str), to: &str) -> Result<(String, String), String> {
    let workspace = workspace();
    let request = Request::Rename {
        at: behind(part.0, part.1),
        to: to.into(),
    };
    match ask(&workspace, file, &request) {
        Answer::Edits { files } => {
            let after = after(&workspace, &files);
            Ok((
                after.texts["flow.dag.yaml"].clone(),
                after.texts["classify.jinja2"].clone(),
            ))
        }
        Answer::Refused { why } => Err(why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_node_is_renamed_wherever_it_is_named() {
    for part in ["name: fet", "'${fet", "when: ${fetch"] {
        let (flow, _) = renamed("flow.dag.yaml", (FLOW, part), "get_page").unwrap_or_default();
        let expected = FLOW
            .replace("name: fetch", "name: get_page")
            .replace("${fetch.", "${get_page.");
        assert_eq!(flow, expected, "{part}");
    }
}

#[test]
fn an_input_is_renamed_and_what_is_called_alike_stays() {
    let (flow, _) =
        renamed("flow.dag.yaml", (FLOW, "inputs:\n  ur"), "address").unwrap_or_default();
    let expected = FLOW
        .replace("  url:\n    type", "  address:\n    type")
        .replace("${inputs.url}", "${inputs.address}");
    assert_eq!(flow, expected);
    let before = check(FLOW).flow.unwrap_or_else(|| panic!("a flow"));
    let after = check(&flow).flow.unwrap_or_else(|| panic!("a flow"));
    assert_eq!(after.inputs[0].name, "address");
    assert_eq!(after.nodes.len(), before.nodes.len());
    assert_eq!(check(&flow).findings, check(FLOW).findings);
}

#[test]
fn what_a_template_is_given_is_renamed_on_both_sides() {
    for (file, part) in [
        ("flow.dag.yaml", (FLOW, "    tex")),
        ("classify.jinja2", (TEMPLATE, "if tex")),
    ] {
        let (flow, template) = renamed(file, part, "page").unwrap_or_default();
        assert_eq!(flow, FLOW.replace("    text:", "    page:"), "{file}");
        assert_eq!(template, TEMPLATE.replace("text", "page"), "{file}");
    }
}

#[test]
fn what_would_break_the_flow_is_refused_with_why() {
    let refused = |part, to| {
        renamed("flow.dag.yaml", (FLOW, part), to)
            .err()
            .unwrap_or_default()
    };
    assert!(refused("name: fet", "classify").contains("taken"));
    assert!(refused("name: fet", "inputs").contains("taken"));
    assert!(refused("name: fet", "a b").contains("begins with a letter"));
    assert!(refused("name: fet", "no").contains("YAML"));
    assert!(refused("    tex", "other").contains("taken"));
    assert!(refused("inputs:\n    ur", "address").contains("Python"));
    assert!(refused("path: fet", "x").contains("file"));
    assert!(refused("ap", "x").contains("no name here"));
    let of_python = renamed("fetch.py", (PYTHON, "(ur"), "x")
        .err()
        .unwrap_or_default();
    assert!(of_python.contains("no name here"));
    let broken = with(&format!("{FLOW}x: [\n"));
    let request = Request::PrepareRename {
        at: behind(FLOW, "name: fet"),
    };
    assert!(matches!(
        ask(&broken, "flow.dag.yaml", &request),
        Answer::Refused { .. }
    ));
}
