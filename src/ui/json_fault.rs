//! Where a text stops being JSON, in words.

use flowdeck_contract::Exact;

/// Why a text isn't JSON, with its place; `None` when it is.
#[must_use]
pub fn json_fault(text: &str) -> Option<String> {
    let error = Exact::parse(text).err()?;
    let whole = error.to_string();
    // What it says ends with the place, in other words than ours.
    let what = whole.split(" at line ").next().unwrap_or(&whole);
    let what = match what {
        _ if ends_with_comma(text, error.line(), error.column()) => {
            "remove the comma before the closing bracket"
        }
        "EOF while parsing a value" => "a value is missing at the end",
        "EOF while parsing a string" => "the text has no quote at its end",
        "EOF while parsing a list" => "the list has no ] at its end",
        "EOF while parsing an object" => "the object has no } at its end",
        "trailing characters" => "remove what comes after the value",
        "key must be a string" => "put the name in double quotes",
        "expected value" => {
            "expected a value: a text in double quotes, a number, true, false, null, a list or an object"
        }
        other => other,
    };
    Some(format!(
        "Line {}, column {}: {what}.",
        error.line(),
        error.column()
    ))
}

/// Whether what is at this place closes a list or an object after a comma.
fn ends_with_comma(text: &str, line: usize, column: usize) -> bool {
    let line_begins: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let until = text.get(..line_begins + column).unwrap_or_default();
    let before = until.strip_suffix([']', '}']).unwrap_or_default();
    before.trim_end().ends_with(',')
}

#[cfg(test)]
mod tests {
    use super::json_fault;

    #[test]
    fn the_place_of_the_mistake_is_told() {
        for (text, fault) in [
            (
                "{\"a\": 1,\n \"b\": }",
                "Line 2, column 7: expected a value",
            ),
            ("[1, 2", "Line 1, column 5: the list has no ] at its end."),
            ("[1,]", "Line 1, column 4: remove the comma"),
            ("{\"ä\": 1,\n}", "Line 2, column 1: remove the comma"),
            ("{a: 1}", "Line 1, column 2: put the name in double quotes."),
            (
                "[1] x",
                "Line 1, column 5: remove what comes after the value.",
            ),
            ("{\"a\" 1}", "Line 1, column 6: expected `:`."),
            ("'a'", "Line 1, column 1: expected a value"),
        ] {
            let found = json_fault(text).unwrap_or_default();
            assert!(found.contains(fault), "{text}: {found}");
        }
        for text in ["[1.50, {\"a\": null}]", " \"x\" "] {
            assert_eq!(json_fault(text), None);
        }
    }
}
