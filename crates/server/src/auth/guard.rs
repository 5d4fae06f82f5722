//! Decides whether a request may pass.

use axum::http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, HOST, RETRY_AFTER, WWW_AUTHENTICATE},
};

use flowdeck_compute::{ComputeError, SignInStore};
use flowdeck_contract::{sign_ins::KEY_HEADER, timeline::By};

use crate::{
    auth::{
        AllowedHosts, Current, ServerKey, SignIns, Token, WayIn, attempts::Attempts,
        browser::browser_of, cookie::Cookie, is_same_origin, keys::Keys,
    },
    base_path::BasePath,
    http::error::{ApiError, ApiResult},
    serving::Peer,
    time::now,
};

/// Knows the token, who is signed in, and the server's names.
#[derive(Debug)]
pub(crate) struct Guard {
    token: Token,
    cookie: Cookie,
    sign_ins: SignIns,
    hosts: AllowedHosts,
    attempts: Attempts,
}

/// What a browser gets for the right token.
pub(crate) struct NewSignIn {
    /// The `set-cookie` header.
    pub(crate) cookie: HeaderValue,
    /// The key of the page.
    pub(crate) key: String,
}

/// Who sent a request that may pass.
pub(crate) struct Passed {
    /// As the timeline names them.
    pub(crate) by: By,
    /// The sign-in that the request came with.
    pub(crate) sign_in: Option<Current>,
}

/// Why a token was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not the one.
    Wrong,
    /// Too many were wrong lately; it was not looked at.
    TooMany,
}

impl Guard {
    pub(crate) fn open(
        token: Token,
        key: &ServerKey,
        store: SignInStore,
        hosts: AllowedHosts,
        cookie: (u16, &BasePath),
    ) -> Result<Self, ComputeError> {
        let (port, base) = cookie;
        Ok(Self {
            cookie: Cookie::new(port, base),
            sign_ins: SignIns::open(store, Keys::new(key, &token), now())?,
            token,
            hosts,
            attempts: Attempts::default(),
        })
    }

    /// Who is signed in.
    pub(crate) fn sign_ins(&self) -> &SignIns {
        &self.sign_ins
    }

    /// Ends sign-ins that have expired, and writes down when the others were used.
    pub(crate) fn tidy(&self) {
        if let Err(error) = self.sign_ins.tidy(now()) {
            tracing::error!(%error, "sign-ins could not be written down");
        }
    }

    /// The `set-cookie` header that takes a sign-in away.
    pub(crate) fn signed_out(&self) -> HeaderValue {
        self.cookie.clear()
    }

    /// The server's token, for whoever must know it to remove it from a text.
    pub(crate) fn secret(&self) -> &str {
        self.token.secret()
    }

    /// Signs in the browser that sends the right token; one that is signed in already stays so.
    pub(crate) fn sign_in(
        &self,
        given: &str,
        headers: &HeaderMap,
        peer: Peer,
        way: WayIn,
    ) -> ApiResult<NewSignIn> {
        self.check_token(given, peer, way)?;
        let now = now();
        let known = self
            .cookie
            .values(headers)
            .find_map(|secret| self.sign_ins.again(secret, now));
        let opened = match known {
            Some(opened) => opened,
            None => self.sign_ins.begin(browser_of(headers), peer, now)?,
        };
        Ok(NewSignIn {
            cookie: self.cookie.set(&opened.secret),
            key: opened.key,
        })
    }

    /// Refuses requests that were meant for another host.
    pub(crate) fn check_host(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if headers.get_all(HOST).iter().count() > 1 {
            let message = "The request has more than one Host header.";
            return Err(ApiError::bad_request("InvalidHeader", message).target("host"));
        }
        let host = headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        if self.hosts.allow(host) {
            return Ok(());
        }
        let message = format!("This server does not answer under the name ‘{host}’.");
        Err(ApiError::new(StatusCode::FORBIDDEN, "HostNotAllowed", message)
            .remedy("Open the address that the server printed, or start it with --allow-host and this name."))
    }

    /// Refuses requests that the page of another site sends.
    pub(crate) fn check_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        if is_same_origin(headers, &self.hosts) {
            return Ok(());
        }
        let message = "The request comes from a page of another site.";
        Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "OriginNotAllowed",
            message,
        ))
    }

    /// Admits whoever has the token, or the cookie and its key; gives who that is.
    pub(crate) fn check(
        &self,
        method: &Method,
        headers: &HeaderMap,
        peer: Peer,
    ) -> ApiResult<Passed> {
        if let Some(given) = bearer(headers) {
            self.check_token(given, peer, WayIn::Bearer)
                .map_err(ApiError::from)?;
            if !method.is_safe() {
                self.check_origin(headers)?;
            }
            return Ok(Passed {
                by: By::Token,
                sign_in: None,
            });
        }
        if let Some(current) = self.current(headers, peer) {
            self.check_origin(headers)?;
            return Ok(Passed {
                by: By::Browser,
                sign_in: Some(current),
            });
        }
        let message = "Sign in to use this server.";
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "SignInRequired", message)
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .remedy("Enter the server’s token. The line that the server prints when it starts holds the token or says where it is."))
    }

    fn current(&self, headers: &HeaderMap, peer: Peer) -> Option<Current> {
        let key = headers.get(KEY_HEADER)?.to_str().ok()?;
        let now = now();
        self.cookie
            .values(headers)
            .find_map(|secret| self.sign_ins.find(secret, key, peer, now))
    }

    /// The right token is refused only where it could be found by trying, and there only from whoever has tried too
    /// much.
    fn check_token(&self, given: &str, peer: Peer, way: WayIn) -> Result<(), Refusal> {
        let is_right = self.token.is(given);
        if is_right && !self.token.is_guessable() {
            return Ok(());
        }
        if !self.attempts.is_open(peer, way) {
            return Err(Refusal::TooMany);
        }
        if is_right {
            return Ok(());
        }
        self.attempts.count_wrong(peer, way);
        Err(Refusal::Wrong)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong => Self::new(
                StatusCode::UNAUTHORIZED,
                "WrongToken",
                "This is not the server's token.",
            )
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .remedy("Copy the token again. The line that the server prints when it starts holds it or says where it is."),
            Refusal::TooMany => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyAttempts",
                "Too many wrong tokens were given.",
            )
            .header(RETRY_AFTER, HeaderValue::from_static("1"))
            .remedy("Wait a moment, then try again."),
        }
    }
}
