//! The token that opens the server.

use std::{
    io,
    path::{Path, PathBuf},
};

use subtle::ConstantTimeEq;
use thiserror::Error;

use super::secret_file;

/// So many characters cannot be guessed, were they tried without a pause.
const UNGUESSABLE: usize = 24;

/// A secret that people paste and links carry: printable ASCII that needs no encoding in a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a text cannot be a token.
#[derive(Debug, Error)]
#[error("a token is 1 to 256 letters, digits, '-', '_', '.' or '~'")]
pub struct InvalidToken;

impl std::str::FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if text.is_empty() || text.len() > 256 || !text.bytes().all(is_plain) {
            return Err(InvalidToken);
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// A new one that nobody can guess.
    #[must_use]
    pub fn random() -> Self {
        Self(crate::random::hex_digits(24))
    }

    /// The secret itself.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// Whether it is so short that somebody could find it by trying.
    pub(crate) fn is_guessable(&self) -> bool {
        self.0.len() < UNGUESSABLE
    }

    /// Compares in a time that does not tell how much is right.
    pub(crate) fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// The token that this data folder's server had before, so that links and sign-ins stay valid; a new one at first.
pub(crate) fn load_or_make(data: &Path) -> io::Result<Token> {
    let read = |text: &str| text.parse().ok();
    secret_file::load_or_make(&token_file(data), read, || {
        let token = Token::random();
        (token.0.clone(), token)
    })
}

/// Where the token of a data folder is.
pub(crate) fn token_file(data: &Path) -> PathBuf {
    data.join("token")
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_token_is_kept_for_the_next_start_and_readable_by_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let first = load_or_make(data.path()).unwrap();
        assert_eq!(first, load_or_make(data.path()).unwrap());
        let mode = fs::metadata(data.path().join("token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(first.secret().len(), 48);
    }

    #[test]
    fn a_broken_token_file_is_replaced() {
        let data = tempfile::tempdir().unwrap();
        for broken in ["", "two words"] {
            fs::write(data.path().join("token"), broken).unwrap();
            fs::write(data.path().join("token.new"), "half").unwrap();
            let token = load_or_make(data.path()).unwrap();
            assert_eq!(
                fs::read_to_string(data.path().join("token")).unwrap(),
                token.secret()
            );
        }
    }

    #[test]
    fn a_token_never_shows_in_a_log() {
        assert_eq!(
            format!("{:?}", "hunter2".parse::<Token>().unwrap()),
            "Token(…)"
        );
    }
}
