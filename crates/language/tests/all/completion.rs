//! What may be written where.

use flowdeck_language::{Answer, Lines, Request};

use crate::flow::{FLOW, ask, behind, edited, with, workspace};

/// The labels at `|` of a definition.
fn labels(text: &str) -> Vec<String> {
    let Some(at) = text.find('|') else {
        panic!("{text}");
    };
    let text = text.replacen('|', "", 1);
    let at = Lines::new(&text).position(at);
    match ask(&with(&text), "flow.dag.yaml", &Request::Completions { at }) {
        Answer::Completions { items } => items.into_iter().map(|item| item.label).collect(),
        other => panic!("{other:?}"),
    }
}

fn labels_behind(part: &str, typed: &str) -> Vec<String> {
    labels(&FLOW.replacen(part, &format!("{part}{typed}|\n"), 1))
}

#[test]
fn keys_are_those_of_their_place_that_are_not_there_yet() {
    let of_flow = labels(&format!("{FLOW}|"));
    assert!(of_flow.contains(&"environment".to_owned()));
    assert!(!of_flow.contains(&"nodes".to_owned()));
    let of_node = labels_behind("type: python\n", "  ");
    assert!(of_node.contains(&"activate".to_owned()), "{of_node:?}");
    assert!(!of_node.contains(&"name".to_owned()), "{of_node:?}");
    assert_eq!(labels("inputs:\n  a:\n    |")[0], "type");
    assert_eq!(labels_behind("    path: fetch.py\n", "    "), ["tool"]);
}

#[test]
fn values_are_those_that_the_key_takes() {
    assert!(labels("inputs:\n  a: {type: |}\n").contains(&"int".to_owned()));
    assert_eq!(
        labels(&FLOW.replace("api: chat", "api: |")).join(" "),
        "chat completion"
    );
    assert_eq!(
        labels("nodes:\n- name: a\n  aggregation: t|"),
        ["true", "false"]
    );
    assert_eq!(
        labels(&FLOW.replace("connection: open_ai_connection", "connection: |")),
        ["open_ai_connection"]
    );
    assert_eq!(
        labels(&FLOW.replace("path: fetch.py", "path: |")),
        ["fetch.py"]
    );
    let models = labels(&FLOW.replace("deployment_name: gpt-4o", "deployment_name: |"));
    assert_eq!(models[..2], ["gpt-4o", "gpt-4o-mini"]);
}

#[test]
fn references_are_inputs_and_other_nodes() {
    let expected = ["${inputs.url}", "${classify.output}"];
    assert_eq!(
        labels(&FLOW.replace("url: ${inputs.url}", "url: ${in|")),
        expected
    );
    assert_eq!(
        labels(&FLOW.replace("url: ${inputs.url}", "url: ${in|}")),
        expected
    );
    assert_eq!(
        labels(&FLOW.replace("url: ${inputs.url}", "url: \"${|\"")),
        expected
    );
}

#[test]
fn a_tool_says_what_it_takes() {
    let of_python = labels_behind("    url: ${inputs.url}\n", "    ");
    assert_eq!(of_python, ["retries"]);
    let of_llm = labels_behind("    deployment_name: gpt-4o\n", "    ");
    assert_eq!(of_llm[0], "other");
    assert!(of_llm.contains(&"temperature".to_owned()));
    assert!(!of_llm.contains(&"text".to_owned()));
    let of_package = "nodes:\n- name: a\n  source: {type: package, tool: promptflow.tools.serpapi.SerpAPI.search}\n  inputs:\n    |";
    assert!(labels(of_package).contains(&"query".to_owned()));
}

#[test]
fn a_template_is_told_what_its_nodes_give() {
    let mut workspace = workspace();
    workspace
        .texts
        .insert("classify.jinja2".into(), "{{ te }} {{ a.te }} te".into());
    let at = |column| {
        let at = flowdeck_language::Position { line: 1, column };
        match ask(&workspace, "classify.jinja2", &Request::Completions { at }) {
            Answer::Completions { items } => {
                items.into_iter().map(|item| item.label).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(at(6), ["deployment_name", "text"]);
    assert!(at(16).is_empty(), "an attribute");
    assert!(at(23).is_empty(), "plain text");
}

#[test]
fn requirements_name_packages() {
    let at = behind("reque", "reque");
    let Answer::Completions { items } = ask(
        &workspace(),
        "requirements.txt",
        &Request::Completions { at },
    ) else {
        panic!("no completions");
    };
    assert_eq!(edited("reque\n", &[items[0].edit.clone()]), "requests\n");
}

#[test]
fn comments_and_long_texts_are_nobody_elses() {
    assert!(labels("# in|").is_empty());
    assert!(labels("description: >\n  some |\n  text\n").is_empty());
}
