//! The cookie of a sign-in: holds its secret.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::{auth::sign_ins::LONGEST, base_path::BasePath};

/// How this server's cookie is called and where it goes.
#[derive(Debug)]
pub(super) struct Cookie {
    name: String,
    path: String,
}

impl Cookie {
    /// Browsers share cookies among the ports of a host, so the name carries the port.
    pub(super) fn new(port: u16, base: &BasePath) -> Self {
        let path = match base.as_str() {
            "" => "/",
            path => path,
        };
        Self {
            name: format!("flowdeck_{port}"),
            path: path.to_owned(),
        }
    }

    /// The value of `set-cookie` that gives `secret`.
    pub(super) fn set(&self, secret: &str) -> HeaderValue {
        self.header(secret, LONGEST.as_secs())
    }

    /// The value of `set-cookie` that takes it away.
    pub(super) fn clear(&self) -> HeaderValue {
        self.header("", 0)
    }

    #[expect(clippy::expect_used, reason = "the cookie's parts are plain ASCII")]
    fn header(&self, value: &str, max_age: u64) -> HeaderValue {
        let Self { name, path } = self;
        let text =
            format!("{name}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Strict");
        HeaderValue::from_str(&text).expect("plain ASCII")
    }

    /// Every value that a request gives it: another port of the host can set one of the same name beside ours.
    pub(super) fn values<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter_map(|(name, value)| (name == self.name).then_some(value))
            .take(4)
    }
}
