//! A JSON value as text.

use leptos::prelude::*;
use serde_json::Value;

use super::{Button, ButtonKind, CopyButton};

stylance::import_crate_style!(style, "src/ui/json.module.css");

/// More characters than this are shown only when asked for.
const SHOWN: usize = 20_000;

/// The value as indented JSON.
#[must_use]
pub fn pretty(value: &Value) -> String {
    // Only maps with keys that are no strings fail, and a `Value` has none.
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// The value for reading: a string as its text, anything else as JSON.
fn readable(value: &Value) -> String {
    value.as_str().map_or_else(|| pretty(value), str::to_owned)
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
    value: Value,
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
    let is_long = cut(&text).len() < text.len();
    let length = text.len();
    let whole = RwSignal::new(!is_long);
    let text = StoredValue::new(text);
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
            <pre class=style::text tabindex="0" aria-label=what.clone()>{shown}</pre>
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
    use serde_json::json;

    #[test]
    fn a_string_is_its_text_and_anything_else_is_json() {
        assert_eq!(readable(&json!("a\nb")), "a\nb");
        assert_eq!(
            readable(&json!({"b": 1, "a": []})),
            "{\n  \"b\": 1,\n  \"a\": []\n}"
        );
        assert_eq!(readable(&json!(null)), "null");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "ß".repeat(SHOWN + 1);
        assert_eq!(cut(&text).chars().count(), SHOWN);
        assert_eq!(cut("short"), "short");
    }
}
