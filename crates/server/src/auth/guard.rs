//! Decides whether a request may pass.

use axum::http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{AUTHORIZATION, HOST, RETRY_AFTER, WWW_AUTHENTICATE},
};

use flowdeck_contract::timeline::By;

use crate::{
    auth::{AllowedHosts, Token, WayIn, attempts::Attempts, cookie::SessionCookie, is_same_origin},
    base_path::BasePath,
    http::error::ApiError,
    serving::Peer,
};

/// Knows the token, the cookie and the server's names.
#[derive(Debug)]
pub(crate) struct Guard {
    token: Token,
    cookie: SessionCookie,
    hosts: AllowedHosts,
    attempts: Attempts,
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
    pub(crate) fn new(token: Token, hosts: AllowedHosts, port: u16, base: &BasePath) -> Self {
        Self {
            cookie: SessionCookie::new(&token, port, base),
            token,
            hosts,
            attempts: Attempts::default(),
        }
    }

    /// The server's token, for whoever must know it to remove it from a text.
    pub(crate) fn secret(&self) -> &str {
        self.token.secret()
    }

    /// The `set-cookie` header for whoever gives the right token.
    pub(crate) fn sign_in(
        &self,
        given: &str,
        peer: Peer,
        way: WayIn,
    ) -> Result<HeaderValue, Refusal> {
        self.check_token(given, peer, way)
            .map(|()| self.cookie.set())
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

    /// Lets pass who has the token or the cookie; gives who that is.
    pub(crate) fn check(
        &self,
        method: &Method,
        headers: &HeaderMap,
        peer: Peer,
    ) -> Result<By, ApiError> {
        if let Some(given) = bearer(headers) {
            self.check_token(given, peer, WayIn::Bearer)
                .map_err(ApiError::from)?;
            if !method.is_safe() {
                self.check_origin(headers)?;
            }
            return Ok(By::Token);
        }
        if self.cookie.is_in(headers) {
            return self.check_origin(headers).map(|()| By::Browser);
        }
        let message = "Sign in to use this server.";
        Err(ApiError::new(StatusCode::UNAUTHORIZED, "SignInRequired", message)
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            .remedy("Open the address with the token that the server printed when it started, or enter the token."))
    }

    /// The right token is refused only where it could be found by trying, and there only from whoever has tried too much.
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
            .remedy("Copy the token from the address that the server printed when it started."),
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
