//! Changes one thing of a `flow.dag.yaml` and leaves every other byte, comments included, as it is.

use std::{fmt, ops::Range};

use serde_json::Value as Json;

use crate::yaml::{Expander, Mapping, MappingEntry, Position, SourceText, Value, compose};

/// Why a text was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// It is no YAML, or no mapping.
    Unreadable,
    /// It says it in a way that is better changed by hand.
    Unusual,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EditError::Unreadable => "It isn't valid YAML. Fix it in raw file mode first.",
            EditError::Unusual => {
                "flowdeck can't change the way its environment is written. Change it in raw file mode."
            }
        })
    }
}

impl std::error::Error for EditError {}

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
    let source = SourceText::new(text);
    let (tree, problems) = compose(&source).map_err(|_| EditError::Unreadable)?;
    let root = tree.root().filter(|root| root.as_mapping().is_some());
    let root = root
        .filter(|_| problems.is_empty())
        .ok_or(EditError::Unreadable)?;
    let mut expander = Expander::for_text_of(text.len());
    let mut json = expander.json(root);
    if expander.exhausted_at().is_some() {
        return Err(EditError::Unusual);
    }
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
    let text = Text::new(text, key);
    let (range, put) = match (root.entry("environment"), value) {
        (None, None) => return None,
        (None, Some(value)) => text.append(value),
        (Some(environment), value) => match environment.value.as_mapping() {
            Some(mapping) => text.change(environment, mapping, value)?,
            None => text.fill(environment, value?)?,
        },
    };
    Some(text.replaced(range, &put))
}

/// A text by lines and columns, and the key of its environment that is changed.
struct Text<'t> {
    text: &'t str,
    key: &'static str,
    line_end: &'static str,
}

impl<'t> Text<'t> {
    fn new(text: &'t str, key: &'static str) -> Self {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self {
            text,
            key,
            line_end,
        }
    }

    fn replaced(&self, range: Range<usize>, put: &str) -> String {
        let mut text = self.text.to_owned();
        text.replace_range(range, put);
        text
    }

    /// A whole environment at the end.
    fn append(&self, value: &str) -> (Range<usize>, String) {
        let end = self.text.len();
        let eol = self.line_end;
        let before = if self.text.is_empty() || self.text.ends_with('\n') {
            ""
        } else {
            eol
        };
        (
            end..end,
            format!("{before}environment:{eol}  {}: {value}{eol}", self.key),
        )
    }

    /// The first entry of an environment that is empty.
    fn fill(&self, environment: MappingEntry<'_>, value: &str) -> Option<(Range<usize>, String)> {
        if !environment.value.is_null() {
            return None;
        }
        let key = environment.key.span().start;
        let indent = " ".repeat(key.column as usize + 1);
        let end = self.line(key.line)?.end;
        Some((
            end..end,
            format!("{}{indent}{}: {value}", self.line_end, self.key),
        ))
    }

    fn change(
        &self,
        environment: MappingEntry<'_>,
        mapping: Mapping<'_>,
        value: Option<&str>,
    ) -> Option<(Range<usize>, String)> {
        let start = self.offset(mapping.span().start)?;
        let is_flow = self.text.get(start..)?.starts_with('{');
        match (mapping.entry(self.key), value) {
            (Some(entry), Some(value)) => self.put(entry, value),
            (Some(entry), None) if is_flow => self.cut_from_flow(entry, mapping),
            (Some(_), None) if mapping.len() == 1 => self.cut_lines(environment.key, mapping),
            (Some(entry), None) => self.cut_lines(entry.key, mapping),
            (None, Some(value)) if is_flow => {
                let comma = if mapping.len() == 0 { "" } else { ", " };
                Some((
                    start + 1..start + 1,
                    format!("{}: {value}{comma}", self.key),
                ))
            }
            (None, Some(value)) => {
                let first = mapping.entries().next()?.key.span().start;
                let at = self.offset(first)?;
                let indent = " ".repeat(first.column as usize - 1);
                Some((
                    at..at,
                    format!("{}: {value}{}{indent}", self.key, self.line_end),
                ))
            }
            (None, None) => None,
        }
    }

    /// Another value for an entry.
    fn put(&self, entry: MappingEntry<'_>, value: &str) -> Option<(Range<usize>, String)> {
        if entry.value.is_null() && self.span(entry.value)?.is_empty() {
            let after = self.offset(entry.key.span().end)?;
            let colon = after + self.text.get(after..)?.find(':')? + 1;
            return Some((colon..colon, format!(" {value}")));
        }
        let range = self.span(entry.value)?;
        let written = self.text.get(range.clone())?.trim_end();
        Some((range.start..range.start + written.len(), value.to_owned()))
    }

    /// Takes an entry out of `{…}`, with one of the commas around it.
    fn cut_from_flow(
        &self,
        entry: MappingEntry<'_>,
        mapping: Mapping<'_>,
    ) -> Option<(Range<usize>, String)> {
        let key = self.span(entry.key)?;
        let mut range = key.start..self.span(entry.value)?.end.max(key.end);
        let mut entries = mapping.entries();
        let position = entries.position(|other| other.key.id() == entry.key.id())?;
        match (entries.next(), position) {
            (Some(next), _) => range.end = self.offset(next.key.span().start)?,
            (None, 0) => {}
            (None, last) => {
                let before = mapping.entries().nth(last - 1)?;
                range.start = self.span(before.value)?.end;
            }
        }
        Some((range, String::new()))
    }

    /// Takes out the lines from a key to where the next key or the end of what its mapping holds is.
    fn cut_lines(&self, key: Value<'_>, mapping: Mapping<'_>) -> Option<(Range<usize>, String)> {
        let from = self.line(key.span().start.line)?.start;
        let value = mapping.entry(self.key)?.value.span();
        let mut last = key.span().start.line.max(value.start.line);
        if value.end.column > 1 {
            last = last.max(value.end.line);
        }
        let end = self.line(last)?.end;
        let rest = self.text.get(end..)?;
        let width = if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(!rest.is_empty())
        };
        Some((from..end + width, String::new()))
    }

    fn span(&self, value: Value<'_>) -> Option<Range<usize>> {
        let span = value.span();
        Some(self.offset(span.start)?..self.offset(span.end)?)
    }

    fn offset(&self, place: Position) -> Option<usize> {
        let line = self.line(place.line)?;
        let start = line.start;
        let indices = self
            .text
            .get(line)?
            .char_indices()
            .map(|(at, _)| start + at);
        let end = self.line(place.line)?.end;
        indices.chain([end]).nth(place.column as usize - 1)
    }

    /// Where a line is, without its break.
    fn line(&self, number: u32) -> Option<Range<usize>> {
        let mut start = 0;
        for _ in 1..number {
            let end = start + self.text.get(start..)?.find(['\n', '\r'])?;
            start = end
                + if self.text.get(end..)?.starts_with("\r\n") {
                    2
                } else {
                    1
                };
        }
        let rest = self.text.get(start..)?;
        Some(start..start + rest.find(['\n', '\r']).unwrap_or(rest.len()))
    }
}
