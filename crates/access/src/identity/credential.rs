//! What is shown to a registry or a feed, and whose it is.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use serde_json::json;

use super::{Identity, Secret};

/// Proof of the caller's identity.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Whose it is.
    pub who: Who,
    /// What is shown.
    pub proof: Proof,
}

/// What is shown as proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: whoever asks.
    Nothing,
    /// A user name, and a password or a token in its place.
    Password {
        /// The user name.
        user: String,
        /// The password or token.
        password: Secret,
    },
    /// A refresh token, which a registry's token service takes: what `docker login` calls an identity token.
    IdentityToken(Secret),
}

/// Who asks, as messages name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The user's own identity: what the Docker credential store of the server's user holds.
    User,
    /// A user-assigned managed identity.
    Identity {
        /// Its name.
        name: String,
        /// The id that others know it by.
        client_id: Option<String>,
    },
}

impl Who {
    pub(super) fn of(identity: &Identity) -> Self {
        Self::Identity {
            name: identity.name.clone(),
            client_id: identity.client_id.clone(),
        }
    }

    /// The id that Azure knows it by, or a word for it.
    pub(crate) fn assignee(&self) -> &str {
        match self {
            Self::Identity {
                client_id: Some(id),
                ..
            } => id,
            _ => "CLIENT_ID",
        }
    }
}

/// Fits into a sentence: `the identity ‘puller’`.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("the user’s own identity"),
            Self::Identity { name, .. } => write!(f, "the identity ‘{name}’"),
        }
    }
}

impl Credential {
    /// Nobody's.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            who: Who::User,
            proof: Proof::Nothing,
        }
    }

    /// The value of the Docker Engine API's `X-Registry-Auth` header for a registry; `None` when there is nothing to
    /// show.
    #[must_use]
    pub fn registry_auth(&self, registry: &str) -> Option<Secret> {
        let auth = match &self.proof {
            Proof::Nothing => return None,
            Proof::Password { user, password } => json!({
                "username": user,
                "password": password.reveal(),
                "serveraddress": registry,
            }),
            Proof::IdentityToken(token) => json!({
                "identitytoken": token.reveal(),
                "serveraddress": registry,
            }),
        };
        let text = Secret::new(auth.to_string());
        Some(Secret::new(URL_SAFE.encode(text.reveal())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_api_is_given_what_it_documents() {
        let decoded = |proof| {
            let credential = Credential {
                who: Who::User,
                proof,
            };
            let header = credential.registry_auth("a.example:5000")?;
            let text = URL_SAFE.decode(header.reveal()).unwrap();
            Some(String::from_utf8(text).unwrap())
        };
        let secret = Secret::new("p?>".to_owned());
        assert_eq!(decoded(Proof::Nothing), None);
        assert_eq!(
            decoded(Proof::IdentityToken(secret.clone())).unwrap(),
            r#"{"identitytoken":"p?>","serveraddress":"a.example:5000"}"#
        );
        let (user, password) = ("u".to_owned(), secret);
        assert_eq!(
            decoded(Proof::Password { user, password }).unwrap(),
            r#"{"username":"u","password":"p?>","serveraddress":"a.example:5000"}"#
        );
    }
}
