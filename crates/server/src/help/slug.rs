//! The name of a heading in addresses, as the places where Markdown is shown make it.

use std::collections::HashMap;

/// Makes names that are unique on a page.
#[derive(Default)]
pub(super) struct Slugs(HashMap<String, usize>);

impl Slugs {
    /// The name of a heading that says `text`.
    pub(super) fn of(&mut self, text: &str) -> String {
        let slug = slug(text);
        let count = self.0.entry(slug.clone()).or_default();
        *count += 1;
        match *count {
            1 => slug,
            count => format!("{slug}-{}", count - 1),
        }
    }
}

fn slug(text: &str) -> String {
    let kept = text.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ if character.is_alphanumeric() => Some(character),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_s_name_has_letters_digits_and_hyphens_and_is_its_own() {
        let mut slugs = Slugs::default();
        for (text, slug) in [
            ("Manage a compute session", "manage-a-compute-session"),
            (
                "Packages in requirements.txt",
                "packages-in-requirementstxt",
            ),
            ("Who gets in, and how?", "who-gets-in-and-how"),
            ("Größe", "größe"),
            ("Größe", "größe-1"),
        ] {
            assert_eq!(slugs.of(text), slug);
        }
    }
}
