//! The last lines of a log.

use std::{collections::VecDeque, sync::Arc};

use flowdeck_contract::session::LogLine;

/// How many lines are kept; the server has them all.
const KEPT: usize = 2000;

/// The last lines of a log that grows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogBuffer {
    lines: VecDeque<(u64, Arc<str>)>,
}

impl LogBuffer {
    /// Adds lines; those that are known already are dropped by their number.
    pub fn extend(&mut self, lines: impl IntoIterator<Item = LogLine>) {
        for line in lines {
            if self
                .lines
                .back()
                .is_none_or(|(last, _)| line.number > *last)
            {
                self.lines.push_back((line.number, line.text.into()));
            }
        }
        let surplus = self.lines.len().saturating_sub(KEPT);
        self.lines.drain(..surplus);
    }

    /// Takes the whole text of a log, whose lines count from 0, and keeps the lines beyond it that live events have
    /// brought.
    pub fn backfill(&mut self, text: &str) {
        let newer = std::mem::take(&mut self.lines);
        self.extend(text.lines().zip(0..).map(|(text, number)| LogLine {
            number,
            text: text.to_owned(),
        }));
        self.extend(newer.into_iter().map(|(number, text)| LogLine {
            number,
            text: text.as_ref().to_owned(),
        }));
    }

    /// The lines kept, by number.
    #[must_use]
    pub fn lines(&self) -> Vec<(u64, Arc<str>)> {
        self.lines.iter().cloned().collect()
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many lines came before the first one kept.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.lines.front().map_or(0, |(number, _)| *number)
    }

    /// The lines kept, as one text.
    #[must_use]
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, text)| text.as_ref()).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(numbers: std::ops::Range<u64>) -> Vec<LogLine> {
        numbers
            .map(|number| LogLine {
                number,
                text: format!("line {number}"),
            })
            .collect()
    }

    #[test]
    fn a_line_that_comes_twice_is_kept_once() {
        let mut log = LogBuffer::default();
        log.extend(lines(0..3));
        log.extend(lines(1..5));
        assert_eq!(log.text(), "line 0\nline 1\nline 2\nline 3\nline 4");
    }

    #[test]
    fn only_the_last_lines_are_kept_and_the_rest_is_counted() {
        let mut log = LogBuffer::default();
        log.extend(lines(0..KEPT as u64 + 5));
        assert_eq!(log.left_out(), 5);
        assert_eq!(log.lines().len(), KEPT);
    }

    #[test]
    fn the_whole_text_fills_in_what_was_missed() {
        let mut log = LogBuffer::default();
        log.extend(lines(2..4));
        log.backfill("line 0\nline 1\nline 2");
        assert_eq!(log.text(), "line 0\nline 1\nline 2\nline 3");
        assert_eq!(log.left_out(), 0);
    }
}
