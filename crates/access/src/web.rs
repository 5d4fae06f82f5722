//! The one client for whatever is outside: registries, feeds and token services. No redirect is followed by itself, and
//! nothing is kept or logged.

mod error;
mod near;

use std::{
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

pub(crate) use self::{
    error::{WebError, host},
    near::names_near,
};

const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(60);
/// For one request of [`Web::send`] with its whole answer.
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
    /// As usual, but to no address of this machine or of its link alone.
    Outside,
}

/// A client for each route, made when first needed. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Web(Arc<[OnceLock<Result<Client, String>>; 3]>);

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
            Route::Outside => &self.0[2],
        };
        let client = slot.get_or_init(|| build(route).map_err(|error| error::innermost(&error)));
        client
            .as_ref()
            .map_err(|why| WebError::NoRequest(why.clone()))
    }

    /// Sends a request and waits for the whole answer, within bounds.
    pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, WebError> {
        let (client, request) = request.timeout(PATIENCE).build_split();
        let request = request.map_err(|error| WebError::NoRequest(error::innermost(&error)))?;
        let url = request.url().clone();
        let failed = |error| WebError::of(&url, &error);
        let mut response = client.execute(request).await.map_err(failed)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
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
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE);
    match route {
        Route::Usual => client.dns_resolver(Arc::new(Dns)),
        Route::Direct => client.dns_resolver(Arc::new(Dns)).no_proxy(),
        Route::Outside => client.dns_resolver(near::FarAway::resolver()),
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
            let found = look_up(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, by this machine's resolver.
async fn look_up(name: &str) -> Result<Vec<SocketAddr>, NoAddress> {
    match tokio::net::lookup_host((name, 0)).await {
        Ok(found) => Ok(found.collect()),
        Err(source) => Err(NoAddress {
            name: name.to_owned(),
            source,
        }),
    }
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
