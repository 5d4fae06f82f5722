//! Asks a feed. The token goes to the feed's own origin (scheme, host and port) alone, wherever answers redirect to.

use std::{error::Error as _, sync::OnceLock, time::Duration};

use reqwest::{
    Method, Response, Url,
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};

use super::near::{FarAway, OnlyNear, names_near};
use crate::identity::{HostPattern, Secret};

const CONNECT: Duration = Duration::from_secs(15);
/// Between two pieces of an answer.
const SILENCE: Duration = Duration::from_secs(60);
const MOST_REDIRECTS: usize = 8;

/// Asks feeds; reads the machine's certificates when first used.
#[derive(Debug, Default)]
pub struct Client {
    reach: Reach,
    everywhere: OnceLock<reqwest::Client>,
    outside: OnceLock<reqwest::Client>,
}

/// Which hosts may be asked.
#[derive(Debug, Default)]
pub enum Reach {
    /// All.
    #[default]
    Everywhere,
    /// All but this machine and what is on its link alone; those of that, too, which the administrator has named.
    Outside {
        /// The hosts that the administrator has named.
        named: Vec<HostPattern>,
    },
}

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
    #[error("‘{0}’ is an address of the server’s own machine")]
    Near(String),
    #[error("no request could be made: {0}")]
    Client(String),
}

impl Client {
    /// One that asks these hosts alone.
    pub fn with_reach(reach: Reach) -> Self {
        Self {
            reach,
            ..Self::default()
        }
    }

    /// Asks for `url` and follows redirects; gives the answer and where it came from.
    pub(crate) async fn send(
        &self,
        method: Method,
        mut url: Url,
        headers: HeaderMap,
        key: Option<&Key>,
    ) -> Result<(Response, Url), Unanswered> {
        for _ in 0..MOST_REDIRECTS {
            let mut request = self.client(&url)?.request(method.clone(), url.clone());
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

    /// What may ask for an address.
    fn client(&self, url: &Url) -> Result<&reqwest::Client, Unanswered> {
        let is_free = match &self.reach {
            Reach::Everywhere => true,
            Reach::Outside { named } => {
                let host = host(url);
                named.iter().any(|pattern| pattern.matches(&host))
            }
        };
        if !is_free && names_near(url) {
            return Err(Unanswered::Near(host(url)));
        }
        let kept = if is_free {
            &self.everywhere
        } else {
            &self.outside
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        // Fails when there is one already, which does as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE);
        let builder = if is_free {
            builder
        } else {
            builder.dns_resolver(FarAway::resolver())
        };
        let client = builder
            .build()
            .map_err(|error| Unanswered::Client(error.to_string()))?;
        Ok(kept.get_or_init(|| client))
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
        if error.is::<OnlyNear>() {
            return Unanswered::Near(host);
        }
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

#[cfg(test)]
mod tests {
    use reqwest::dns::Resolve as _;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    /// Answers every request with a redirection, and says where it is.
    async fn redirecting(to: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let answer =
                    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        port
    }

    #[tokio::test]
    async fn what_is_near_is_asked_only_where_the_administrator_names_it() {
        let port = redirecting("http://127.0.0.1:1/".to_owned()).await;
        let ask = async |reach, host: &str| {
            let url = format!("http://{host}:{port}/").parse().unwrap();
            let client = Client::with_reach(reach);
            let asked = client.send(Method::GET, url, HeaderMap::new(), None);
            asked.await.map(drop).unwrap_err()
        };
        let outside = |named: &[String]| Reach::Outside {
            named: named
                .iter()
                .map(|host| HostPattern::try_from(host.as_str()).unwrap())
                .collect(),
        };
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let refused = ask(outside(&[]), host).await;
            assert!(
                matches!(refused, Unanswered::Near(_)),
                "{host}: {refused:?}"
            );
        }
        // One that is named is asked, and leads to none that is not.
        let named = outside(&[format!("127.0.0.1:{port}")]);
        assert_eq!(
            ask(named, "127.0.0.1").await,
            Unanswered::Near("127.0.0.1:1".to_owned())
        );
        let everywhere = ask(Reach::Everywhere, "127.0.0.1").await;
        assert_eq!(
            everywhere,
            Unanswered::Unreachable("127.0.0.1:1".to_owned())
        );
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_alone_is_near() {
        let resolved = FarAway::resolver()
            .resolve("localhost".parse().unwrap())
            .await;
        assert!(resolved.is_err_and(|error| error.is::<OnlyNear>()));
    }
}
