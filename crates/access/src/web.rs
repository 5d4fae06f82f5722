//! Requests to registries, feeds and token services. Nothing is followed, kept or logged, and no answer is larger than
//! what it can be.

use std::{
    error::Error as _,
    net::{IpAddr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Client, RequestBuilder, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::HeaderMap,
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use thiserror::Error;

const CONNECT: Duration = Duration::from_secs(5);
/// For one request with its whole answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// The distribution specification lets registries refuse larger manifests.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// How a request leaves this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// By the proxy that the environment variables name, if any.
    Usual,
    /// To this machine, or its neighbour: by no proxy.
    Direct,
}

/// Clients for both routes, made when first needed. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Web(Arc<[OnceLock<Result<Client, String>>; 2]>);

/// Why there is no answer, as a phrase.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum WebError {
    #[error("no host has the name {0}")]
    NoHost(String),
    #[error("can’t connect to it ({0})")]
    Unreachable(String),
    #[error("it didn’t answer in time")]
    TimedOut,
    #[error("its answer is too large")]
    TooLarge,
}

/// A whole answer. Not to be shown as it is: it may hold a token.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Web {
    pub(crate) fn client(&self, route: Route) -> Result<&Client, WebError> {
        let slot = match route {
            Route::Usual => &self.0[0],
            Route::Direct => &self.0[1],
        };
        let client = slot.get_or_init(|| build(route).map_err(|error| innermost(&error)));
        client
            .as_ref()
            .map_err(|why| WebError::Unreachable(why.clone()))
    }

    /// Sends a request and waits for the whole answer, within bounds.
    pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, WebError> {
        let mut response = request.send().await.map_err(why)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(why)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(WebError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body,
        })
    }
}

fn build(route: Route) -> Result<Client, reqwest::Error> {
    // It stands already when this is the second client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .user_agent(concat!("flowdeck/", env!("CARGO_PKG_VERSION")))
        // A redirect could carry a secret elsewhere; callers that need one follow it with care.
        .redirect(Policy::none())
        .referer(false)
        .dns_resolver(Arc::new(Dns))
        .connect_timeout(CONNECT)
        .timeout(PATIENCE);
    match route {
        Route::Usual => client,
        Route::Direct => client.no_proxy(),
    }
    .build()
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The machine-readable code of the first error in the form that registries and token services answer with.
    pub(crate) fn error_code(&self) -> Option<String> {
        let body: serde_json::Value = self.json()?;
        let code = body
            .pointer("/errors/0/code")
            .or_else(|| body.get("error"))?;
        Some(code.as_str()?.to_ascii_uppercase())
    }

    /// What it says is wrong, as a phrase.
    pub(crate) fn reason(&self) -> String {
        let body: Option<serde_json::Value> = self.json();
        let said = body.as_ref().and_then(|body| {
            let paths = [
                "/errors/0/message",
                "/error_description",
                "/message",
                "/details",
                "/error",
            ];
            paths
                .iter()
                .find_map(|path| body.pointer(path)?.as_str())
                .map(in_a_line)
        });
        match said {
            Some(said) if !said.is_empty() => format!("it answered {}, ‘{said}’", self.status),
            _ => format!("it answered {}", self.status),
        }
    }
}

/// Others' words, fit for a sentence of ours.
pub(crate) fn in_a_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .collect();
    let line = words.join(" ");
    let short: String = line
        .trim()
        .trim_end_matches('.')
        .chars()
        .take(200)
        .collect();
    short
}

/// The origin of a registry's API. As for Docker, what is on this very machine needs no TLS.
pub(crate) fn origin(host: &str) -> String {
    let scheme = if is_loopback(host) { "http" } else { "https" };
    format!("{scheme}://{host}")
}

/// How requests to a host go.
pub(crate) fn route(host: &str) -> Route {
    if is_loopback(host) {
        Route::Direct
    } else {
        Route::Usual
    }
}

/// Whether a host, with the port when it has one, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The machine's own resolver, whose failure is recognised by its type.
struct Dns;

#[derive(Debug, Error)]
#[error("no address of {name}: {source}")]
struct NoAddress {
    name: String,
    source: std::io::Error,
}

impl Resolve for Dns {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str().to_owned();
            match tokio::net::lookup_host((name.clone(), 0)).await {
                Ok(found) => {
                    let found: Vec<SocketAddr> = found.collect();
                    Ok(Box::new(found.into_iter()) as Addrs)
                }
                Err(source) => Err(NoAddress { name, source }.into()),
            }
        })
    }
}

fn why(error: reqwest::Error) -> WebError {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(NoAddress { name, source }) = cause.downcast_ref() {
            // The resolver's own words are all that tells a name that is none from a resolver that is down.
            return match source.to_string() {
                down if down.contains("Temporary failure") => WebError::Unreachable(down),
                _ => WebError::NoHost(name.clone()),
            };
        }
        source = cause.source();
    }
    if error.is_timeout() {
        return WebError::TimedOut;
    }
    // Without the address: its query may hold what nobody else should see.
    WebError::Unreachable(innermost(&error.without_url()))
}

fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    in_a_line(&innermost.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_needs_no_tls() {
        for host in [
            "localhost",
            "localhost:5000",
            "127.0.0.1:5000",
            "127.9.9.9",
            "[::1]:5000",
        ] {
            assert_eq!(
                (origin(host), route(host)),
                (format!("http://{host}"), Route::Direct)
            );
        }
        for host in [
            "localhost.example",
            "10.0.0.1:5000",
            "a.example",
            "127.0.0.1.example",
        ] {
            assert_eq!(
                (origin(host), route(host)),
                (format!("https://{host}"), Route::Usual)
            );
        }
    }
}
