//! Entity tags: they change whenever the content does, and never otherwise.

use sha2::{Digest, Sha256};

use super::Stamp;

/// A strong entity tag in its quotes, as it stands in a header: `"…"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of `content`.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let digest = Sha256::digest(content);
        Self(format!("\"{}\"", hex::encode(&digest[..16])))
    }

    /// The tag of a file that is too large to be read: by its stamp.
    pub(crate) fn of_stamp(stamp: &Stamp) -> Self {
        Self::of(&stamp.to_bytes())
    }

    /// The text, in quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What must hold of a file for it to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// It is there, with one of these contents.
    Is(Vec<ETag>),
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
}

impl Precondition {
    /// Reads `If-Match`: `*` or a list of tags.
    ///
    /// A weak tag counts as strong: proxies that compress weaken ours, and ours name the content itself.
    #[must_use]
    pub fn if_match(header: &str) -> Self {
        if header.trim() == "*" {
            return Self::Exists;
        }
        let tags = header
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .map(|tag| ETag(tag.to_owned()));
        Self::Is(tags.collect())
    }

    /// Whether a file with this tag, or none, may be written.
    #[must_use]
    pub fn holds(&self, now: Option<&ETag>) -> bool {
        match (self, now) {
            (Self::Is(tags), Some(now)) => tags.contains(now),
            (Self::Exists, now) => now.is_some(),
            (Self::Absent, now) => now.is_none(),
            (Self::Is(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_tells_contents_apart_and_nothing_else() {
        assert_eq!(ETag::of(b"a"), ETag::of(b"a"));
        assert_ne!(ETag::of(b"a\n"), ETag::of(b"a\r\n"));
        assert!(ETag::of(b"").as_str().starts_with('"') && ETag::of(b"").as_str().ends_with('"'));
    }

    #[test]
    fn if_match_takes_lists_stars_and_weakened_tags() {
        let tag = ETag::of(b"a");
        for header in [
            tag.as_str().to_owned(),
            format!("\"x\", W/{}", tag.as_str()),
            "*".to_owned(),
        ] {
            assert!(
                Precondition::if_match(&header).holds(Some(&tag)),
                "{header}"
            );
            assert!(!Precondition::if_match(&header).holds(None), "{header}");
        }
        assert!(!Precondition::if_match("\"x\"").holds(Some(&tag)));
        assert!(!Precondition::if_match("").holds(Some(&tag)));
    }
}
