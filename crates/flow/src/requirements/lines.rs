//! Lines as pip joins them: a backslash at the end goes on, a `#` after a blank begins a comment.

use crate::yaml::{Place, Span};

/// A line without its comment, with what continues it, and where its parts stand in the text.
#[derive(Debug)]
pub(super) struct Logical {
    /// May begin and end with blanks.
    pub(super) text: String,
    parts: Vec<Part>,
}

/// From `at` (a byte of the logical line) on, the text stands at `place`.
#[derive(Debug, Clone, Copy)]
struct Part {
    at: usize,
    place: Place,
}

impl Logical {
    /// The line in which the first word stands.
    pub(super) fn line(&self) -> u32 {
        self.place(self.text.len() - self.text.trim_start().len())
            .line
    }

    /// Where the bytes from `from` up to `to` stand.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        let end = self.text.get(from..to).map_or(0, |text| {
            text.char_indices().next_back().map_or(0, |(at, _)| at)
        });
        // The end belongs to the line of the last character, not to the one after it.
        let last = self.place(from + end);
        let wide = u32::from(to > from);
        Span {
            start: self.place(from),
            end: Place {
                column: last.column + wide,
                ..last
            },
        }
    }

    fn place(&self, at: usize) -> Place {
        let part = self.parts.iter().rev().find(|part| part.at <= at);
        let Some(part) = part else {
            return Place { line: 1, column: 1 };
        };
        let chars = self.text.get(part.at..at).unwrap_or("").chars().count();
        Place {
            column: part.place.column + u32::try_from(chars).unwrap_or(u32::MAX),
            ..part.place
        }
    }
}

/// The lines of a text that are not empty.
pub(super) fn logical_lines(text: &str) -> Vec<Logical> {
    let mut lines = Vec::new();
    let mut open: Option<Logical> = None;
    for (number, line) in (1..).zip(physical_lines(text)) {
        let content = without_comment(line);
        // A comment between continued lines ends them.
        let goes_on = content.len() == line.len() && line.ends_with('\\');
        let content = if goes_on {
            &line[..line.len() - 1]
        } else {
            content
        };
        let mut logical = open.take().unwrap_or(Logical {
            text: String::new(),
            parts: Vec::new(),
        });
        logical.parts.push(Part {
            at: logical.text.len(),
            place: Place {
                line: number,
                column: 1,
            },
        });
        logical.text.push_str(content);
        if goes_on {
            open = Some(logical);
        } else if !logical.text.trim().is_empty() {
            lines.push(logical);
        }
    }
    lines.extend(open.filter(|logical| !logical.text.trim().is_empty()));
    lines
}

fn physical_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            return rest.take();
        };
        let skip = if text[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = text.get(end + skip..);
        Some(&text[..end])
    })
}

fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return &line[..at];
        }
        before = c;
    }
    line
}
