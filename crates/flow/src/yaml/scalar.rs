//! What a scalar means: the rules of YAML 1.2, or of 1.1 where a document asks for it, as ruamel.yaml applies them.

use std::borrow::Cow;

use super::date;
use super::tree::Key;

/// Whose rules say what a plain scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// `yes` and `on` are true, `010` is eight, `1:30` is ninety.
    V1_1,
    V1_2,
}

impl Version {
    /// That of a document: `%YAML 1.1` before its `---` asks for 1.1.
    pub(super) fn of(text: &str) -> Self {
        let directive = text
            .lines()
            .map(|line| line.trim_start_matches('\u{feff}'))
            .take_while(|line| line.starts_with(['%', '#']) || line.trim().is_empty())
            .find_map(|line| line.strip_prefix("%YAML"));
        match directive.and_then(|version| version.split_whitespace().next()) {
            Some("1.1") => Self::V1_1,
            _ => Self::V1_2,
        }
    }
}

/// A scalar's value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar<'t> {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(Cow<'t, str>),
    /// `<<` written plain: as a key, it takes in other mappings.
    Merge,
    /// A date, or an integer beyond 128 bits.
    Other(Cow<'t, str>),
    /// A value with a tag of its own, which equals no text.
    Tagged(Cow<'t, str>),
}

impl<'t> Scalar<'t> {
    /// Resolves a plain scalar without a tag.
    pub(super) fn plain(text: Cow<'t, str>, version: Version) -> Self {
        if version == Version::V1_1
            && let Some(older) = Self::older(&text)
        {
            return older;
        }
        match text.as_ref() {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            "<<" => return Self::Merge,
            _ => {}
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
            return Self::Text(text);
        }
        if let Some(number) = float(&text) {
            return Self::Float(number);
        }
        match integer(&text, version) {
            Integer::Value(number) => Self::Integer(number),
            Integer::TooLarge => Self::Other(text),
            Integer::Not if date::read(&text).is_some() => Self::Other(text),
            Integer::Not => Self::Text(text),
        }
    }

    /// What only YAML 1.1 takes for more than text, or for another number.
    fn older(text: &str) -> Option<Self> {
        match text {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
                return Some(Self::Bool(true));
            }
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
                return Some(Self::Bool(false));
            }
            _ => {}
        }
        let (negative, digits) = split_sign(text);
        let number = if digits.contains(':') {
            sexagesimal(digits)?
        } else {
            let octal = digits.strip_prefix('0')?.replace('_', "");
            i128::from_str_radix(&octal, 8).ok()?
        };
        Some(Self::Integer(if negative { -number } else { number }))
    }

    pub(super) fn is_merge(&self) -> bool {
        matches!(self, Self::Merge)
    }

    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Integer(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Merge | Self::Other(_) | Self::Tagged(_) => true,
        }
    }

    pub(super) fn key(&self) -> Key<'_> {
        match self {
            Self::Null => Key::Null,
            Self::Bool(value) => Key::Integer(i128::from(*value)),
            Self::Integer(value) => Key::Integer(*value),
            Self::Float(value) => float_key(*value),
            Self::Text(text) => Key::Text(text),
            Self::Merge => Key::Text("<<"),
            Self::Other(text) | Self::Tagged(text) => Key::Other(text),
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) | Self::Merge => "a text",
            Self::Other(_) => "a date",
            Self::Tagged(_) => "a tagged value",
        }
    }

    pub(crate) fn display(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed("None"),
            Self::Bool(true) => Cow::Borrowed("True"),
            Self::Bool(false) => Cow::Borrowed("False"),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Float(value) => Cow::Owned(value.to_string()),
            Self::Text(text) | Self::Other(text) | Self::Tagged(text) => Cow::Borrowed(text),
            Self::Merge => Cow::Borrowed("<<"),
        }
    }
}

/// A float that is a whole number is the same key as the integer.
fn float_key(value: f64) -> Key<'static> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number within 2^53"
        )]
        return Key::Integer(value as i128);
    }
    Key::Float(value.to_bits())
}

enum Integer {
    Value(i128),
    TooLarge,
    Not,
}

/// `0b101`, `0o17`, `0x1f` and decimals, which may start with zeros; `_` may stand between.
fn integer(text: &str, version: Version) -> Integer {
    let (negative, digits) = split_sign(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', b'o', ..] if version == Version::V1_2 => (8, &digits[2..]),
        [b'0', _, ..] if version == Version::V1_1 && !digits.starts_with("0x") => {
            return Integer::Not;
        }
        [b'0', b'x', ..] => (16, &digits[2..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|c| c == '_' || c.is_digit(radix)) {
        return Integer::Not;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() {
        return Integer::Not;
    }
    match i128::from_str_radix(&digits, radix) {
        Ok(value) => Integer::Value(if negative { -value } else { value }),
        Err(_) => Integer::TooLarge,
    }
}

/// `1:30:00`: seconds, in digits to the base of 60.
fn sexagesimal(text: &str) -> Option<i128> {
    let mut parts = text.split(':');
    let first = parts.next()?.replace('_', "");
    if !first.starts_with(|c: char| matches!(c, '1'..='9')) {
        return None;
    }
    let mut value: i128 = first.parse().ok()?;
    for part in parts {
        let digit = part.parse::<u8>().ok().filter(|digit| *digit < 60)?;
        if part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        value = value.checked_mul(60)?.checked_add(i128::from(digit))?;
    }
    Some(value)
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// A number with a point, an exponent or both; or `.inf`, `.nan`.
fn float(text: &str) -> Option<f64> {
    let (negative, unsigned) = split_sign(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(if negative {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            });
        }
        ".nan" | ".NaN" | ".NAN" if unsigned.len() == text.len() => return Some(f64::NAN),
        _ => {}
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.find('.') {
        Some(at) => (&mantissa[..at], Some(&mantissa[at + 1..])),
        None => (mantissa, None),
    };
    if fraction.is_none() && exponent.is_none() {
        return None;
    }
    let digits = |part: &str| part.bytes().all(|b| b == b'_' || b.is_ascii_digit());
    let whole_ok = match whole.as_bytes().first() {
        Some(first) => first.is_ascii_digit() && digits(whole),
        // `.5e3` is text: without a whole part, the exponent needs a sign.
        None => {
            fraction.is_some_and(|f| f.bytes().any(|b| b.is_ascii_digit()))
                && exponent.is_none_or(|e| e.starts_with(['+', '-']))
        }
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let (_, e) = split_sign(e);
        !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
    });
    if !(whole_ok && fraction.is_none_or(digits) && exponent_ok) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, version: Version) -> Scalar<'_> {
        Scalar::plain(text.into(), version)
    }

    /// As ruamel.yaml reads them.
    #[test]
    fn a_document_of_version_1_1_is_read_by_its_rules() {
        let older = |text| read(text, Version::V1_1);
        for text in ["yes", "On", "y", "true"] {
            assert_eq!(older(text), Scalar::Bool(true), "{text}");
        }
        for (text, number) in [
            ("010", 8),
            ("-010", -8),
            ("1:30", 90),
            ("1:30:00", 5400),
            ("0x1f", 31),
            ("0b11", 3),
            ("0", 0),
            ("1_0", 10),
        ] {
            assert_eq!(older(text), Scalar::Integer(number), "{text}");
        }
        for text in ["08", "0o7", "1:60", "01:30", "1:", "1:2:3x"] {
            assert_eq!(older(text), Scalar::Text(text.into()), "{text}");
        }
        for text in ["yes", "on", "1:30"] {
            assert_eq!(
                read(text, Version::V1_2),
                Scalar::Text(text.into()),
                "{text}"
            );
        }
        assert_eq!(read("010", Version::V1_2), Scalar::Integer(10));
    }

    #[test]
    fn a_directive_before_the_document_says_the_version() {
        assert_eq!(Version::of("# a\n\n%YAML 1.1\n---\na: 1\n"), Version::V1_1);
        for text in [
            "%YAML 1.2\n---\n",
            "a: 1\n%YAML 1.1\n",
            "",
            "---\n%YAML 1.1\n",
        ] {
            assert_eq!(Version::of(text), Version::V1_2, "{text}");
        }
    }
}
