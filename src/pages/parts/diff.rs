//! What differs between two texts, line by line.

/// A row of a comparison. Line numbers count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row<'a> {
    /// In both.
    Same {
        /// Its number in the old text.
        old: usize,
        /// Its number in the new text.
        new: usize,
        /// The line, without its break.
        text: &'a str,
    },
    /// Only in the old text.
    Removed {
        /// Its number.
        old: usize,
        /// The line, without its break.
        text: &'a str,
    },
    /// Only in the new text.
    Added {
        /// Its number.
        new: usize,
        /// The line, without its break.
        text: &'a str,
    },
    /// So many equal lines are left out.
    Skipped(usize),
}

/// Equal lines shown around a difference.
const CONTEXT: usize = 3;

/// The most differing lines that are matched one by one (time and room grow with the square); beyond, the whole
/// differing part counts as replaced.
const MATCH_LIMIT: usize = 1000;

/// The lines of a text, without their breaks.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(['\n', '\r']) {
        lines.push(&rest[..end]);
        let width = if rest[end..].starts_with("\r\n") {
            2
        } else {
            1
        };
        rest = &rest[end + width..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Compares two texts; nothing when all lines are equal (the texts may still differ in their line breaks).
pub(crate) fn compare<'a>(old: &'a str, new: &'a str) -> Vec<Row<'a>> {
    let (old, new) = (lines(old), lines(new));
    let rows = all_rows(&old, &new);
    if rows.iter().all(|row| matches!(row, Row::Same { .. })) {
        return Vec::new();
    }
    without_far_lines(rows)
}

fn all_rows<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Row<'a>> {
    let start = common(old.iter(), new.iter());
    let end = common(old[start..].iter().rev(), new[start..].iter().rev());
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let mut rows = Vec::with_capacity(old.len().max(new.len()));
    let same = |old_at: usize, new_at: usize| Row::Same {
        old: old_at + 1,
        new: new_at + 1,
        text: old[old_at],
    };
    rows.extend((0..start).map(|at| same(at, at)));
    let (mut old_at, mut new_at) = (start, start);
    let matches = matching(&old[start..old_end], &new[start..new_end]);
    let matches = matches.into_iter().map(|(i, j)| (start + i, start + j));
    for (old_next, new_next) in matches.chain([(old_end, new_end)]) {
        rows.extend((old_at..old_next).map(|at| Row::Removed {
            old: at + 1,
            text: old[at],
        }));
        rows.extend((new_at..new_next).map(|at| Row::Added {
            new: at + 1,
            text: new[at],
        }));
        if old_next < old_end {
            rows.push(same(old_next, new_next));
        }
        (old_at, new_at) = (old_next + 1, new_next + 1);
    }
    rows.extend((0..end).map(|at| same(old_end + at, new_end + at)));
    rows
}

fn common<'a>(a: impl Iterator<Item = &'a &'a str>, b: impl Iterator<Item = &'a &'a str>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Index pairs of a longest common subsequence; none when the texts are too long for it.
fn matching(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    if old.len() > MATCH_LIMIT || new.len() > MATCH_LIMIT {
        return Vec::new();
    }
    let width = new.len() + 1;
    // lengths[i * width + j]: length of a longest common subsequence of old[i..] and new[j..].
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Leaves out equal lines that are more than [`CONTEXT`] lines away from a difference.
fn without_far_lines(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    let differs: Vec<bool> = rows
        .iter()
        .map(|row| !matches!(row, Row::Same { .. }))
        .collect();
    let mut shown = Vec::new();
    let mut skipped = 0;
    for (at, row) in rows.into_iter().enumerate() {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(differs.len());
        if differs[around].contains(&true) {
            if skipped > 0 {
                shown.push(Row::Skipped(skipped));
            }
            skipped = 0;
            shown.push(row);
        } else {
            skipped += 1;
        }
    }
    if skipped > 0 {
        shown.push(Row::Skipped(skipped));
    }
    shown
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
