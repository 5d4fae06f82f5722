//! The files beside a definition: whether they can be read as what they are, and what secrets they hold.
//!
//! Python, templates and JSON are only scanned, never run. The scanners know the mistakes that people make most; what they
//! let through may still be wrong.

pub(crate) mod jinja;
mod json;
mod python;

use std::collections::BTreeMap;
use std::ops::Range;

pub use jinja::template_variables;

use crate::examine::findings;
use crate::problem::Problem;
use crate::report::{Finding, normalised};
use crate::secrets;
use crate::yaml::{Position, Span};

/// A variable or parameter that a source names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPlace {
    /// Its name.
    pub name: String,
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
}

/// Texts of files of the flow folder, by their paths relative to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    /// The text of a file; `./a//b` is `a/b`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.entry(path).map(|(_, text)| text)
    }

    /// A file, with its path as it is kept here.
    pub(crate) fn entry(&self, path: &str) -> Option<(&str, &str)> {
        let (path, text) = self.0.get_key_value(&normalised(path))?;
        Some((path, text))
    }
}

impl<P: AsRef<str>, T: Into<String>> FromIterator<(P, T)> for Sources {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        let files = files.into_iter();
        Self(
            files
                .map(|(path, text)| (normalised(path.as_ref()), text.into()))
                .collect(),
        )
    }
}

/// Whether [`check_file`] looks for more than secrets in a file of this path.
#[must_use]
pub fn is_checked(path: &str) -> bool {
    Language::of(path).is_some()
}

/// What is wrong with a file that is no definition and no requirements file, by place. Any text has an answer.
#[must_use]
pub fn check_file(path: &str, text: &str) -> Vec<Finding> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut problems: Vec<Problem> = syntax(path, text).into_iter().collect();
    problems.extend(secrets::find(text));
    problems.sort_by_key(|problem| problem.span);
    findings(text, Vec::new(), problems, true)
}

/// The secrets in a text.
#[must_use]
pub fn check_secrets(text: &str) -> Vec<Finding> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    findings(text, Vec::new(), secrets::find(text), true)
}

/// What keeps a file from being read as what its ending says; the first thing, as whoever reads it stops there.
pub(crate) fn syntax(path: &str, text: &str) -> Option<Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (code, fault) = match Language::of(path)? {
        Language::Python => ("PythonSyntax", python::fault(text)),
        Language::Jinja => ("JinjaSyntax", jinja::fault(text)),
        Language::Json => ("JsonSyntax", json::fault(text)),
        Language::JsonLines => ("JsonSyntax", json::fault_of_lines(text)),
    };
    fault.map(|fault| Problem::failing(code, fault.span(text), fault.message))
}

/// A fault at some bytes of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    from: usize,
    to: usize,
    message: String,
}

impl Fault {
    fn new(from: usize, to: usize, message: impl Into<String>) -> Self {
        Self {
            from,
            to,
            message: message.into(),
        }
    }

    fn span(&self, text: &str) -> Span {
        Span {
            start: place(text, self.from),
            end: place(text, self.to),
        }
    }
}

/// Where a byte of a text is.
fn place(text: &str, at: usize) -> Position {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let line = crate::place::lines(before).count();
    let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    Position {
        line: count(line),
        column: count(before[start..].chars().count() + 1),
    }
}

enum Language {
    Python,
    Jinja,
    Json,
    JsonLines,
}

impl Language {
    fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "py" => Self::Python,
            "jinja2" | "jinja" | "j2" => Self::Jinja,
            "json" => Self::Json,
            "jsonl" => Self::JsonLines,
            _ => return None,
        })
    }
}
