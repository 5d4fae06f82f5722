//! What the environment of a flow asks for.

use serde_json::Value as Json;

use super::{EditError, lines::Lines, meaning_of};
use crate::yaml::{SourceText, compose};

/// The text with `environment.image` set to `image`, or without one.
///
/// # Errors
/// When the text is no YAML mapping, or writes its environment in an unusual way. What is returned is known to mean the
/// same as before but for the image.
pub fn set_environment_image(text: &str, image: Option<&str>) -> Result<String, EditError> {
    set_environment(text, "image", image)
}

/// The text with `environment.python_requirements_txt` set to `path`.
///
/// # Errors
/// As [`set_environment_image`] does.
pub fn set_environment_requirements(text: &str, path: &str) -> Result<String, EditError> {
    set_environment(text, "python_requirements_txt", Some(path))
}

fn set_environment(
    text: &str,
    key: &'static str,
    value: Option<&str>,
) -> Result<String, EditError> {
    let (rest, now) = meaning(text, key)?;
    if now.as_deref() == value {
        return Ok(text.to_owned());
    }
    let spellings = value.map(|value| [value.to_owned(), Json::from(value).to_string()]);
    let candidates = match &spellings {
        None => vec![None],
        Some(spellings) => spellings.iter().map(|text| Some(text.as_str())).collect(),
    };
    candidates
        .into_iter()
        .filter_map(|spelling| edited(text, key, spelling))
        .find(|edited| {
            meaning(edited, key)
                .is_ok_and(|(others, found)| found.as_deref() == value && others == rest)
        })
        .ok_or(EditError::Unusual)
}

/// Everything that a text says but the value of `key` in its environment, and that value.
fn meaning(text: &str, key: &str) -> Result<(Json, Option<String>), EditError> {
    let mut json = meaning_of(text)?;
    let Some(environment) = json.get_mut("environment").map(Json::take) else {
        return Ok((json, None));
    };
    let Json::Object(mut environment) = environment else {
        return match environment {
            Json::Null => Ok((without_environment(json), None)),
            _ => Err(EditError::Unusual),
        };
    };
    let value = match environment.shift_remove(key) {
        None | Some(Json::Null) => None,
        Some(Json::String(value)) => Some(value),
        Some(_) => return Err(EditError::Unusual),
    };
    // An environment that asks for nothing is the same as none.
    let json = if environment.is_empty() {
        without_environment(json)
    } else {
        if let Some(place) = json.get_mut("environment") {
            *place = Json::Object(environment);
        }
        json
    };
    Ok((json, value))
}

fn without_environment(mut json: Json) -> Json {
    if let Json::Object(root) = &mut json {
        root.shift_remove("environment");
    }
    json
}

/// The text with the value of `key` spelled so; `None` where this cannot tell how.
fn edited(text: &str, key: &'static str, value: Option<&str>) -> Option<String> {
    let source = SourceText::new(text);
    let (tree, _) = compose(&source).ok()?;
    let root = tree.root()?.as_mapping()?;
    let lines = Lines::new(text);
    let (range, put) = match (root.entry("environment"), value) {
        (None, None) => return None,
        (None, Some(value)) => lines.append("environment", key, value),
        (Some(environment), value) => match (environment.value.as_mapping(), value) {
            (Some(mapping), Some(value)) => lines.set(mapping, key, value)?,
            (Some(mapping), None) => lines.cut(environment, mapping, key)?,
            (None, value) => lines.fill(environment, key, value?)?,
        },
    };
    Some(lines.replaced(range, &put))
}
