//! Text that is never shown.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize as _;

/// A text that is never shown: not in a log, not in a message, not by `{:?}`. It can't be serialised, and its memory is
/// overwritten when it is dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

/// What is read in the place of a secret.
const HIDDEN: &str = "(hidden)";

impl Secret {
    /// Hides `text`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that must send it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Somebody else's text, which may repeat the secret, without it.
    #[must_use]
    pub fn cut_from(&self, text: &str) -> String {
        match &*self.0 {
            "" => text.to_owned(),
            secret => text.replace(secret, HIDDEN),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret: Secret = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(format!("{secret:?} {secret}"), "(hidden) (hidden)");
        assert_eq!(secret.reveal(), "hunter2");
        assert_eq!(secret.cut_from("bad ‘hunter2’"), "bad ‘(hidden)’");
        assert_eq!(Secret::new(String::new()).cut_from("all"), "all");
    }
}
