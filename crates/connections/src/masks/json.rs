//! Masking within JSON, as Python writes it too: texts are decoded before they are looked at, so that it stays JSON.

use std::borrow::Cow;

use super::{MASK, Masks};

/// The JSON without secrets.
pub(super) fn mask<'t>(masks: &Masks, text: &'t str) -> Cow<'t, str> {
    let mut masked = String::new();
    let mut copied = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let end = match byte {
            b'"' => end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => end_of_number(bytes, at),
            _ => {
                at += 1;
                continue;
            }
        };
        let token = text.get(at..end).unwrap_or_default();
        let replacement = match byte {
            b'"' => masked_text(masks, token),
            _ => masks.is_in(token).then(|| quoted(MASK)),
        };
        if let Some(replacement) = replacement {
            masked.push_str(text.get(copied..at).unwrap_or_default());
            masked.push_str(&replacement);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(masked)
}

fn masked_text(masks: &Masks, token: &str) -> Option<String> {
    match serde_json::from_str::<String>(token) {
        Ok(text) => match masks.text(&text) {
            Cow::Owned(masked) => Some(quoted(&masked)),
            Cow::Borrowed(_) => None,
        },
        // Python writes halves of characters, which no text of ours can hold.
        Err(_) => masks.is_in(token).then(|| quoted(MASK)),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
    length.map_or(bytes.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keys_and_python_s_own_words_are_masked_or_left() {
        let masks = Masks::new(["123456", "hunter2"]);
        let text = r#"{"hunter2": NaN, "n": [0.1234567, 99123456, -1], "half": "\ud800hunter2", "t": "a\"hunter2"}"#;
        let expected = format!(
            r#"{{"{MASK}": NaN, "n": ["{MASK}", "{MASK}", -1], "half": "{MASK}", "t": "a\"{MASK}"}}"#
        );
        assert_eq!(mask(&masks, text), expected);
        for broken in ["\"hunter2", "\"\\", "{\"a", "12"] {
            let _ = mask(&masks, broken);
        }
    }
}
