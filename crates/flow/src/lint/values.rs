//! Values that are not of their type, as promptflow converts them (`ValueType.parse`).

use crate::mend::Mend;
use crate::model::ValueType;
use crate::problem::{Problem, quoted};
use crate::read::Draft;
use crate::yaml::Value;

/// Defaults of the flow's inputs.
pub(super) fn defaults(draft: &Draft<'_>, warnings: &mut Vec<Problem>) {
    for input in &draft.inputs {
        let Some(definition) = input.definition else {
            continue;
        };
        let (Some(declared), Some(default)) = (definition.get("type"), definition.get("default"))
        else {
            continue;
        };
        let Some(value_type) = declared.as_str().and_then(ValueType::parse) else {
            continue;
        };
        // Nothing is no default.
        if default.is_null() || fits(default, value_type) {
            continue;
        }
        let message = format!(
            "The default of the input {} is {}, not {}. A run that uses it fails. Change the default or the type.",
            quoted(&input.name.display()),
            shown(default),
            article(value_type),
        );
        let meant = type_of(default);
        let mend = Mend {
            label: format!("Change the type to {}", meant.as_str()),
            within: declared.span(),
            old: value_type.as_str().to_owned(),
            new: meant.as_str().to_owned(),
        };
        let problem = Problem::doubtful("DefaultOfWrongType", default.span(), message);
        warnings.push(problem.mended_by(Some(mend)));
    }
}

/// Whether promptflow can make a value of the type of it.
pub(super) fn fits(value: Value<'_>, value_type: ValueType) -> bool {
    let is_number = matches!(value.kind(), "a number" | "true or false");
    let text = value.as_str();
    match value_type {
        ValueType::Int => is_number || text.is_some_and(is_integer),
        ValueType::Double => is_number || text.is_some_and(is_float),
        ValueType::Bool => {
            value.kind() == "true or false"
                || text.is_some_and(|text| ["true", "false"].contains(&&*text.to_lowercase()))
        }
        ValueType::List => {
            let is_list =
                |text: &str| serde_json::from_str::<Vec<serde::de::IgnoredAny>>(text).is_ok();
            value.items().is_some() || text.is_some_and(is_list)
        }
        _ => true,
    }
}

/// As Python's `int()` reads it.
fn is_integer(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    is_digits(digits)
}

/// Digits, with `_` between two of them at most.
fn is_digits(text: &str) -> bool {
    !text.is_empty()
        && text
            .split('_')
            .all(|part| !part.is_empty() && part.chars().all(char::is_numeric))
}

/// As Python's `float()` reads it.
fn is_float(text: &str) -> bool {
    text.trim().replace('_', "").parse::<f64>().is_ok()
}

fn type_of(value: Value<'_>) -> ValueType {
    if value.items().is_some() {
        return ValueType::List;
    }
    match value.kind() {
        "a mapping" => ValueType::Object,
        "a number" if value.display().contains(['.', 'e', 'n']) => ValueType::Double,
        "a number" => ValueType::Int,
        "true or false" => ValueType::Bool,
        _ => ValueType::String,
    }
}

/// A value for people: a scalar itself, of anything else what it is.
pub(super) fn shown(value: Value<'_>) -> String {
    match value.kind() {
        kind @ ("a list" | "a mapping" | "empty") => kind.to_owned(),
        _ => quoted(&value.display()),
    }
}

/// A type for people.
pub(super) fn article(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Int => "a whole number",
        ValueType::Double => "a number",
        ValueType::Bool => "true or false",
        ValueType::List => "a list",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_float, is_integer};

    /// Each as Python's `int` and `float` answer.
    #[test]
    fn numbers_in_texts_are_pythons() {
        for text in ["1", " 12 ", "-3", "+4", "1_000"] {
            assert!(is_integer(text) && is_float(text), "{text}");
        }
        for text in ["1.5", "1e3", "inf", "-nan", ".5"] {
            assert!(!is_integer(text) && is_float(text), "{text}");
        }
        for text in ["", "abc", "1,5", "0x1f", "--1"] {
            assert!(!is_integer(text) && !is_float(text), "{text}");
        }
    }
}
