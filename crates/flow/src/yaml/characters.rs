//! Characters that ruamel.yaml refuses and the parser does not.

use saphyr_parser::{Marker, Span};

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
            "The character U+{:04X} may not stand in YAML. Remove it.",
            u32::from(c)
        ),
        marker,
    ))
}

/// The first tab outside of quotes, block scalars and comments. `scalars` are the spans of
/// quoted and block scalars, in order.
pub(super) fn misplaced_tab(text: &str, scalars: &[Span]) -> Option<Marker> {
    let mut scalars = scalars.iter().peekable();
    let mut in_comment = false;
    let mut previous = '\n';
    for (c, marker) in positions(text) {
        while scalars
            .next_if(|span| span.end.index() <= marker.index())
            .is_some()
        {}
        let in_scalar = scalars
            .peek()
            .is_some_and(|span| span.start.index() <= marker.index());
        in_comment &= marker.col() > 0;
        match c {
            _ if in_scalar => {}
            '#' if matches!(previous, ' ' | '\t' | '\n' | '\r') => in_comment = true,
            '\t' if !in_comment => return Some(marker),
            _ => {}
        }
        previous = c;
    }
    None
}

/// Each character with its place as the parser counts.
fn positions(text: &str) -> impl Iterator<Item = (char, Marker)> {
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
