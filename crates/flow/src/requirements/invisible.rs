//! Characters that look like a space or like nothing, and that pip can't read.

/// One of them, from its first to behind its last byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invisible {
    pub(super) from: usize,
    pub(super) to: usize,
    character: char,
}

impl Invisible {
    pub(super) fn message(&self) -> String {
        format!(
            "This line has the invisible character {}. {} it.",
            self.name(),
            self.verb()
        )
    }

    pub(super) fn label(&self) -> String {
        match is_space(self.character) {
            true => "Replace invisible characters".to_owned(),
            false => "Remove invisible characters".to_owned(),
        }
    }

    fn name(&self) -> String {
        format!("‹U+{:04X}›", u32::from(self.character))
    }

    fn verb(&self) -> &'static str {
        match is_space(self.character) {
            true => "Use a space instead of",
            false => "Remove",
        }
    }
}

/// The invisible characters of a line.
pub(super) fn find(text: &str) -> Vec<Invisible> {
    let found = text
        .char_indices()
        .filter(|(_, c)| is_space(*c) || is_nothing(*c));
    found
        .map(|(from, character)| Invisible {
            from,
            to: from + character.len_utf8(),
            character,
        })
        .collect()
}

/// The text with a space for each character that looks like one, and without those that look like nothing.
pub(super) fn without(text: &str) -> String {
    let seen = text.chars().filter(|c| !is_nothing(*c));
    seen.map(|c| if is_space(c) { ' ' } else { c }).collect()
}

/// Spaces other than the two that pip knows.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn is_nothing(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
