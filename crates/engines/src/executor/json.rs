//! Python's JSON, which holds `NaN`, `Infinity` and `-Infinity`, to and from [`Exact`] values, which write these as
//! `{"$number": "NaN"}`.

use flowdeck_contract::{Exact, Values};

const NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
const MARK: &str = "$number";

/// Reads what Python's `json.dumps` wrote.
pub(crate) fn read(bytes: &[u8]) -> Result<Exact, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    Exact::parse(marked(text)).map_err(|error| error.to_string())
}

/// Writes a value as Python's `json.loads` reads it.
pub(crate) fn write(value: &Exact) -> String {
    let (mut out, mut rest) = (String::with_capacity(value.json().len()), value.json());
    while !rest.is_empty() {
        if let Some((number, after)) = number_of_mark(rest) {
            out.push_str(number);
            rest = after;
            continue;
        }
        let (token, after) = split_token(rest);
        match mark_key(token, after).filter(|dollars| *dollars > 1) {
            Some(_) => out.extend(["\"", &token[2..]]),
            None => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// Writes an object of values as Python's `json.loads` reads it.
pub(super) fn write_all(values: &Values) -> String {
    let members = values
        .iter()
        .map(|(name, value)| format!("{}:{}", serde_json::Value::from(name), write(value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn marked(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len() + 64), text);
    while !rest.is_empty() {
        if let Some(number) = NUMBERS.iter().find(|number| rest.starts_with(**number)) {
            out.extend(["{\"", MARK, "\":\"", number, "\"}"]);
            rest = &rest[number.len()..];
            continue;
        }
        let (token, after) = split_token(rest);
        match mark_key(token, after) {
            Some(_) => out.extend(["\"$", &token[1..]]),
            None => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// The first text of `rest`, or what stands before the next one or the next number that JSON does not know.
fn split_token(rest: &str) -> (&str, &str) {
    let bytes = rest.as_bytes();
    let mut end = 1;
    if bytes[0] == b'"' {
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        end += 1;
    } else {
        let begins = |byte: &u8| matches!(byte, b'"' | b'N' | b'I' | b'-' | b'{');
        while end < bytes.len() && !begins(&bytes[end]) {
            end += 1;
        }
    }
    while end < bytes.len() && !rest.is_char_boundary(end) {
        end += 1;
    }
    rest.split_at(end.min(rest.len()))
}

/// How many `$` a key has that could be taken for a mark: `"$number"`, `"$$number"`, …
fn mark_key(token: &str, after: &str) -> Option<usize> {
    let name = token.strip_prefix('"')?.strip_suffix("number\"")?;
    let is_mark = !name.is_empty() && name.bytes().all(|byte| byte == b'$');
    (is_mark && after.trim_start().starts_with(':')).then_some(name.len())
}

/// The number that a mark at the beginning of `rest` stands for, and what comes after it.
fn number_of_mark(rest: &str) -> Option<(&'static str, &str)> {
    let after = rest.strip_prefix('{')?.trim_start();
    let after = after.strip_prefix("\"$number\"")?.trim_start();
    let after = after.strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let number = NUMBERS.iter().find(|number| after.starts_with(**number))?;
    let after = after[number.len()..].strip_prefix('"')?.trim_start();
    Some((number, after.strip_prefix('}')?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_json_does_not_know_are_marked() {
        let text = r#"{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN \" Infinity","d\\":NaN,"$number":"NaN"}"#;
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(value.member("a").unwrap().json(), r#"{"$number":"NaN"}"#);
        assert_eq!(write(&value), text);
    }

    #[test]
    fn what_is_no_json_stays_an_error() {
        for text in ["<html>", "\"\\", "", "[NaN", "{\"$number", "Na"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read(&[b'"', 0xff, b'"']).is_err());
    }

    /// JSON as Python writes it.
    fn python() -> impl Strategy<Value = String> {
        let text = || {
            prop_oneof![
                Just(r#""$number""#.to_owned()),
                Just(r#""$$number""#.to_owned()),
                Just(r#""half \ud83d""#.to_owned()),
                Just(r#""NaN""#.to_owned()),
                any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
            ]
        };
        let number = prop_oneof![
            Just("NaN".to_owned()),
            Just("Infinity".to_owned()),
            Just("-Infinity".to_owned()),
            Just("0.30000000000000004".to_owned()),
            Just("1e+22".to_owned()),
            "-?[1-9][0-9]{0,60}",
            any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        ];
        let leaf = prop_oneof![
            number,
            text(),
            Just("null".to_owned()),
            Just("true".to_owned())
        ];
        leaf.prop_recursive(6, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6)
                    .prop_map(|items| format!("[{}]", items.join(", "))),
                prop::collection::vec((text(), inner), 0..6).prop_map(|members| {
                    let members = members.iter().map(|(key, value)| format!("{key}: {value}"));
                    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_s_way_through_store_and_api_to_a_node_changes_nothing(text in python()) {
            let value = read(text.as_bytes()).unwrap();
            let stored = serde_json::to_string(&value).unwrap();
            let served: Exact = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(write(&served), text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            if let Ok(value) = read(text.as_bytes()) {
                prop_assert_eq!(write(&value), text);
            }
        }
    }
}
