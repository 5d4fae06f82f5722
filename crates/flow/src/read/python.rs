//! The operations promptflow does on what it loaded, and the Python errors they end in.

use crate::problem::{Problem, quoted};
use crate::suggest::Suggestion;
use crate::yaml::{Mapping, Span, Value};

/// `value.get(…)` or `value.items()`.
pub(super) fn mapping<'a>(value: Value<'a>, what: &str) -> Result<Mapping<'a>, Problem> {
    value
        .as_mapping()
        .ok_or_else(|| not_a_mapping("AttributeError", value, what))
}

/// `value["…"]`.
pub(super) fn subscript<'a>(value: Value<'a>, what: &str) -> Result<Mapping<'a>, Problem> {
    value
        .as_mapping()
        .ok_or_else(|| not_a_mapping("TypeError", value, what))
}

fn not_a_mapping(code: &'static str, value: Value<'_>, what: &str) -> Problem {
    let message = format!(
        "{what} must be a mapping (`key: value`), but is {}.",
        value.kind()
    );
    Problem::new(code, value.span(), message)
}

/// `mapping["name"]`; `at` is where to point when it is not there.
pub(super) fn required<'a>(
    mapping: Mapping<'a>,
    name: &'static str,
    at: Span,
    what: &str,
) -> Result<Value<'a>, Problem> {
    mapping
        .get(name)
        .ok_or_else(|| Problem::new("KeyError", at, format!("{what} has no `{name}`. Add one.")))
}

/// `for item in value`; `item_error` is what the letters of a text or the keys of a mapping end in.
pub(super) fn list<'a>(
    value: Value<'a>,
    what: &str,
    item_error: &'static str,
) -> Result<Vec<Value<'a>>, Problem> {
    if let Some(items) = value.items() {
        return Ok(items.collect());
    }
    let iterable = value.as_mapping().is_some() || value.has_letters();
    let code = if iterable { item_error } else { "TypeError" };
    Err(Problem::new(
        code,
        value.span(),
        format!("{what} must be a list (`- item`), but is {}.", value.kind()),
    ))
}

/// `Enum(value)`.
pub(super) fn one_of<'a>(
    value: Value<'_>,
    what: &str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), Problem> {
    let names: Vec<&str> = names.collect();
    if value.as_str().is_some_and(|name| names.contains(&name)) {
        return Ok(());
    }
    let given = match value.as_str() {
        Some(name) => quoted(name),
        None => value.kind().to_owned(),
    };
    let message = format!("{what} is {given}. Use one of: {}.", names.join(", "));
    let problem = Problem::new("ValueError", value.span(), message);
    let near = value
        .as_str()
        .map(|name| Suggestion::of(name, names.into_iter(), 0));
    Err(match near {
        Some(near) => near.mends(problem, value.span()),
        None => problem,
    })
}

/// `value.lower()`: only text has that.
pub(super) fn lower(value: Value<'_>, what: &str) -> Result<(), Problem> {
    if value.as_str().is_some() {
        return Ok(());
    }
    Err(Problem::new(
        "AttributeError",
        value.span(),
        format!("{what} must be text, but is {}.", value.kind()),
    ))
}
