//! Lines and columns: ours count `char`s from 1, those of the language server protocol UTF-16 units from 0.

use flowdeck_flow::{Position, Span};

/// A place as the language server protocol has it: lines and UTF-16 units, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utf16 {
    /// The line, from 0.
    pub line: u32,
    /// UTF-16 units before it in its line.
    pub character: u32,
}

/// A text by lines. They end at LF, CRLF and CR.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let after = ends.map(|(at, _)| at + 1);
        Self {
            text,
            starts: [0].into_iter().chain(after).collect(),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// How many there are; at least one.
    #[must_use]
    pub fn count(&self) -> u32 {
        number(self.starts.len())
    }

    /// A line, from 1, without its break; empty where there is none.
    #[must_use]
    pub fn line(&self, line: u32) -> &'t str {
        let Some(index) = (line as usize).checked_sub(1) else {
            return "";
        };
        let Some(&start) = self.starts.get(index) else {
            return "";
        };
        let end = self.starts.get(index + 1).copied();
        let line = &self.text[start..end.unwrap_or(self.text.len())];
        line.trim_end_matches(['\n', '\r'])
    }

    /// The byte at a place; of one outside of its line, the nearest in it.
    #[must_use]
    pub fn offset(&self, at: Position) -> usize {
        let index = (at.line as usize).max(1) - 1;
        let Some(&start) = self.starts.get(index) else {
            return self.text.len();
        };
        let line = self.line(number(index + 1));
        let mut all = line.char_indices().map(|(at, _)| at);
        let within = all.nth((at.column as usize).saturating_sub(1));
        start + within.unwrap_or(line.len())
    }

    /// The place of a byte; of one within a character, of the character.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        Position {
            line: number(line),
            column: number(self.text[start..offset].chars().count() + 1),
        }
    }

    /// The text of a span.
    #[must_use]
    pub fn written(&self, span: Span) -> &'t str {
        let (from, to) = (self.offset(span.start), self.offset(span.end));
        self.text.get(from..to).unwrap_or_default()
    }

    /// The place that an editor of the language server protocol means; outside of its line, the nearest in it.
    #[must_use]
    pub fn from_utf16(&self, at: Utf16) -> Position {
        let line = at.line.saturating_add(1).min(self.count());
        let mut units = 0;
        let before = self.line(line).chars().take_while(|c| {
            units += number(c.len_utf16());
            units <= at.character && line == at.line.saturating_add(1)
        });
        let column = number(before.count() + 1);
        let column = match line == at.line.saturating_add(1) {
            true => column,
            false => number(self.line(line).chars().count() + 1),
        };
        Position { line, column }
    }

    /// The place as the language server protocol has it.
    #[must_use]
    pub fn to_utf16(&self, at: Position) -> Utf16 {
        let line = self.line(at.line);
        let before = line.chars().take((at.column as usize).saturating_sub(1));
        Utf16 {
            line: at.line.saturating_sub(1),
            character: before.map(|c| number(c.len_utf16())).sum(),
        }
    }
}

/// Longer texts than that aren't shown anywhere.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether a place lies in a span, or right behind it, as a cursor does.
pub(crate) fn touches(span: Span, at: Position) -> bool {
    span.start <= at && at <= span.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_converted_both_ways() {
        let lines = Lines::new("a😀é\r\nb\rc\n");
        assert_eq!(lines.count(), 4);
        for (line, column, at_line, character) in [
            (1, 1, 0, 0),
            (1, 3, 0, 3),
            (1, 4, 0, 4),
            (3, 2, 2, 1),
            (4, 1, 3, 0),
        ] {
            let (at, units) = (
                Position { line, column },
                Utf16 {
                    line: at_line,
                    character,
                },
            );
            assert_eq!(lines.to_utf16(at), units);
            assert_eq!(lines.from_utf16(units), at);
            assert_eq!(lines.position(lines.offset(at)), at);
        }
        let far = Utf16 {
            line: 99,
            character: 99,
        };
        assert_eq!(lines.from_utf16(far), Position { line: 4, column: 1 });
        let within_a_pair = Utf16 {
            line: 0,
            character: 2,
        };
        assert_eq!(
            lines.from_utf16(within_a_pair),
            Position { line: 1, column: 2 }
        );
    }
}
