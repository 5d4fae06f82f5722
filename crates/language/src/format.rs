//! Tidies a definition: blanks at the ends of lines, blank lines that repeat, the break at the end. What it says stays, to
//! the comment; a text that can't be read is left alone.

use flowdeck_flow::Document;

use crate::position::{Lines, number};
use crate::request::{Edit, FileEdits};
use flowdeck_flow::{Position, Span};

/// The edits of a file; none where it is tidy.
pub(crate) fn of(file: &str, text: &str) -> Vec<FileEdits> {
    let before = Document::read(text);
    if !before.is_whole() || text.is_empty() {
        return Vec::new();
    }
    let lines = Lines::new(text);
    // Blank lines in block text are its own; where taking them out changes what the text says, they stay.
    for takes_blank_lines in [true, false] {
        let edits = edits(&lines, takes_blank_lines);
        if edits.is_empty() {
            return Vec::new();
        }
        let tidy = edited(&lines, &edits);
        let after = Document::read(&tidy);
        if after.is_whole() && after.means_the_same(&before) {
            return vec![FileEdits {
                file: file.to_owned(),
                edits,
            }];
        }
    }
    Vec::new()
}

fn edits(lines: &Lines<'_>, takes_blank_lines: bool) -> Vec<Edit> {
    let count = lines.count();
    let mut edits = Vec::new();
    let mut last_full = count;
    while last_full > 1 && lines.line(last_full).trim().is_empty() {
        last_full -= 1;
    }
    for line in 1..=last_full {
        let text = lines.line(line);
        let kept = text.trim_end_matches([' ', '\t']);
        let is_repeated = line > 1 && kept.is_empty() && lines.line(line - 1).trim().is_empty();
        if takes_blank_lines && is_repeated {
            edits.push(edit((line, 1), (line + 1, 1), ""));
        } else if kept.len() < text.len() {
            let column = |part: &str| number(part.chars().count() + 1);
            edits.push(edit((line, column(kept)), (line, column(text)), ""));
        }
    }
    let end = number(
        lines
            .line(last_full)
            .trim_end_matches([' ', '\t'])
            .chars()
            .count()
            + 1,
    );
    let is_ended = count == last_full + 1 && lines.line(count).is_empty();
    if !is_ended {
        let eol = if lines.text().contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let last = number(lines.line(count).chars().count() + 1);
        edits.retain(|one| one.span.start.line < last_full);
        edits.push(edit((last_full, end), (count, last), eol));
    }
    edits
}

fn edit(start: (u32, u32), end: (u32, u32), text: &str) -> Edit {
    let position = |(line, column)| Position { line, column };
    Edit {
        span: Span {
            start: position(start),
            end: position(end),
        },
        text: text.to_owned(),
    }
}

/// The text with edits made that are in order.
pub(crate) fn edited(lines: &Lines<'_>, edits: &[Edit]) -> String {
    let (mut text, mut done) = (String::new(), 0);
    for edit in edits {
        let (from, to) = (lines.offset(edit.span.start), lines.offset(edit.span.end));
        if from >= done && to >= from {
            text.push_str(&lines.text()[done..from]);
            text.push_str(&edit.text);
            done = to;
        }
    }
    text.push_str(&lines.text()[done..]);
    text
}
