//! Something wrong at a place, before it becomes a [`Finding`].

use crate::report::{Finding, Severity};
use crate::yaml::Span;

/// An error; warnings are made of it too.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) message: String,
    /// The file that would mend it if it were made; boxed, as most have none.
    pub(crate) creates: Option<Box<MissingFile>>,
}

/// A file that isn't there, relative to the flow folder.
#[derive(Debug, Clone)]
pub(crate) struct MissingFile(pub(crate) String);

impl Problem {
    pub(crate) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            span,
            message: message.into(),
            creates: None,
        }
    }

    pub(crate) fn into_finding(self, severity: Severity) -> Finding {
        Finding {
            code: self.code.to_owned(),
            severity,
            message: self.message,
            line: self.span.start.line,
            column: self.span.start.column,
            end_line: self.span.end.line,
            end_column: self.span.end.column,
            fix: None,
            creates: self.creates.map(|file| file.0),
        }
    }
}

/// A name in quotes, on one line and cut to a length that people read: names come from files.
pub(crate) fn quoted(name: &str) -> String {
    const LONGEST: usize = 80;
    let mut text = String::from("'");
    for (count, c) in name.chars().enumerate() {
        if count == LONGEST {
            text.push('…');
            break;
        }
        if c.is_control() {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text.push('\'');
    text
}
