//! The connection, model or deployment of a node set, in files as people write them.

#![allow(clippy::unwrap_used, reason = "its functions are for tests alone")]

use std::{fs, path::Path};

use flowdeck_flow::{Assignment, Flow, Node, NodeEditError, NodeKey, check, set_node_value as set};
use proptest::{prelude::*, sample::select};

/// The flows of the corpus, and promptflow's own where they are here.
fn flows() -> Vec<(String, String)> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/corpus", "../../../shared/reference/flows"];
    let mut flows = Vec::new();
    for folder in folders.map(|folder| crate_folder.join(folder)) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "yaml")
                && let Ok(text) = fs::read_to_string(&path)
            {
                flows.push((path.display().to_string(), text));
            }
        }
    }
    assert!(flows.len() > 50, "{}", flows.len());
    flows
}

/// The flows in which every node that uses variants has a default one.
fn with_variants() -> Vec<(String, String)> {
    let uses = |text: &str| {
        let flow = check(text).flow;
        let nodes = flow.into_iter().flat_map(|flow| flow.nodes);
        let mut variants = nodes.filter_map(|node| node.variants).peekable();
        variants.peek().is_some()
            && variants.all(|variants| variants.ids.contains(&variants.default_id))
    };
    let mut found = flows();
    found.retain(|(_, text)| check(text).ok() && uses(text));
    found.push(("written here".to_owned(), QUOTED_VARIANTS.to_owned()));
    found
}

const QUOTED_VARIANTS: &str = "nodes:\n- {name: ask, use_variants: true}\nnode_variants:\n  ask:\n    variants:\n      \"yes\": {node: {type: prompt, source: {type: code, path: a.jinja2}, inputs: {}}}\n      no way: # odd\n        node: {type: prompt, source: {type: code, path: b.jinja2}, inputs: {}}\n    default_variant_id:   'yes' # the best\n";

fn flow(text: &str) -> Flow {
    check(text).flow.unwrap()
}

fn node(text: &str, name: &str) -> Node {
    let nodes = flow(text).nodes;
    nodes.into_iter().find(|node| node.name == name).unwrap()
}

fn read(text: &str, name: &str, key: NodeKey<'_>) -> Option<String> {
    let node = node(text, name);
    match key {
        NodeKey::Connection => node.connection,
        NodeKey::DefaultVariant => node.variants.map(|variants| variants.default_id),
        NodeKey::Input(name) | NodeKey::InputJson(name) => node
            .inputs
            .iter()
            .find(|input| input.name == name)
            .and_then(|input| match &input.value {
                Assignment::Literal { value } => value.as_str().map(str::to_owned),
                _ => None,
            }),
    }
}

/// What can be set: the connection and every text among the inputs, and a deployment where there is none.
fn keys(node: &Node) -> Vec<NodeKey<'_>> {
    let texts = node
        .inputs
        .iter()
        .filter(|input| matches!(&input.value, Assignment::Literal { value } if value.is_string()));
    let mut keys: Vec<NodeKey<'_>> = texts.map(|input| NodeKey::Input(&input.name)).collect();
    if node
        .inputs
        .iter()
        .all(|input| input.name != "deployment_name")
    {
        keys.push(NodeKey::Input("deployment_name"));
    }
    keys.push(NodeKey::Connection);
    keys
}

/// The lines that two texts don't share at their beginning and end.
fn changed<'t>(one: &'t str, other: &'t str) -> (Vec<&'t str>, Vec<&'t str>) {
    let (mut one, mut other): (Vec<_>, Vec<_>) = (
        one.split_inclusive('\n').collect(),
        other.split_inclusive('\n').collect(),
    );
    let from = one
        .iter()
        .zip(&other)
        .take_while(|(one, other)| one == other)
        .count();
    one.drain(..from);
    other.drain(..from);
    while one.last().is_some() && one.last() == other.last() {
        one.pop();
        other.pop();
    }
    (one, other)
}

fn unique(flow: &Flow, name: &str) -> bool {
    flow.nodes.iter().filter(|node| node.name == name).count() == 1
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// In any flow: what is set is what is read, setting it back gives the same bytes, and no other line changes.
    #[test]
    fn a_value_changes_and_nothing_else(
        value in select(vec!["my_conn", "gpt-4.1-mini", "it's: # odd", "no", "12:30", "llama3.2:1b", "ü €", "a, b}"]),
        windows in any::<bool>(),
        (path, text) in select(flows()),
    ) {
            let text = match windows && !text.contains('\r') {
                true => text.replace('\n', "\r\n"),
                false => text,
            };
            let flow = check(&text).flow;
            for (flow, node) in flow.iter().flat_map(|flow| flow.nodes.iter().map(move |node| (flow, node))) {
                if !unique(flow, &node.name) { continue; }
                for key in keys(node) {
                    let Ok(edit) = set(&text, &node.name, key, value) else { continue };
                    let at = format!("{path} {} {key:?}", node.name);
                    let found = read(&edit.text, &node.name, key);
                    prop_assert_eq!(found.as_deref(), Some(value), "{}", &at);
                    let (before, after) = changed(&text, &edit.text);
                    prop_assert!(after.len() <= 3 && !after.is_empty() || before.is_empty() && after.is_empty(), "{}: {:?}", &at, after);
                    prop_assert_eq!(text.contains("\r\n"), edit.text.contains("\r\n"));
                    prop_assert_eq!(text.matches('#').count() + edit.text.matches("# odd").count(), edit.text.matches('#').count() + text.matches("# odd").count());
                    if let Some(old) = read(&text, &node.name, key)
                        && before.len() == 1
                    {
                        let back = set(&edit.text, &node.name, key, &old).unwrap().text;
                        let same = read(&back, &node.name, key);
                        prop_assert_eq!(same.as_deref(), Some(old.as_str()), "{}", &at);
                        prop_assert!(changed(&text, &back).0.len() <= 1, "{}", &at);
                    }
                }
            }
    }

    /// However it's written and whatever stands behind it.
    #[test]
    fn what_stands_around_a_value_stays(
        old in select(vec!["old", "'old'", "\"old\"", "'it''s'", "\"a \\\" # b\"", "''", "\"\"", "!!str old", "\"two\\\n        lines\""]),
        behind in select(vec!["", "  ", " # ours", "   # it's \"ours\"", " # a: 'b'"]),
        eol in select(vec!["\n", "\r\n"]),
        is_input in any::<bool>(),
    ) {
        let (before, key) = match is_input {
            true => ("- name: a\n  type: python\n  inputs:\n    conn: ", NodeKey::Input("conn")),
            false => ("- name: a\n  type: llm\n  connection: ", NodeKey::Connection),
        };
        let after = format!("{behind}\n  # end\n  api: chat\n");
        let whole = |value: &str| format!("nodes:\n{before}{value}{after}").replace('\n', eol);
        let edit = set(&whole(old), "a", key, "new").unwrap();
        let spelled = ["new", "'new'", "\"new\""].map(whole);
        prop_assert!(spelled.contains(&edit.text), "{:?}", edit.text);
    }

    /// In any flow with variants: what is chosen is the default one, one line changes, and choosing back gives the same
    /// bytes.
    #[test]
    fn the_default_variant_of_any_flow_changes_on_its_line_alone(
        windows in any::<bool>(),
        at in any::<prop::sample::Index>(),
        (path, text) in select(with_variants()),
    ) {
        let text = match windows && !text.contains('\r') {
            true => text.replace('\n', "\r\n"),
            false => text,
        };
        for node in flow(&text).nodes {
            let Some(variants) = node.variants else { continue };
            let (old, new) = (&variants.default_id, at.get(&variants.ids));
            let edit = set(&text, &node.name, NodeKey::DefaultVariant, new).unwrap();
            let found = read(&edit.text, &node.name, NodeKey::DefaultVariant);
            prop_assert_eq!(found.as_ref(), Some(new), "{}", &path);
            let (before, after) = changed(&text, &edit.text);
            let lines = usize::from(new != old);
            prop_assert_eq!((before.len(), after.len()), (lines, lines), "{}", &path);
            let back = set(&edit.text, &node.name, NodeKey::DefaultVariant, old).unwrap();
            prop_assert_eq!(&back.text, &text, "{}", &path);
            let missing = set(&text, &node.name, NodeKey::DefaultVariant, "no such variant");
            prop_assert_eq!(missing, Err(NodeEditError::NoVariant));
        }
    }

    #[test]
    fn any_text_has_an_answer(text in "[ -~\n]{0,80}", value in "[ -~]{0,12}") {
        let _ = set(&format!("nodes:\n- name: a\n  type: llm\n{text}"), "a", NodeKey::Connection, &value);
    }
}

/// Plain names, which is what people choose, come back to the very bytes.
#[test]
fn what_was_chosen_is_undone_to_the_byte() {
    let mut tried = 0;
    for (path, text) in flows() {
        let Some(flow) = check(&text).flow else {
            continue;
        };
        for node in flow.nodes.iter().filter(|node| unique(&flow, &node.name)) {
            let Some(old) = node.connection.as_deref().filter(|name| !name.is_empty()) else {
                continue;
            };
            let edit = set(&text, &node.name, NodeKey::Connection, "another_one");
            // What several places share can't be changed in one.
            if text.contains('&') && edit.is_err() {
                continue;
            }
            let edit = edit.unwrap_or_else(|error| panic!("{path} {}: {error}", node.name));
            let line = edit.text.lines().nth(edit.line as usize - 1).unwrap();
            assert!(line.contains("connection: "), "{path}: {line}");
            let back = set(&edit.text, &node.name, NodeKey::Connection, old).unwrap();
            assert_eq!(back.text, text, "{path}");
            tried += 1;
        }
    }
    assert!(tried > 3, "{tried}");
}

const NODE: &str = "nodes:\n- name: ask\n  type: llm\n  source: {type: code, path: a.jinja2}\n";

#[test]
fn what_is_not_there_yet_comes_where_people_have_it() {
    let connection = |text: &str| set(text, "ask", NodeKey::Connection, "mine").unwrap().text;
    let model = |text: &str| {
        set(text, "ask", NodeKey::Input("model"), "small")
            .unwrap()
            .text
    };
    let end = "  api: chat # kept\n";
    assert_eq!(
        connection(&format!("{NODE}{end}")),
        format!("{NODE}  connection: mine\n{end}")
    );
    assert_eq!(
        connection(&format!("{NODE}  connection: # none yet\n{end}")),
        format!("{NODE}  connection: mine # none yet\n{end}")
    );
    assert_eq!(
        connection(&format!("{NODE}  connection: \"old\"\n{end}")),
        format!("{NODE}  connection: \"mine\"\n{end}")
    );
    assert_eq!(
        model(&format!(
            "{NODE}  inputs:\n    # how\n    temperature: 1\n{end}"
        )),
        format!("{NODE}  inputs:\n    # how\n    model: small\n    temperature: 1\n{end}")
    );
    assert_eq!(
        model(&format!("{NODE}  inputs: {{}}\n{end}")),
        format!("{NODE}  inputs: {{model: small}}\n{end}")
    );
    assert_eq!(
        model(&format!("{NODE}  inputs:\n{end}")),
        format!("{NODE}  inputs:\n    model: small\n{end}")
    );
    assert_eq!(
        model(&format!("{NODE}{end}")),
        format!("{NODE}  inputs:\n    model: small\n{end}")
    );
    let braces = "nodes: [{name: ask, type: llm, api: chat}]\n";
    assert_eq!(
        connection(braces),
        "nodes: [{name: ask, type: llm, connection: mine, api: chat}]\n"
    );
    assert_eq!(
        model(braces),
        "nodes: [{name: ask, type: llm, inputs: {model: small}, api: chat}]\n"
    );
}

#[test]
fn the_default_variant_changes_and_the_others_stay() {
    let text = "nodes:\n- name: ask\n  use_variants: true\nnode_variants:\n  ask:\n    default_variant_id: b\n    variants:\n      a:\n        node: {type: llm, connection: one}\n      b:\n        node:\n          type: llm\n          connection: one\n";
    let edit = set(text, "ask", NodeKey::Connection, "two").unwrap();
    assert_eq!(
        edit.text,
        text.replace("          connection: one", "          connection: two")
    );
    assert_eq!(edit.line, 13);
}

#[test]
fn what_several_places_share_is_left_alone_and_its_line_is_said() {
    let shared = "nodes:\n- name: ask\n  type: llm\n  connection: &c one\n- name: tell\n  type: llm\n  connection: *c\n";
    let merged = "base: &b {type: llm, connection: one}\nnodes:\n- name: ask\n  <<: *b\n";
    for (text, node, line) in [(shared, "ask", 4), (shared, "tell", 7), (merged, "ask", 1)] {
        let error = set(text, node, NodeKey::Connection, "two").unwrap_err();
        assert_eq!(error, NodeEditError::Unusual { line }, "{text}");
        assert!(error.to_string().contains(&format!("line {line}")));
    }
    for text in ["nodes: [", "- 1\n", ""] {
        let error = set(text, "ask", NodeKey::Connection, "two").unwrap_err();
        assert_eq!(error, NodeEditError::Unreadable);
    }
    let twice = "nodes:\n- {name: ask, type: llm}\n- {name: ask, type: llm}\n";
    assert_eq!(
        set(twice, "ask", NodeKey::Connection, "two"),
        Err(NodeEditError::NoNode)
    );
}

#[test]
fn numbers_and_lists_stay_what_they_are() {
    let text = "nodes:\n- name: ask\n  type: llm\n  source: {type: code, path: a.jinja2}\n  inputs:\n    temperature: 0.2 # warm\n    stop: [a]\n";
    for (name, value, line) in [
        ("temperature", "0.7", "    temperature: 0.7 # warm\n"),
        ("stop", "[\"a\",\"b\"]", "    stop: [\"a\",\"b\"]\n"),
        ("max_tokens", "12", "    max_tokens: 12\n"),
    ] {
        let edit = set(text, "ask", NodeKey::InputJson(name), value).unwrap();
        assert!(edit.text.contains(line), "{}", edit.text);
        let kept = text.lines().filter(|kept| !kept.contains(name));
        assert!(kept.into_iter().all(|kept| edit.text.contains(kept)));
    }
    let number = set(text, "ask", NodeKey::InputJson("temperature"), "not JSON");
    assert!(number.is_err());
}
