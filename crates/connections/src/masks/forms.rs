//! The forms that programs easily give a text.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// A shorter piece is found where no secret is.
const SHORTEST_PIECE: usize = 8;

/// Every form of a secret that is looked for.
pub(super) fn of(secret: &str) -> Vec<String> {
    let trimmed = secret.trim();
    let mut forms = vec![trimmed.to_owned()];
    let lines = trimmed.lines().filter(|_| trimmed.contains('\n'));
    forms.extend(lines.map(|line| line.trim().to_owned()));
    forms.retain(|form| form == trimmed || form.len() >= SHORTEST_PIECE);
    let whole = forms.clone();
    for text in &whole {
        let json = escaped(text);
        forms.extend([escaped(&json), ascii(text), escaped(&ascii(text)), json]);
        forms.extend([text.replace('\\', "\\\\").replace('\'', "\\'"), html(text)]);
        let percent = percent(text);
        forms.extend([
            percent.replace("%20", "+"),
            lower_percent(&percent),
            percent,
        ]);
        forms.push(hex(text, "0123456789abcdef"));
        forms.push(hex(text, "0123456789ABCDEF"));
        for offset in 0..3 {
            forms.extend(base64_core(text, offset));
        }
    }
    forms.retain(|form| form.len() >= 4);
    forms
}

/// As inside of JSON's quotes.
fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.get(1..quoted.len().saturating_sub(1));
    inner.unwrap_or_default().to_owned()
}

/// As Python's JSON writes it, in ASCII alone.
fn ascii(text: &str) -> String {
    let mut units = [0; 2];
    let mut ascii = String::new();
    for c in escaped(text).chars() {
        if c.is_ascii() {
            ascii.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            ascii.push_str(&format!("\\u{unit:04x}"));
        }
    }
    ascii
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
}

fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn lower_percent(percent: &str) -> String {
    let mut lower = String::new();
    let mut digits = 0;
    for c in percent.chars() {
        if c == '%' {
            digits = 3;
        }
        lower.push(if digits > 0 {
            c.to_ascii_lowercase()
        } else {
            c
        });
        digits = u8::saturating_sub(digits, 1);
    }
    lower
}

fn hex(text: &str, digits: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let nibbles = text.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .filter_map(|nibble| digits.get(usize::from(nibble)))
        .collect()
}

/// The letters of base64 that a text makes wherever it stands: those that its neighbours have a part in are left out.
fn base64_core(text: &str, offset: usize) -> Vec<String> {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(text.as_bytes());
    let first = (offset * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    let encodings = [
        BASE64_STANDARD_NO_PAD.encode(&bytes),
        BASE64_URL_SAFE_NO_PAD.encode(&bytes),
    ];
    encodings
        .iter()
        .filter_map(|encoded| encoded.get(first..end))
        .filter(|core| core.len() >= SHORTEST_PIECE)
        .map(str::to_owned)
        .collect()
}
