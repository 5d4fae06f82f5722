//! The session cookie: proves that its holder had the token, without holding it.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{auth::Token, base_path::BasePath, random::to_hex};

/// 30 days, in seconds.
const MAX_AGE: u32 = 30 * 24 * 60 * 60;

/// The one cookie that this server gives and takes.
#[derive(Debug)]
pub(crate) struct SessionCookie {
    name: String,
    value: String,
    header: HeaderValue,
}

impl SessionCookie {
    /// Browsers share cookies among the ports of a host, so the name carries the port.
    #[expect(
        clippy::expect_used,
        reason = "HMAC takes keys of any length; the cookie's parts are plain ASCII"
    )]
    pub(crate) fn new(token: &Token, port: u16, base: &BasePath) -> Self {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(token.secret().as_bytes()).expect("HMAC takes any key");
        mac.update(b"flowdeck session cookie 1");
        let value = to_hex(&mac.finalize().into_bytes());
        let name = format!("flowdeck_{port}");
        let path = if base.as_str().is_empty() {
            "/"
        } else {
            base.as_str()
        };
        let text =
            format!("{name}={value}; Path={path}; Max-Age={MAX_AGE}; HttpOnly; SameSite=Strict");
        let header = HeaderValue::from_str(&text).expect("plain ASCII");
        Self {
            name,
            value,
            header,
        }
    }

    /// The value of `set-cookie`.
    pub(crate) fn set(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Whether a request carries it.
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| {
                name == self.name && value.as_bytes().ct_eq(self.value.as_bytes()).into()
            })
    }
}
