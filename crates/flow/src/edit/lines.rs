//! Where an entry of a mapping stands in a text, and what has to be put there.

use std::ops::Range;

use crate::yaml::{Mapping, MappingEntry, Position, Value};

/// A text by lines and columns.
pub(super) struct Lines<'t> {
    text: &'t str,
    line_end: &'static str,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { text, line_end }
    }

    /// The text with `put` in the place of a range.
    pub(super) fn replaced(&self, range: Range<usize>, put: &str) -> String {
        let mut text = self.text.to_owned();
        text.replace_range(range, put);
        text
    }

    /// A mapping of one entry under a key of the root, at the end.
    pub(super) fn append(&self, block: &str, key: &str, value: &str) -> (Range<usize>, String) {
        let end = self.text.len();
        let eol = self.line_end;
        let before = if self.text.is_empty() || self.text.ends_with('\n') {
            ""
        } else {
            eol
        };
        (
            end..end,
            format!("{before}{block}:{eol}  {key}: {value}{eol}"),
        )
    }

    /// The first entry of a mapping that is nothing yet.
    pub(super) fn fill(
        &self,
        block: MappingEntry<'_>,
        key: &str,
        value: &str,
    ) -> Option<(Range<usize>, String)> {
        if !block.value.is_null() {
            return None;
        }
        let start = block.key.span().start;
        let indent = " ".repeat(start.column as usize + 1);
        let end = self.line(start.line)?.end;
        Some((end..end, format!("{}{indent}{key}: {value}", self.line_end)))
    }

    /// An entry of a mapping: another value, or a new entry in front of the others.
    pub(super) fn set(
        &self,
        mapping: Mapping<'_>,
        key: &str,
        value: &str,
    ) -> Option<(Range<usize>, String)> {
        match mapping.entry(key) {
            Some(entry) => self.put(entry, value),
            None => match mapping.entries().next() {
                Some(first) => self.insert_before(first, mapping, key, value),
                None => {
                    let inside = self.offset(mapping.span().start)? + 1;
                    Some((inside..inside, format!("{key}: {value}")))
                }
            },
        }
    }

    /// A new entry in front of another one of its mapping.
    pub(super) fn insert_before(
        &self,
        other: MappingEntry<'_>,
        mapping: Mapping<'_>,
        key: &str,
        value: &str,
    ) -> Option<(Range<usize>, String)> {
        let start = other.key.span().start;
        let at = self.offset(start)?;
        let space = if value.starts_with(['\r', '\n']) {
            ""
        } else {
            " "
        };
        let after = match self.is_flow(mapping)? {
            true => ", ".to_owned(),
            false => self.break_to(start.column),
        };
        Some((at..at, format!("{key}:{space}{value}{after}")))
    }

    /// Takes an entry out of a mapping; with the mapping's own key where nothing is left in it.
    pub(super) fn cut(
        &self,
        block: MappingEntry<'_>,
        mapping: Mapping<'_>,
        key: &str,
    ) -> Option<(Range<usize>, String)> {
        let entry = mapping.entry(key)?;
        match (self.is_flow(mapping)?, mapping.len()) {
            (true, _) => self.cut_from_flow(entry, mapping),
            (false, 1) => self.cut_lines(block.key, entry.value),
            (false, _) => self.cut_lines(entry.key, entry.value),
        }
    }

    /// Whether a mapping is written in braces.
    pub(super) fn is_flow(&self, mapping: Mapping<'_>) -> Option<bool> {
        let start = self.offset(mapping.span().start)?;
        Some(self.text.get(start..)?.starts_with('{'))
    }

    /// The line break that the text has, and an indent to that column (from 1).
    pub(super) fn break_to(&self, column: u32) -> String {
        format!("{}{}", self.line_end, " ".repeat(column as usize - 1))
    }

    /// What a value is written as.
    pub(super) fn written(&self, value: Value<'_>) -> Option<&'t str> {
        self.text.get(self.scalar(value)?)
    }

    /// Another value for an entry.
    fn put(&self, entry: MappingEntry<'_>, value: &str) -> Option<(Range<usize>, String)> {
        if entry.value.is_null() && self.span(entry.value)?.is_empty() {
            let after = self.offset(entry.key.span().end)?;
            let colon = after + self.text.get(after..)?.find(':')? + 1;
            return Some((colon..colon, format!(" {value}")));
        }
        Some((self.scalar(entry.value)?, value.to_owned()))
    }

    /// Where a scalar is written. The parser's end of a quoted one takes in the comment behind it.
    fn scalar(&self, value: Value<'_>) -> Option<Range<usize>> {
        let Range { start, end } = self.span(value)?;
        let written = self.text.get(start..end)?;
        let length = match written.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted_length(written, quote)?,
            _ => written.trim_end().len(),
        };
        Some(start..start + length)
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
    fn cut_lines(&self, key: Value<'_>, value: Value<'_>) -> Option<(Range<usize>, String)> {
        let from = self.line(key.span().start.line)?.start;
        let value = value.span();
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

/// How many bytes a text takes from its first quote to its last.
pub(crate) fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        let follows = characters.peek().map(|(_, next)| *next);
        match character {
            '\\' if quote == '"' => {
                characters.next();
            }
            // Twice means the quote itself.
            '\'' if quote == '\'' && follows == Some('\'') => {
                characters.next();
            }
            _ if character == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
