//! Asks a feed. The token goes to the feed's own origin (scheme, host and port) alone, wherever answers redirect to.

use std::{error::Error as _, sync::OnceLock, time::Duration};

use reqwest::{
    Method, Response, Url,
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};

use crate::identity::Secret;

const CONNECT: Duration = Duration::from_secs(15);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(60);
const MOST_REDIRECTS: usize = 8;

/// Asks feeds; reads the machine's certificates when first used.
#[derive(Debug, Default)]
pub(crate) struct Client(OnceLock<reqwest::Client>);

/// What opens an origin.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) origin: Url,
    pub(crate) user: String,
    pub(crate) token: Secret,
}

/// Why there was no answer. None of this holds more than a host's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("no host has the name ‘{0}’")]
    NoSuchHost(String),
    #[error("‘{0}’ didn’t answer in time")]
    TimedOut(String),
    #[error("‘{0}’ has a certificate that this machine doesn’t trust")]
    NotTrusted(String),
    #[error("can’t connect to ‘{0}’")]
    Unreachable(String),
    #[error("‘{0}’ redirects in a circle, or to an unencrypted address")]
    Redirects(String),
    #[error("no request could be made: {0}")]
    Client(String),
}

impl Client {
    /// Asks for `url` and follows redirects; gives the answer and where it came from.
    pub(crate) async fn send(
        &self,
        method: Method,
        mut url: Url,
        headers: HeaderMap,
        key: Option<&Key>,
    ) -> Result<(Response, Url), Unanswered> {
        for _ in 0..MOST_REDIRECTS {
            let mut request = self.client()?.request(method.clone(), url.clone());
            request = request.headers(headers.clone());
            if let Some(key) = key.filter(|key| key.origin.origin() == url.origin()) {
                request = request.basic_auth(&key.user, Some(key.token.reveal()));
            }
            let response = request
                .send()
                .await
                .map_err(|error| unanswered(&url, &error))?;
            let Some(next) = redirected(&response, &url) else {
                return Ok((response, url));
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                break;
            }
            url = next;
        }
        Err(Unanswered::Redirects(host(&url)))
    }

    fn client(&self) -> Result<&reqwest::Client, Unanswered> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        // Fails when there is one already, which does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| Unanswered::Client(error.to_string()))?;
        Ok(self.0.get_or_init(|| client))
    }
}

fn redirected(response: &Response, url: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut next = url
        .join(response.headers().get(LOCATION)?.to_str().ok()?)
        .ok()?;
    // Would be sent as a credential of its own.
    let bare = next.set_username("").and_then(|()| next.set_password(None));
    bare.ok().map(|()| next)
}

fn unanswered(url: &Url, error: &reqwest::Error) -> Unanswered {
    let host = host(url);
    if error.is_timeout() {
        return Unanswered::TimedOut(host);
    }
    let mut causes = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push_str(&error.to_string().to_lowercase());
        cause = error.source();
    }
    match () {
        () if causes.contains("dns error") || causes.contains("lookup address") => {
            Unanswered::NoSuchHost(host)
        }
        () if causes.contains("certificate") => Unanswered::NotTrusted(host),
        () => Unanswered::Unreachable(host),
    }
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
