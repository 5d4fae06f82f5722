//! Something wrong at a place, before it becomes a [`Finding`].

use crate::mend::Mend;
use crate::report::{Finding, Severity};
use crate::secrets;
use crate::yaml::Span;

/// What comes of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// promptflow refuses the flow when it loads it.
    Refused,
    /// promptflow loads the flow, and a run of it fails.
    FailsRun,
    /// It runs, but hardly as its author meant.
    Doubtful,
    /// Nothing may be wrong at all.
    Hint,
}

impl Weight {
    /// With the flow's files at hand, what a run fails at is an error: then its author looks at the whole flow.
    pub(crate) fn severity(self, has_files: bool) -> Severity {
        match self {
            Self::Refused => Severity::Error,
            Self::FailsRun if has_files => Severity::Error,
            Self::FailsRun | Self::Doubtful => Severity::Warning,
            Self::Hint => Severity::Hint,
        }
    }
}

/// An error; warnings and hints are made of it too.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) span: Span,
    pub(crate) weight: Weight,
    pub(crate) message: String,
    /// What would mend it; boxed, as most have none.
    pub(crate) mend: Option<Box<Mend>>,
    /// The file that would mend it if it were made; boxed, as most have none.
    pub(crate) creates: Option<Box<MissingFile>>,
}

/// A file that isn't there, relative to the flow folder.
#[derive(Debug, Clone)]
pub(crate) struct MissingFile(pub(crate) String);

impl Problem {
    /// One for which promptflow refuses the flow.
    pub(crate) fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            span,
            weight: Weight::Refused,
            message: message.into(),
            mend: None,
            creates: None,
        }
    }

    pub(crate) fn failing(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, span, message).weighing(Weight::FailsRun)
    }

    pub(crate) fn doubtful(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, span, message).weighing(Weight::Doubtful)
    }

    pub(crate) fn hint(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, span, message).weighing(Weight::Hint)
    }

    pub(crate) fn weighing(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    pub(crate) fn mended_by(self, mend: Option<Mend>) -> Self {
        Self {
            mend: mend.map(Box::new),
            ..self
        }
    }

    /// `lines` are those of the text.
    pub(crate) fn into_finding_in(mut self, lines: &[&str], severity: Severity) -> Finding {
        let mend = self.mend.take();
        Finding {
            fix: mend.and_then(|mend| mend.into_fix(lines)),
            ..self.into_finding(severity)
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

/// A name in quotes, on one line and cut to a length that people read: names come from files. What looks like a secret is
/// masked, as messages go to logs and screens.
pub(crate) fn quoted(name: &str) -> String {
    const LONGEST: usize = 80;
    // A secret that begins where it would be shown is known by as much of it.
    let end = name.char_indices().nth(3 * LONGEST);
    let name = &*secrets::masked(end.map_or(name, |(end, _)| &name[..end]));
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
