//! Lines as pip joins them: a backslash at the end goes on, also where a comment stands before it; a `#` after a blank
//! begins a comment.

use crate::yaml::{Position, Span};

/// A line without its comment, with what continues it, and where its parts stand in the text.
#[derive(Debug)]
pub(super) struct Logical {
    /// May begin with blanks.
    pub(super) text: String,
    parts: Vec<Part>,
}

/// From `at` (a byte of the logical line) on, the text stands at `place`.
#[derive(Debug, Clone, Copy)]
struct Part {
    at: usize,
    place: Position,
}

impl Logical {
    /// The line in which the first word stands.
    pub(super) fn line(&self) -> u32 {
        self.place(self.text.len() - self.text.trim_start_matches(is_blank).len())
            .line
    }

    /// The text without the blanks around it.
    pub(super) fn trimmed(&self) -> &str {
        self.text.trim_matches(is_blank)
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
            end: Position {
                column: last.column + wide,
                ..last
            },
        }
    }

    /// The parts that continue it.
    fn continuations(&self) -> impl Iterator<Item = &str> {
        let later = self.parts.iter().skip(1);
        later.filter_map(|part| self.text.get(part.at..))
    }

    fn place(&self, at: usize) -> Position {
        let part = self.parts.iter().rev().find(|part| part.at <= at);
        let Some(part) = part else {
            return Position { line: 1, column: 1 };
        };
        let chars = self.text.get(part.at..at).unwrap_or("").chars().count();
        Position {
            column: part.place.column + u32::try_from(chars).unwrap_or(u32::MAX),
            ..part.place
        }
    }

    fn push(&mut self, content: &str, place: Position) {
        self.parts.push(Part {
            at: self.text.len(),
            place,
        });
        self.text.push_str(content);
    }

    /// Without its comment; `None` when nothing is left.
    fn finished(mut self) -> Option<Self> {
        let end = without_comment(&self.text).trim_end_matches(is_blank).len();
        self.text.truncate(end);
        self.parts.retain(|part| part.at <= end);
        (!self.trimmed().is_empty()).then_some(self)
    }
}

/// The lines of a text that are not empty.
pub(super) fn logical_lines(text: &str) -> Vec<Logical> {
    let mut lines = Vec::new();
    let mut open: Option<Logical> = None;
    for (place, line) in physical_lines(text) {
        let mut logical = open.take().unwrap_or(Logical {
            text: String::new(),
            parts: Vec::new(),
        });
        let is_comment = line.trim_start_matches(is_blank).starts_with('#');
        if is_comment {
            // It ends what it stands in, also with a backslash at its end, and is a comment there as well.
            logical.push(" ", place);
            lines.extend(logical.finished());
        } else if line.ends_with('\\') {
            let content = line.trim_start_matches('\\');
            let skipped = u32::try_from(line.len() - content.len()).unwrap_or(u32::MAX);
            let column = place.column.saturating_add(skipped);
            logical.push(content.trim_end_matches('\\'), Position { column, ..place });
            open = Some(logical);
        } else {
            logical.push(line, place);
            lines.extend(logical.finished());
        }
    }
    lines.extend(open.and_then(Logical::finished));
    lines
}

/// Whether an installer that knows continuations only before `--hash`, and only usual ends of lines, reads the text as
/// pip does.
pub(super) fn is_plain(text: &str) -> bool {
    let usual = |(at, c): (usize, char)| match c {
        '\r' => text[at..].starts_with("\r\n"),
        c => c == '\n' || !ends_line(c),
    };
    text.char_indices().all(usual)
        && !text.starts_with('\u{feff}')
        && !text
            .lines()
            .any(|line| has_comment(line) && line.ends_with('\\'))
        && logical_lines(text).iter().all(|logical| {
            let mut later = logical.continuations();
            later.all(|part| part.trim_start_matches(is_blank).starts_with("--hash"))
        })
}

/// Each line with where it begins. Columns and numbers are an editor's, which knows fewer ends of lines than Python.
fn physical_lines(text: &str) -> impl Iterator<Item = (Position, &str)> {
    let mut rest = text;
    let mut place = Position { line: 1, column: 1 };
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let begin = place;
        let Some((end, mark)) = rest.char_indices().find(|(_, c)| ends_line(*c)) else {
            return Some((begin, std::mem::take(&mut rest)));
        };
        let (line, after) = rest.split_at(end);
        let skip = match mark {
            '\r' if after.starts_with("\r\n") => 2,
            mark => mark.len_utf8(),
        };
        rest = &after[skip..];
        place = match mark {
            '\n' | '\r' => Position {
                line: begin.line.saturating_add(1),
                column: 1,
            },
            _ => {
                let chars = u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
                let column = begin.column.saturating_add(chars).saturating_add(1);
                Position { column, ..begin }
            }
        };
        Some((begin, line))
    })
}

/// Python's ends of lines.
fn ends_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Python's blanks.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn has_comment(line: &str) -> bool {
    without_comment(line).len() < line.len()
}

fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == '#' && is_blank(before) {
            return &line[..at];
        }
        before = c;
    }
    line
}
