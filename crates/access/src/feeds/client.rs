//! Asks a feed. The token goes to the feed's own origin (scheme, host and port) alone, wherever answers redirect to.

use reqwest::{
    Method, Response, Url,
    header::{HeaderMap, LOCATION},
};

use crate::{
    identity::{HostPattern, Secret},
    web::{self, Route, Web, WebError, names_near},
};

const MOST_REDIRECTS: usize = 8;

/// Asks feeds; reads the machine's certificates when first used.
#[derive(Debug, Default)]
pub struct Client {
    reach: Reach,
    web: Web,
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
    ) -> Result<(Response, Url), WebError> {
        for _ in 0..MOST_REDIRECTS {
            let client = self.web.client(self.route(&url)?)?;
            let mut request = client.request(method.clone(), url.clone());
            request = request.headers(headers.clone());
            if let Some(key) = key.filter(|key| key.origin.origin() == url.origin()) {
                request = request.basic_auth(&key.user, Some(key.token.reveal()));
            }
            let response = request
                .send()
                .await
                .map_err(|error| WebError::of(&url, &error))?;
            let Some(next) = redirected(&response, &url) else {
                return Ok((response, url));
            };
            if url.scheme() == "https" && next.scheme() != "https" {
                break;
            }
            url = next;
        }
        Err(WebError::Redirects(web::host(&url)))
    }

    /// How a request to an address may go.
    fn route(&self, url: &Url) -> Result<Route, WebError> {
        let is_free = match &self.reach {
            Reach::Everywhere => true,
            Reach::Outside { named } => {
                let host = web::host(url);
                named.iter().any(|pattern| pattern.matches(&host))
            }
        };
        match is_free {
            true => Ok(Route::Usual),
            false if names_near(url) => Err(WebError::Near(web::host(url))),
            false => Ok(Route::Outside),
        }
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

#[cfg(test)]
mod tests {
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
            assert!(matches!(refused, WebError::Near(_)), "{host}: {refused:?}");
        }
        // One that is named is asked, and leads to none that is not.
        let named = outside(&[format!("127.0.0.1:{port}")]);
        assert_eq!(
            ask(named, "127.0.0.1").await,
            WebError::Near("127.0.0.1:1".to_owned())
        );
        let everywhere = ask(Reach::Everywhere, "127.0.0.1").await;
        assert!(
            matches!(&everywhere, WebError::Unreachable { host, .. } if host == "127.0.0.1:1"),
            "{everywhere:?}"
        );
    }
}
