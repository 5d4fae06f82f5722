//! The keyed hashes of sign-ins: what the store keeps, and what requests are compared with. They depend on the server's
//! token, so that another token ends every sign-in, and on a key that is in no database.

use std::{io, path::Path};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Token, secret_file};
use crate::random::hex_digits;

/// Digits of a secret: 256 bits.
const DIGITS: usize = 64;

/// A key that a data folder's server makes once.
#[derive(Clone)]
pub struct ServerKey(String);

impl ServerKey {
    /// The key of the server of this data folder, made at its first start.
    ///
    /// # Errors
    /// When its file cannot be read or written.
    pub fn load_or_make(data: &Path) -> io::Result<Self> {
        let read = |text: &str| is_secret(text).then(|| Self(text.to_owned()));
        secret_file::load_or_make(&data.join("sign-in.key"), read, || {
            let key = new_secret();
            (key.clone(), Self(key))
        })
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(…)")
    }
}

/// The secret of a new sign-in.
pub(super) fn new_secret() -> String {
    hex_digits(DIGITS / 2)
}

/// Whether a text has the form of a secret.
pub(super) fn is_secret(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == DIGITS && text.bytes().all(is_digit)
}

/// Makes hashes and keys of secrets.
pub(super) struct Keys([u8; 32]);

impl Keys {
    pub(super) fn new(server: &ServerKey, token: &Token) -> Self {
        Self(mac(server.0.as_bytes(), "token", token.secret()))
    }

    /// What is kept of a secret.
    pub(super) fn hash(&self, secret: &str) -> String {
        hex::encode(mac(&self.0, "cookie", secret))
    }

    /// The key that goes with a secret: whoever has the secret alone cannot find it.
    pub(super) fn key(&self, secret: &str) -> String {
        hex::encode(mac(&self.0, "key", secret))
    }

    /// Tells sign-ins of this token from those of another.
    pub(super) fn mark(&self) -> String {
        hex::encode(mac(&self.0, "mark", ""))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &[u8], purpose: &str, text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key");
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[test]
    fn hash_and_key_are_of_this_token_and_this_server() {
        let data = tempfile::tempdir().unwrap();
        let server = ServerKey::load_or_make(data.path()).unwrap();
        let (one, other) = (Token::random(), Token::random());
        let keys = Keys::new(&server, &one);
        let same = Keys::new(&ServerKey::load_or_make(data.path()).unwrap(), &one);
        let secret = new_secret();
        assert!(is_secret(&secret) && is_secret(&keys.key(&secret)));
        assert_eq!(keys.key(&secret), same.key(&secret));
        assert_eq!(keys.hash(&secret), same.hash(&secret));
        assert_ne!(keys.hash(&secret), keys.key(&secret));
        let elsewhere = tempfile::tempdir().unwrap();
        for changed in [
            Keys::new(&server, &other),
            Keys::new(&ServerKey::load_or_make(elsewhere.path()).unwrap(), &one),
        ] {
            assert_ne!(keys.hash(&secret), changed.hash(&secret));
            assert_ne!(keys.key(&secret), changed.key(&secret));
            assert_ne!(keys.mark(), changed.mark());
        }
        let file = fs::metadata(data.path().join("sign-in.key")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}
