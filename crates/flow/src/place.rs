//! Places of findings: within the text, and wide enough to be seen.

use crate::problem::Problem;
use crate::yaml::{Position, Span};

/// The lines of a text, without their breaks.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            rest = None;
            return Some(text);
        };
        let after = if text[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = text.get(end + after..);
        Some(&text[..end])
    })
}

/// How many characters each line of a text has.
pub(crate) struct LineLengths(Vec<u32>);

impl LineLengths {
    pub(crate) fn of(text: &str) -> Self {
        let mut lengths = vec![0];
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, lengths.last_mut()) {
                ('\r', _) if chars.peek() == Some(&'\n') => {}
                ('\n' | '\r', _) | (_, None) => lengths.push(0),
                (_, Some(length)) => *length += 1,
            }
        }
        Self(lengths)
    }

    /// Moves a problem's span into the text. What has no width gets a character's.
    pub(crate) fn place(&self, problem: Problem) -> Problem {
        let mut start = self.nearest(problem.span.start);
        let mut end = self.nearest(problem.span.end).max(start);
        if start == end {
            end = self.nearest(Position {
                column: end.column.saturating_add(1),
                ..end
            });
        }
        if start == end {
            start.column = start.column.saturating_sub(1).max(1);
        }
        Problem {
            span: Span { start, end },
            ..problem
        }
    }

    fn nearest(&self, place: Position) -> Position {
        let last = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let line = place.line.clamp(1, last);
        let length = self.0.get(line as usize - 1).copied().unwrap_or(0);
        let column = if place.line > last {
            length + 1
        } else {
            place.column.clamp(1, length + 1)
        };
        Position { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::LineLengths;
    use crate::problem::Problem;
    use crate::yaml::{Position, Span};

    #[test]
    fn spans_end_up_within_the_text() {
        let lines = LineLengths::of("ab\r\nc\r\ré");
        let cases = [
            ((1, 1, 1, 3), (1, 1, 1, 3)),
            ((1, 3, 1, 3), (1, 2, 1, 3)),
            ((2, 1, 2, 1), (2, 1, 2, 2)),
            ((3, 1, 3, 9), (3, 1, 3, 1)),
            ((4, 1, 9, 1), (4, 1, 4, 2)),
            ((9, 9, 9, 9), (4, 1, 4, 2)),
        ];
        let span = |(line, column, end_line, end_column)| Span {
            start: Position { line, column },
            end: Position {
                line: end_line,
                column: end_column,
            },
        };
        for (given, expected) in cases {
            let placed = lines.place(Problem::new("Code", span(given), ""));
            assert_eq!(placed.span, span(expected), "{given:?}");
        }
    }
}
