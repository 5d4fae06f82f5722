//! The text's characters, and those that ruamel.yaml refuses before it reads anything.

use saphyr_parser::Marker;

use super::source::STAND_IN;

/// The first control character, and what is wrong with it.
pub(super) fn unacceptable(text: &str) -> Option<(String, Marker)> {
    let refused = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{85}' | STAND_IN => false,
        '\u{ffff}' => true,
        _ => c.is_control(),
    };
    let (c, marker) = positions(text).find(|(c, _)| refused(*c))?;
    Some((
        format!(
            "The character U+{:04X} isn't allowed in YAML. Remove it.",
            u32::from(c)
        ),
        marker,
    ))
}

/// Each character with its place as the parser counts.
pub(super) fn positions(text: &str) -> impl Iterator<Item = (char, Marker)> {
    let (mut line, mut column) = (1, 0);
    text.chars()
        .enumerate()
        .scan('\n', move |previous, (index, c)| {
            let breaks = (*previous == '\n' && index > 0) || (*previous == '\r' && c != '\n');
            if breaks {
                line += 1;
                column = 0;
            }
            let marker = Marker::new(index, line, column);
            column += 1;
            *previous = c;
            Some((c, marker))
        })
}
