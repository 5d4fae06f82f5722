//! The text in the form the parser takes it.
//!
//! ruamel.yaml, which promptflow reads flows with, is more lenient than YAML 1.2 in a few things.
//! Those are rewritten here so that the parser accepts them and the meaning stays; each line
//! remembers where it came from.

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::{Marker, ScanError};

use super::tree::{Position, Span};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// Stands for a byte order mark inside of the text. In a file it has no meaning, and ruamel.yaml
/// refuses it.
pub(super) const STAND_IN: char = '\u{fffe}';

/// More than people indent.
const DEEP: usize = 64;

/// A text to parse.
#[derive(Debug)]
pub(crate) struct SourceText<'t> {
    text: Cow<'t, str>,
    /// For each line of `text`; none when its lines are the file's.
    origins: Option<Vec<Origin>>,
    /// How many more bytes may be put into the text.
    room: usize,
}

/// Where a line of the parsed text comes from.
#[derive(Debug, Clone, Copy, Default)]
struct Origin {
    /// Characters of the file's line that are left out at its start.
    before: u32,
    /// Spaces put in front of it.
    inserted: u32,
    /// The column, from 0, of the first tab that became a space.
    tab: Option<u32>,
}

impl<'t> SourceText<'t> {
    /// Takes byte order marks and the line breaks of YAML 1.1 as ruamel.yaml does.
    pub(crate) fn new(text: &'t str) -> Self {
        let room = text.len().saturating_mul(4).saturating_add(1 << 16);
        if !text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}']) {
            return Self {
                text: Cow::Borrowed(text),
                origins: None,
                room,
            };
        }
        let (marked, body) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(body) => (1, body),
            None => (0, text),
        };
        let text: String = body.chars().map(as_parsed).collect();
        let mut lines = file_lines(&text);
        if let Some(first) = lines.first_mut() {
            first.before = marked;
        }
        Self {
            text: Cow::Owned(text),
            origins: Some(lines),
            room,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A scalar of the parsed text as the file has it.
    pub(super) fn restore<'s>(&self, scalar: Cow<'s, str>) -> Cow<'s, str> {
        if self.origins.is_some() && scalar.contains(STAND_IN) {
            return Cow::Owned(scalar.replace(STAND_IN, "\u{feff}"));
        }
        scalar
    }

    /// Where in the file the parser is.
    pub(super) fn place(&self, marker: &Marker) -> Position {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX - 1);
        let (line, column) = (number(marker.line()).max(1), number(marker.col()));
        let origin = self
            .origins
            .as_ref()
            .and_then(|origins| origins.get(line as usize - 1));
        match origin {
            Some(origin) => {
                let column = origin.before + column.saturating_sub(origin.inserted) + 1;
                Position { line, column }
            }
            None => Position {
                line,
                column: column + 1,
            },
        }
    }

    pub(super) fn span(&self, span: &saphyr_parser::Span) -> Span {
        Span {
            start: self.place(&span.start),
            end: self.place(&span.end),
        }
    }

    /// A text that means the same, when the parser refuses what ruamel.yaml takes: continuations
    /// of quoted scalars and what is inside of brackets may start anywhere in their lines, and a
    /// comment may follow a quote or bracket at once.
    pub(super) fn repaired(&self, error: &ScanError) -> Option<SourceText<'static>> {
        let marker = error.marker();
        match error.info() {
            // The collection around a scalar is not indented more than the scalar starts.
            "invalid indentation in quoted scalar" => {
                self.indented(self.continuation_lines(marker)?, marker.col() + 1)
            }
            "invalid indentation in flow construct"
            | "invalid indentation"
            | "tab cannot be used as indentation" => {
                self.indented(marker.line()..marker.line() + 1, marker.col() + DEEP)
            }
            "tabs disallowed within this context (block indentation)"
            | "while scanning a plain scalar, found a tab" => self.with_spaces_for_tabs(),
            "comments must be separated from other tokens by whitespace" => {
                self.with_space_before(marker)
            }
            _ => None,
        }
    }

    /// The places, in the parsed text, of tabs that became spaces: one a line.
    pub(super) fn replaced_tabs(&self) -> impl Iterator<Item = (usize, usize)> {
        let lines = self.origins.iter().flatten().zip(1..);
        lines.filter_map(|(origin, line)| Some((line, (origin.tab? + origin.inserted) as usize)))
    }

    /// The first tab that indents one of `lines` of the file, from 1, as the file has it.
    pub(super) fn indenting_tab(&self, lines: std::ops::RangeInclusive<u32>) -> Option<Position> {
        let (mut line, first) = (0, *lines.start());
        let last = *lines.end();
        let mut found = split_lines(&self.text).filter_map(|text| {
            let at = line as usize;
            line += 1;
            let origin = self.origins.as_ref().and_then(|origins| origins.get(at));
            let origin = origin.copied().unwrap_or_default();
            let blank = text.len() - text.trim_start_matches([' ', '\t']).len();
            let tab = text[..blank]
                .find('\t')
                .and_then(|tab| u32::try_from(tab).ok());
            let column = match (origin.tab, tab) {
                (Some(tab), _) => tab,
                (None, tab) => (tab? + origin.before).saturating_sub(origin.inserted),
            };
            (first..=last).contains(&line).then_some(Position {
                line,
                column: column + 1,
            })
        });
        found.next()
    }

    /// Inside of brackets, tabs may indent. Whether these are, is known only afterwards.
    fn with_spaces_for_tabs(&self) -> Option<SourceText<'static>> {
        let mut origins = self
            .origins
            .clone()
            .unwrap_or_else(|| file_lines(&self.text));
        let mut text = String::with_capacity(self.text.len());
        let mut replaced = false;
        for (line, origin) in split_lines(&self.text).zip(&mut origins) {
            let (blank, rest) =
                line.split_at(line.len() - line.trim_start_matches([' ', '\t']).len());
            if let Some(tab) = blank.find('\t') {
                origin.tab = Some(u32::try_from(tab).ok()?.saturating_sub(origin.inserted));
                replaced = true;
            }
            text.extend(blank.chars().map(|_| ' '));
            text.push_str(rest);
        }
        replaced.then_some(SourceText {
            text: Cow::Owned(text),
            origins: Some(origins),
            room: self.room,
        })
    }

    /// Nothing but a comment follows on the line, so that no place of a token changes.
    fn with_space_before(&self, marker: &Marker) -> Option<SourceText<'static>> {
        let (at, _) = self.text.char_indices().nth(marker.index())?;
        let (before, after) = self.text.split_at(at);
        Some(SourceText {
            text: Cow::Owned(format!("{before} {after}")),
            origins: self.origins.clone(),
            room: self.room.checked_sub(1)?,
        })
    }

    fn indented(&self, lines: Range<usize>, spaces: usize) -> Option<SourceText<'static>> {
        let inserted = u32::try_from(spaces).ok()?;
        let room = self.room.checked_sub(lines.len().saturating_mul(spaces))?;
        let mut origins = self
            .origins
            .clone()
            .unwrap_or_else(|| file_lines(&self.text));
        let mut text = String::with_capacity(self.text.len() + lines.len() * spaces);
        for (index, line) in split_lines(&self.text).enumerate() {
            if lines.contains(&(index + 1)) {
                text.extend(std::iter::repeat_n(' ', spaces));
                origins.get_mut(index)?.inserted += inserted;
            }
            text.push_str(line);
        }
        Some(SourceText {
            text: Cow::Owned(text),
            origins: Some(origins),
            room,
        })
    }

    /// The lines, from 1, that the quoted scalar at `start` continues on.
    fn continuation_lines(&self, start: &Marker) -> Option<Range<usize>> {
        let mut chars = self.text.chars().skip(start.index());
        let quote = chars.next()?;
        let mut line = start.line();
        let mut previous = ' ';
        while let Some(c) = chars.next() {
            match c {
                '\\' if quote == '"' => {
                    let escaped = chars.next()?;
                    line += usize::from(escaped == '\n');
                }
                // A quote in single quotes is doubled: it closes and opens again.
                _ if c == quote => {
                    if quote == '"' || chars.clone().next() != Some(quote) {
                        return Some(start.line() + 1..line + 1);
                    }
                    chars.next();
                }
                '\r' => line += 1,
                '\n' if previous != '\r' => line += 1,
                _ => {}
            }
            previous = c;
        }
        None
    }
}

/// Lines with their breaks.
fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.find(['\n', '\r'])?;
        let length = if rest[at..].starts_with("\r\n") {
            at + 2
        } else {
            at + 1
        };
        let (line, after) = rest.split_at(length);
        rest = after;
        Some(line)
    })
    .chain(std::iter::once_with(move || {
        text.rsplit(['\n', '\r']).next().unwrap_or_default()
    }))
}

fn file_lines(text: &str) -> Vec<Origin> {
    vec![Origin::default(); split_lines(text).count()]
}

/// A line break of YAML 1.1 within a line is folded into a space.
fn as_parsed(c: char) -> char {
    match c {
        '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        BYTE_ORDER_MARK => STAND_IN,
        _ => c,
    }
}
