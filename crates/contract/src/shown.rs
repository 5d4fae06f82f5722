//! Other people's text, such as the name of a file, as people may see it.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
};

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

/// A name from a flow, such as that of a node, an input or an output.
///
/// It's printed as people may see it, and can't be put into a page in another way. [`Name::as_str`] is the name itself, for
/// keys and requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
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

    proptest::proptest! {
        #[test]
        fn a_name_is_itself_and_shows_nothing_that_hides(name in "(\\PC|[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}\u{0}-\u{1f}]){0,20}") {
            let held = Name::from(name.as_str());
            proptest::prop_assert_eq!(held.as_str(), &name);
            let shown = held.to_string();
            proptest::prop_assert!(!shown.contains(is_format), "{shown:?}");
            // Two names that differ never look the same.
            let hidden = format!("{name}\u{202e}");
            proptest::prop_assert_ne!(Name::from(hidden).to_string(), shown);
        }
    }
}
