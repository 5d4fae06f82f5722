use serde_json::{Value, json};

use super::*;

fn run(nodes: Value) -> Arc<RunDetail> {
    let run = json!({
        "summary": {"id": "r", "number": 1, "state": "completed", "started": 1000, "ended": 2000},
        "sessionId": "s", "inputs": {}, "nodes": nodes,
    });
    Arc::new(serde_json::from_value(run).unwrap())
}

fn call(name: &str, from: i64, until: i64, children: Value) -> Value {
    json!({"name": name, "kind": "Function", "started": from, "ended": until, "children": children})
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

#[test]
fn calls_are_rows_below_their_node_and_clipped_to_it() {
    let inner = json!([call("inner", 900, 5000, json!([]))]);
    let tree = Tree::new(run(json!([
        {"name": "a", "state": "completed", "started": 1100, "durationMs": 400, "calls": [call("outer", 1200, 1300, inner)]},
        {"name": "b", "state": "bypassed"},
    ])));
    assert_eq!(names(&tree.rows), ["a", "outer", "inner", "b"]);
    let levels: Vec<usize> = tree.rows.iter().map(|row| row.level).collect();
    assert_eq!(levels, [1, 2, 3, 1]);
    assert_eq!(tree.rows[0].span, Span::Between(Millis(1100), Millis(1500)));
    assert_eq!(tree.rows[2].span, Span::Between(Millis(1200), Millis(1300)));
    assert_eq!(tree.rows[2].duration, Duration::Known(4100));
    assert_eq!(
        (tree.rows[3].span, tree.rows[3].duration),
        (Span::Unknown, Duration::None)
    );
    for row in &tree.rows {
        match tree.subject(&row.path).unwrap() {
            Subject::Node(node) => assert_eq!(node.name, row.name),
            Subject::Call(call) => assert_eq!(call.name, row.name),
        }
    }
    assert!(tree.subject(&CallPath::default().child(7)).is_none());
    assert!(tree.subject(&CallPath::default()).is_none());
}

#[test]
fn a_long_list_of_calls_is_folded_at_first() {
    let many: Vec<Value> = (0..1000).map(|_| call("many", 1, 2, json!([]))).collect();
    let tree = Tree::new(run(json!([
        {"name": "a", "state": "completed", "calls": [call("loop", 1, 2, json!(many))]},
        {"name": "b", "state": "completed", "calls": [call("x", 1, 2, json!([]))]},
    ])));
    let mut folded = BTreeSet::new();
    assert_eq!(names(&tree.visible(&folded)), ["a", "loop", "b", "x"]);
    folded.insert(tree.rows[1].path.clone());
    assert_eq!(tree.visible(&folded).len(), 1004);
    folded.insert(tree.rows[0].path.clone());
    assert_eq!(names(&tree.visible(&folded)), ["a", "b", "x"]);
}

#[test]
fn names_that_deceive_are_shown_by_their_codes_and_what_is_unread_is_said() {
    let tree = Tree::new(run(json!([
        {"name": "\u{202e}a", "state": "completed", "calls": [{"name": "\u{202e}x", "kind": "\u{200b}LLM"}]},
        {"name": "new", "state": "completed", "calls": [{"other": 1}]},
    ])));
    assert!(tree.rows.iter().all(|row| !row.name.contains('\u{202e}')));
    assert_eq!(tree.rows[1].kind, Kind::Call("‹U+200B›LLM".into()));
    assert_eq!(tree.unread, [Name::from("new")]);
}
