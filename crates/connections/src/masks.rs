//! Finds secrets in what flows give and print, in every form that a program easily gives a text, and puts a mark in their
//! place.

mod forms;
mod json;

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

/// What stands in the place of a secret: promptflow's own mark.
pub const MASK: &str = "**data_scrubbed**";

/// A shorter text is no secret: it's in every other word.
const SHORTEST: usize = 4;

/// Finds secrets.
pub struct Masks(Option<Finder>);

struct Finder {
    search: AhoCorasick,
    forms: Vec<String>,
}

impl std::fmt::Debug for Masks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Masks")
    }
}

impl Masks {
    /// For these secrets. Texts of less than four bytes aren't masked.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut forms: Vec<String> = secrets
            .into_iter()
            .filter(|secret| secret.trim().len() >= SHORTEST)
            .flat_map(forms::of)
            .collect();
        forms.sort_unstable();
        forms.dedup();
        if forms.is_empty() {
            return Self(None);
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&forms);
        match built {
            Ok(search) => Self(Some(Finder { search, forms })),
            // More patterns than there are 32-bit numbers.
            Err(error) => {
                tracing::error!(%error, "secrets can’t be masked");
                Self(None)
            }
        }
    }

    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Every form that is looked for: secrets.
    #[must_use]
    pub fn forms(&self) -> &[String] {
        self.0.as_ref().map_or(&[], |finder| &finder.forms)
    }

    /// The text without secrets.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.0 {
            Some(Finder { search, .. }) if search.is_match(text) => {
                let mut masked = String::with_capacity(text.len());
                search.replace_all_with(text, &mut masked, |_, _, masked| {
                    masked.push_str(MASK);
                    true
                });
                Cow::Owned(masked)
            }
            _ => Cow::Borrowed(text),
        }
    }

    /// JSON without secrets, which is JSON still. A number that holds a secret becomes the mark.
    #[must_use]
    pub fn json<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.is_empty() {
            true => Cow::Borrowed(text),
            false => json::mask(self, text),
        }
    }

    /// How many bytes of a text that goes on can be masked and told now: what follows may be the beginning of a secret.
    #[must_use]
    pub fn settled(&self, text: &str) -> usize {
        let Some(Finder { search, forms }) = &self.0 else {
            return text.len();
        };
        let longest = forms.iter().map(String::len).max().unwrap_or_default();
        let first = text.floor_char_boundary(text.len().saturating_sub(longest));
        let starts = text
            .char_indices()
            .map(|(at, _)| at)
            .filter(|at| *at >= first);
        let begins = |at: &usize| {
            let rest = text.get(*at..).unwrap_or_default();
            forms
                .iter()
                .any(|form| form.len() > rest.len() && form.starts_with(rest))
        };
        let mut starts = starts.skip_while(|at| !begins(at));
        let end = starts.next().unwrap_or(text.len());
        // A secret that is whole can end with the beginning of another.
        let whole = search.find_iter(text);
        let mut over = whole.filter(|found| found.start() < end && end < found.end());
        over.next().map_or(end, |found| found.end())
    }

    fn is_in(&self, text: &str) -> bool {
        self.0
            .as_ref()
            .is_some_and(|finder| finder.search.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "sk-Canary \"7\"\\ß+/&x";

    #[test]
    fn a_secret_is_found_in_every_usual_form() {
        let masks = Masks::new([SECRET]);
        let json = serde_json::to_string(SECRET).unwrap();
        let twice = serde_json::to_string(&json).unwrap();
        for form in [
            SECRET.to_owned(),
            json,
            twice,
            r#""sk-Canary \"7\"\\\u00df+/&x""#.to_owned(),
            "sk-Canary%20%227%22%5C%C3%9F%2B%2F%26x".to_owned(),
            "sk-canary%20%227%22%5c%c3%9f%2b%2f%26x".replace("sk-canary", "sk-Canary"),
            "sk-Canary+%227%22%5C%C3%9F%2B%2F%26x".to_owned(),
            BASE64_STANDARD.encode(SECRET),
            BASE64_STANDARD.encode(format!("a{SECRET}b")),
            BASE64_STANDARD.encode(format!("ab{SECRET}")),
            BASE64_STANDARD.encode(format!("Bearer {SECRET}")),
        ] {
            let text = format!("before {form} after");
            let masked = masks.text(&text);
            assert!(masked.contains(MASK), "{form}");
            assert!(masked.starts_with("before ") && masked.ends_with(" after"));
        }
        assert_eq!(masks.text("nothing here"), "nothing here");
    }

    #[test]
    fn short_texts_are_left() {
        let masks = Masks::new(["abc", "", "    "]);
        assert!(masks.is_empty());
        assert_eq!(masks.text("abc"), "abc");
    }

    #[test]
    fn each_line_of_a_long_secret_is_masked() {
        let masks = Masks::new(["-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----"]);
        assert_eq!(masks.text("x MIIEvQIBADANBg y"), format!("x {MASK} y"));
    }

    proptest! {
        #[test]
        fn a_secret_that_comes_in_pieces_is_told_in_none(
            cuts in proptest::collection::vec(1_usize..6, 0..30),
            before in "[a-s-]{0,8}",
            after in "[a-s-]{0,8}",
        ) {
            let masks = Masks::new(["sk-canary-sk-cans", "sk-c"]);
            let whole = format!("{before}sk-canary-sk-cans{after} end.");
            let (mut rest, mut pending, mut told) = (whole.as_str(), String::new(), String::new());
            for cut in cuts.into_iter().chain([whole.len()]) {
                let (piece, left) = rest.split_at(cut.min(rest.len()));
                pending.push_str(piece);
                let kept = pending.split_off(masks.settled(&pending));
                told.push_str(&masks.text(&pending));
                (pending, rest) = (kept, left);
            }
            prop_assert_eq!(pending, "");
            prop_assert_eq!(told, masks.text(&whole));
        }

        #[test]
        fn masked_json_is_json_without_the_secret(
            secret in "[a-z0-9\"\\\\\n/é ]{4,12}",
            before in "\\PC{0,6}",
            after in "\\PC{0,6}",
        ) {
            prop_assume!(secret.trim().len() >= 4);
            let masks = Masks::new([secret.as_str()]);
            let value = serde_json::json!({
                "text": format!("{before}{secret}{after}"),
                "list": [secret.clone(), 1.5, null],
                (secret.clone()): true,
            });
            let text = value.to_string();
            let masked = masks.json(&text);
            let read: serde_json::Value = serde_json::from_str(&masked).unwrap();
            prop_assert!(!read["text"].as_str().unwrap().contains(secret.trim()));
            prop_assert_eq!(read["list"][0].as_str().unwrap().trim(), MASK);
        }
    }
}
