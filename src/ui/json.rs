//! A value of a flow as text.

use flowdeck_contract::Exact;
use leptos::{html, prelude::*};

use super::{Button, ButtonKind, CopyButton, json_tree, overflow::use_overflow};

stylance::import_crate_style!(style, "src/ui/json.module.css");

/// More characters than this are shown only when asked for.
const SHOWN: usize = 20_000;
/// Deeper parts are indented no further.
const DEEPEST: usize = 40;

/// The value as indented JSON.
#[must_use]
pub fn pretty(value: &Exact) -> String {
    indented(value.json(), false)
}

/// The value for reading: a string as its text, anything else as JSON, with numbers that JSON does not know as they are.
fn readable(value: &Exact) -> String {
    value
        .as_text()
        .unwrap_or_else(|| indented(value.json(), true))
}

/// JSON with a line for each part, without a limit on its depth.
fn indented(json: &str, for_reading: bool) -> String {
    let (mut out, mut depth, mut rest) = (String::with_capacity(json.len() * 2), 0_usize, json);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    };
    while let Some(first) = rest.chars().next() {
        let marked = for_reading.then(|| marked_number(rest)).flatten();
        if let Some((number, after)) = marked {
            out.push_str(number);
            rest = after;
            continue;
        }
        let end = if first == '"' {
            end_of_text(rest)
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        match first {
            '{' | '[' => {
                let after = rest.trim_start();
                out.push(first);
                if let Some(closed) = after.strip_prefix(['}', ']']) {
                    out.push(if first == '{' { '}' } else { ']' });
                    rest = closed;
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            ' ' | '\t' | '\n' | '\r' => {}
            _ => out.push_str(token),
        }
    }
    out
}

/// Where the JSON string at the beginning of `rest` ends.
fn end_of_text(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The number that JSON does not know at the beginning of `rest`, and what comes after it.
fn marked_number(rest: &str) -> Option<(&str, &str)> {
    let after = rest.strip_prefix("{\"$number\":\"")?;
    let (number, after) = after.split_once("\"}")?;
    matches!(number, "NaN" | "Infinity" | "-Infinity").then_some((number, after))
}

fn cut(text: &str) -> &str {
    text.char_indices()
        .nth(SHOWN)
        .map_or(text, |(end, _)| text.get(..end).unwrap_or(text))
}

/// A value as text that can be selected and copied; very long ones are cut until asked for.
#[component]
pub fn JsonText(
    /// The value.
    value: Exact,
    /// What it is, in words.
    #[prop(into)]
    what: String,
    /// Shows a string as JSON too, in quotes.
    #[prop(optional)]
    as_json: bool,
) -> impl IntoView {
    let text = if as_json {
        pretty(&value)
    } else {
        readable(&value)
    };
    let is_prose = !as_json && value.as_text().is_some();
    let is_long = cut(&text).len() < text.len();
    let tree = (!is_prose && !is_long)
        .then(|| json_tree::parts(&text))
        .flatten();
    let folds = tree.is_some();
    let length = text.len();
    let whole = RwSignal::new(!is_long);
    let text = StoredValue::new(text);
    let pre = NodeRef::<html::Pre>::new();
    let overflows = use_overflow(pre);
    let shown = move || {
        text.with_value(|text| {
            if whole.get() {
                text.clone()
            } else {
                cut(text).to_owned()
            }
        })
    };
    view! {
        <div class=style::root>
            <pre
                node_ref=pre
                class=style::text
                class=(style::prose, is_prose)
                class=(style::tree, folds)
                role="group"
                tabindex=move || overflows.get().then_some("0")
                aria-label=what.clone()
            >
                {match tree {
                    Some(parts) => json_tree::show(parts),
                    None => shown.into_any(),
                }}
            </pre>
            <div class=style::copy>
                <CopyButton text=Signal::derive(move || text.get_value()) what=what />
            </div>
            <Show when=move || !whole.get()>
                <Button kind=ButtonKind::Quiet on_press=move |()| whole.set(true)>
                    {format!("Show all of it ({} KB)", length / 1024)}
                </Button>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_its_text_and_anything_else_is_json() {
        let read = |json: &str| readable(&Exact::parse(json).unwrap());
        assert_eq!(read(r#""a\nb""#), "a\nb");
        assert_eq!(
            read(r#"{"b":1, "a":[],"c":["x, {\"",2]}"#),
            "{\n  \"b\": 1,\n  \"a\": [],\n  \"c\": [\n    \"x, {\\\"\",\n    2\n  ]\n}"
        );
        assert_eq!(read("null"), "null");
    }

    #[test]
    fn numbers_are_shown_as_they_are() {
        let value = Exact::parse(r#"[123456789012345678901234,1e22,{"$number":"NaN"}]"#).unwrap();
        assert_eq!(
            readable(&value),
            "[\n  123456789012345678901234,\n  1e22,\n  NaN\n]"
        );
        assert_eq!(Exact::parse(pretty(&value)).unwrap().json(), pretty(&value));
    }

    #[test]
    fn a_deep_value_is_shown() {
        let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
        assert!(readable(&Exact::parse(deep).unwrap()).len() < 600_000);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "ß".repeat(SHOWN + 1);
        assert_eq!(cut(&text).chars().count(), SHOWN);
        assert_eq!(cut("short"), "short");
    }
}
