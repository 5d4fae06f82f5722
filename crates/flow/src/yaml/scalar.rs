//! What a scalar means: the rules of YAML 1.2 as ruamel.yaml applies them.

use std::borrow::Cow;

use super::date;
use super::tree::Key;

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
    pub(super) fn plain(text: Cow<'t, str>) -> Self {
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
        match integer(&text) {
            Integer::Value(number) => Self::Integer(number),
            Integer::TooLarge => Self::Other(text),
            Integer::Not if date::read(&text).is_some() => Self::Other(text),
            Integer::Not => Self::Text(text),
        }
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

    pub(super) fn display(&self) -> Cow<'_, str> {
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
fn integer(text: &str) -> Integer {
    let (negative, digits) = split_sign(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'b', ..] => (2, &digits[2..]),
        [b'0', b'o', ..] => (8, &digits[2..]),
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
