//! Python writes JSON that holds `NaN` and `Infinity`, which JSON does not know: they become text.

use serde_json::Value;

const NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// Reads what Python's `json.dumps` wrote.
pub(super) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(_) => serde_json::from_slice(&quoted(bytes)),
    }
}

/// The same with numbers that JSON does not know between quotes; what is text already stays.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let (mut rest, mut in_text) = (bytes, false);
    while let Some((first, after)) = rest.split_first() {
        let number = NUMBERS
            .iter()
            .find(|number| !in_text && rest.starts_with(number.as_bytes()));
        if let Some(number) = number {
            out.extend_from_slice(format!("\"{number}\"").as_bytes());
            rest = &rest[number.len()..];
            continue;
        }
        out.push(*first);
        rest = after;
        match first {
            b'"' => in_text = !in_text,
            b'\\' if in_text => {
                if let Some((escaped, after)) = rest.split_first() {
                    out.push(*escaped);
                    rest = after;
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_that_json_does_not_know_become_text() {
        let text = br#"{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN \" Infinity","d\\":NaN}"#;
        let expected = json!({"a": "NaN", "b": ["-Infinity", "Infinity", -1], "c": "NaN \" Infinity", "d\\": "NaN"});
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn what_is_no_json_stays_an_error() {
        assert!(read(b"<html>").is_err());
        assert!(read(b"\"\\").is_err());
    }
}
