//! Text of others, such as the name of a file, as people may see it.

use std::{borrow::Cow, fmt::Write as _};

/// The text, with each character that has no picture of its own, or that changes the order of others, as its code:
/// `‹U+202E›`. So no name looks like another. Line ends and tabs stay.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_format) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_format(c) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "‹U+{:04X}›", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Controls, and the characters of Unicode's categories Cf, Zl and Zp that occur in text: marks of direction, joiners,
/// fillers, tags.
fn is_format(c: char) -> bool {
    match c {
        '\n' | '\r' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_or_hides_is_shown_by_its_code() {
        assert_eq!(shown("\u{202e}gnp.exe.py"), "‹U+202E›gnp.exe.py");
        assert_eq!(
            shown("a\u{200b}b\u{2066}c\u{0}"),
            "a‹U+200B›b‹U+2066›c‹U+0000›"
        );
        for ordinary in ["größe &1.py", "日本語", "قهوة", "e\u{301}", "a\tb\nc", "🙂"] {
            assert!(matches!(shown(ordinary), Cow::Borrowed(same) if same == ordinary));
        }
    }

    #[test]
    fn what_is_shown_stays_so() {
        let all: String = (0..0x11_0000).filter_map(char::from_u32).collect();
        let once = shown(&all).into_owned();
        assert_eq!(shown(&once), once);
    }
}
