//! Makes the fixes that findings offer.

use crate::place;
use crate::report::Fix;
use crate::yaml::{Position, Span};

/// What mends a problem: some letters at a place, and what stands there then.
#[derive(Debug, Clone)]
pub(crate) struct Mend {
    /// What it does, as a button says it.
    pub(crate) label: String,
    /// Where to look for `old`: a key or a value, which may stand in quotes.
    pub(crate) within: Span,
    pub(crate) old: String,
    pub(crate) new: String,
}

impl Mend {
    /// Puts a name in the place of another.
    pub(crate) fn rename(within: Span, old: &str, new: &str) -> Self {
        Self {
            label: format!("Change to {}", crate::problem::quoted(new)),
            within,
            old: old.to_owned(),
            new: new.to_owned(),
        }
    }

    /// The edit, in the lines of the text; `None` where the old letters don't stand there once, as they mean them.
    pub(crate) fn into_fix(self, lines: &[&str]) -> Option<Fix> {
        let Span { start, end } = self.within;
        let line = lines.get((start.line as usize).checked_sub(1)?)?;
        let offset = |column: u32| {
            let at = line.char_indices().nth((column as usize).saturating_sub(1));
            at.map_or(line.len(), |(at, _)| at)
        };
        let from = offset(start.column);
        let to = if end.line == start.line {
            offset(end.column)
        } else {
            line.len()
        };
        let part = line.get(from..to)?;
        let mut places = part.match_indices(&self.old);
        let at = from + places.next()?.0;
        if self.old.is_empty() || places.next().is_some() {
            return None;
        }
        let is_quoted = part.starts_with(['"', '\'']);
        // In a list or mapping of one line, `}` and `,` would end it.
        let is_reference_kept = self.old.starts_with("${");
        let needs_quotes = !is_reference_kept
            && self.new.contains(['{', '}', ',', '[', ']'])
            && line[..at].contains(['{', '[', ',']);
        let text = if needs_quotes && !is_quoted && part.trim_end() == self.old {
            format!("'{}'", self.new.replace('\'', "''"))
        } else {
            self.new
        };
        let column = |at: usize| u32::try_from(line[..at].chars().count() + 1).ok();
        let place = |at| {
            Some(Position {
                line: start.line,
                column: column(at)?,
            })
        };
        let (start, end) = (place(at)?, place(at + self.old.len())?);
        Some(Fix {
            label: self.label,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text,
        })
    }
}

/// The lines of a text as [`Mend::into_fix`] takes them.
pub(crate) fn lines_of(text: &str) -> Vec<&str> {
    place::lines(text).collect()
}

/// The text with `fixes` made, which are of findings of this very text. One that lies over another is left out.
#[must_use]
pub fn mended<'f>(text: &str, fixes: impl IntoIterator<Item = &'f Fix>) -> String {
    let starts = line_starts(text);
    let offset = |line: u32, column: u32| {
        let start = *starts.get((line as usize).checked_sub(1)?)?;
        let rest = text.get(start..)?;
        let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        Some(start + ends.into_iter().nth((column as usize).checked_sub(1)?)?)
    };
    let mut edits: Vec<_> = fixes
        .into_iter()
        .filter_map(|fix| {
            let from = offset(fix.line, fix.column)?;
            let to = offset(fix.end_line, fix.end_column)?;
            (from <= to).then_some((from, to, fix.text.as_str()))
        })
        .collect();
    edits.sort_by_key(|(from, ..)| *from);
    let mut mended = String::with_capacity(text.len());
    let mut done = 0;
    for (from, to, put) in edits {
        if from >= done {
            mended.push_str(&text[done..from]);
            mended.push_str(put);
            done = to;
        }
    }
    mended.push_str(&text[done..]);
    mended
}

/// Where each line begins. A line ends at `\n`, `\r` or both.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    let after = ends.map(|(at, _)| at + 1);
    [0].into_iter().chain(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check_requirements;

    fn without_pins(text: &str) -> String {
        let findings = check_requirements(text, "requirements.txt", None);
        mended(text, findings.iter().filter_map(|found| found.fix.as_ref()))
    }

    #[test]
    fn pins_of_the_base_go_and_every_other_byte_stays() {
        for (text, expected) in [
            ("promptflow==1.18.5\n", "promptflow\n"),
            (
                "# größe\r\nflask==3.0 # web\r\npromptflow-tools == 1.6.0 # why\r\npromptflow[azure]==1.0,!=2",
                "# größe\r\nflask==3.0 # web\r\npromptflow-tools # why\r\npromptflow[azure]!=2",
            ),
            (
                "promptflow== \\\n  1.18.5\nhumanize\n",
                "promptflow\nhumanize\n",
            ),
            ("humanize==4.0\n", "humanize==4.0\n"),
            ("", ""),
        ] {
            assert_eq!(without_pins(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_fix_that_is_of_no_place_or_lies_over_another_is_left_out() {
        let fix = |line, column, end_line, end_column| Fix {
            label: String::new(),
            line,
            column,
            end_line,
            end_column,
            text: "x".into(),
        };
        let fixes = [
            fix(1, 2, 1, 3),
            fix(1, 1, 2, 1),
            fix(9, 1, 9, 2),
            fix(0, 0, 0, 0),
            fix(2, 3, 2, 1),
        ];
        assert_eq!(mended("abc\nde", &fixes), "xde");
    }
}
