//! A JSON value whose parts fold. Its text is the indented JSON, to the letter, whatever is folded.

use leptos::prelude::*;

stylance::import_crate_style!(style, "src/ui/json_tree.module.css");

/// Values of more lines than this are shown as text: thousands of elements make a page slow.
const MOST_LINES: usize = 2_000;

/// Deeper ones are shown as text.
const DEEPEST: usize = 24;

/// A part of an indented JSON text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A line.
    Line(String),
    /// A list or an object over several lines.
    Block {
        /// The line that begins it.
        first: String,
        /// What it holds.
        parts: Vec<Part>,
        /// The line that ends it.
        last: String,
    },
}

/// The parts of an indented JSON text; `None` where there is nothing to fold, or too much.
pub(super) fn parts(json: &str) -> Option<Vec<Part>> {
    let lines = json.lines().count();
    if !(2..=MOST_LINES).contains(&lines) {
        return None;
    }
    let mut open: Vec<(String, Vec<Part>)> = Vec::new();
    let mut parts = Vec::new();
    for line in json.lines() {
        let text = line.trim_start();
        // A text ends with a quote, so that what stands at a line's end is never inside one.
        if line.ends_with(['{', '[']) {
            open.push((line.to_owned(), std::mem::take(&mut parts)));
            if open.len() > DEEPEST {
                return None;
            }
        } else if text.starts_with(['}', ']']) {
            let (first, before) = open.pop()?;
            let block = Part::Block {
                first,
                parts: std::mem::replace(&mut parts, before),
                last: line.to_owned(),
            };
            parts.push(block);
        } else {
            parts.push(Part::Line(line.to_owned()));
        }
    }
    open.is_empty().then_some(parts)
}

/// The parts as elements.
pub(super) fn show(parts: Vec<Part>) -> AnyView {
    let part = |part| match part {
        Part::Line(line) => view! { <div>{line} "\n"</div> }.into_any(),
        Part::Block { first, parts, last } => view! {
            <details open=true class=style::block>
                <summary class=style::first>{first} "\n"</summary>
                {show(parts)}
                <div>{last} "\n"</div>
            </details>
        }
        .into_any(),
    };
    parts.into_iter().map(part).collect_view().into_any()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(parts: &[Part], out: &mut Vec<String>) {
        for part in parts {
            match part {
                Part::Line(line) => out.push(line.clone()),
                Part::Block { first, parts, last } => {
                    out.push(first.clone());
                    text(parts, out);
                    out.push(last.clone());
                }
            }
        }
    }

    #[test]
    fn lists_and_objects_fold() {
        let json = "{\n  \"a\": [\n    \"{\"\n  ],\n  \"b\": {}\n}";
        let found = parts(json).unwrap();
        let [Part::Block { parts: inner, .. }] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(matches!(
            inner.as_slice(),
            [Part::Block { .. }, Part::Line(_)]
        ));
    }

    #[test]
    fn what_is_one_line_too_long_or_too_deep_does_not() {
        assert_eq!(parts("1"), None);
        assert_eq!(parts(&format!("[\n{}]", "  1,\n".repeat(MOST_LINES))), None);
        let deep = format!("{}{}", "[\n".repeat(99), "]\n".repeat(99));
        assert_eq!(parts(&deep), None);
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i32>().prop_map(Into::into),
            "[\\[\\]{}\":, \n\\\\a]{0,6}".prop_map(serde_json::Value::String),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::hash_map("[\\[{}\"a]{0,3}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_line_is_lost_or_moved(value in values()) {
            let json = serde_json::to_string_pretty(&value).unwrap();
            if let Some(found) = parts(&json) {
                let mut lines = Vec::new();
                text(&found, &mut lines);
                prop_assert_eq!(lines.join("\n"), json);
            }
        }
    }
}
