//! Forwards requests of an install to the feeds that it may use, with the token. It listens on this machine alone, while
//! there is an install, and knows each install by a ticket that is forgotten with it.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{Request, Response, StatusCode, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use reqwest::{
    Method, Url,
    header::{
        ACCEPT, ACCEPT_RANGES, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
        LAST_MODIFIED, RANGE, WWW_AUTHENTICATE,
    },
};
use sha2::{Digest as _, Sha256};
use tokio::task::{AbortHandle, JoinSet};

use super::{
    access::{FeedCredential, refusal},
    client::{Client, Key, Unanswered},
    page::{self, Format},
};
use crate::{engine::EngineError, id};

/// The user name of every ticket.
const USER: &str = "install";
/// A page that is larger is no page of an index.
const LARGEST_PAGE: usize = 128 * 1024 * 1024;

const ASKED: [HeaderName; 6] = [
    ACCEPT,
    RANGE,
    IF_RANGE,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
    CACHE_CONTROL,
];
const ANSWERED: [HeaderName; 7] = [
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    ACCEPT_RANGES,
    ETAG,
    LAST_MODIFIED,
    CACHE_CONTROL,
];

type Body = BoxBody<hyper::body::Bytes, reqwest::Error>;

/// Opens feeds for installs.
#[derive(Debug)]
pub(crate) struct Forwarder {
    /// The same for every install of a data folder, so that what uv has cached of a feed is found again.
    address: SocketAddr,
    listening: Mutex<Weak<Listening>>,
    client: Arc<Client>,
}

/// What one install may use; gone when dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    listening: Arc<Listening>,
    id: String,
    open: Arc<Open>,
}

/// The feeds of a ticket and what befell them.
#[derive(Debug)]
struct Open {
    feeds: Vec<Feed>,
    troubles: Mutex<Vec<Trouble>>,
}

#[derive(Debug)]
struct Feed {
    /// The feed's address, without a credential.
    url: Url,
    /// The first part of its paths here: told by origin, user and identity, so that no cache mixes them.
    name: String,
    /// The name of the identity that opens it.
    identity: String,
    key: Key,
}

/// Why a feed did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    Refused {
        feed: String,
        identity: String,
        status: u16,
    },
    Unanswered {
        feed: String,
        why: Unanswered,
    },
}

#[derive(Debug)]
struct Listening {
    address: SocketAddr,
    tickets: Arc<Tickets>,
    task: AbortHandle,
}

type Tickets = Mutex<HashMap<String, Arc<Open>>>;

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Forwarder {
    /// One for the installs of a data folder. Listens when it is first needed.
    pub(crate) fn new(data: &Path) -> Self {
        let hash = Sha256::digest(data.as_os_str().as_encoded_bytes());
        let port = 20_000 + u16::from_be_bytes([hash[3], hash[4]]) % 12_000;
        let host = Ipv4Addr::new(127, hash[0] | 1, hash[1], hash[2] | 1);
        Self {
            address: SocketAddr::from((host, port)),
            listening: Mutex::default(),
            client: Arc::default(),
        }
    }

    /// Opens feeds with what each is shown until the ticket is dropped.
    pub(super) fn open(&self, feeds: Vec<(Url, FeedCredential)>) -> Result<Ticket, EngineError> {
        let open = Arc::new(Open {
            feeds: feeds
                .into_iter()
                .map(|(url, credential)| Feed::new(url, credential))
                .collect(),
            troubles: Mutex::default(),
        });
        let listening = self
            .listen()
            .map_err(|error| EngineError::io("Opening the private feeds", &error))?;
        let id = id::token() + &id::token();
        lock(&listening.tickets).insert(id.clone(), Arc::clone(&open));
        Ok(Ticket {
            listening,
            id,
            open,
        })
    }

    fn listen(&self) -> std::io::Result<Arc<Listening>> {
        let mut known = lock(&self.listening);
        if let Some(listening) = known.upgrade() {
            return Ok(listening);
        }
        // Where the usual address cannot be had any does: what was cached of the feeds is fetched again then.
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(self.address).or_else(|_| TcpListener::bind(any))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let tickets = Arc::new(Tickets::default());
        let serving = serve(listener, Arc::clone(&tickets), Arc::clone(&self.client));
        let listening = Arc::new(Listening {
            address,
            tickets,
            task: tokio::spawn(serving).abort_handle(),
        });
        *known = Arc::downgrade(&listening);
        Ok(listening)
    }
}

impl Feed {
    fn new(url: Url, credential: FeedCredential) -> Self {
        let FeedCredential {
            identity,
            user,
            token,
        } = credential;
        let mut origin = url.clone();
        origin.set_path("/");
        origin.set_query(None);
        origin.set_fragment(None);
        let mut hash = Sha256::new();
        for part in [origin.as_str(), &user, &identity] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let name = hash.finalize()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            url,
            name,
            identity,
            key: Key {
                origin,
                user,
                token,
            },
        }
    }

    /// A path here for one of the feed's origin; `None` for another origin's.
    fn path(&self, url: &Url) -> Option<String> {
        (url.origin() == self.key.origin.origin()).then(|| {
            let after_origin = &url[url::Position::BeforePath..];
            format!("/{}{after_origin}", self.name)
        })
    }
}

impl Ticket {
    /// The address to use in place of the feed's.
    pub(super) fn url(&self, feed: &Url) -> Option<String> {
        let mut known = self.open.feeds.iter();
        let path = known.find(|known| known.url == *feed)?.path(feed)?;
        let (id, address) = (&self.id, self.listening.address);
        Some(format!("http://{USER}:{id}@{address}{path}"))
    }

    /// What the install must reach without a proxy.
    pub(super) fn host(&self) -> String {
        self.listening.address.ip().to_string()
    }

    /// A line of output with the feeds' own addresses.
    pub(super) fn shown(&self, line: &str) -> String {
        let address = self.listening.address;
        let mut shown = line.replace(&self.id, "****");
        for feed in &self.open.feeds {
            let origin = feed.key.origin.as_str();
            for user in ["", "install@", "install:****@"] {
                let ours = format!("http://{user}{address}/{}/", feed.name);
                shown = shown.replace(&ours, origin);
            }
        }
        shown
    }

    /// That a feed refused, if one did.
    pub(super) fn refused(&self) -> Option<EngineError> {
        let troubles = lock(&self.open.troubles);
        troubles.iter().find_map(|trouble| match trouble {
            Trouble::Refused {
                feed,
                identity,
                status,
            } => Some(refusal(feed, Some(identity), *status)),
            Trouble::Unanswered { .. } => None,
        })
    }

    /// That a feed did not answer, if one did not.
    pub(super) fn unanswered(&self) -> Option<EngineError> {
        let troubles = lock(&self.open.troubles);
        troubles.iter().find_map(|trouble| match trouble {
            Trouble::Unanswered { feed, why } => Some(
                EngineError::new(
                    "NetworkUnreachable",
                    format!("The feed {feed} could not be read: {why}."),
                )
                .with_remedy("Check the feed’s address and the network, then try again."),
            ),
            Trouble::Refused { .. } => None,
        })
    }

    /// Who opens which feed, for people to read.
    pub(super) fn opened(&self) -> Vec<String> {
        let feeds = self.open.feeds.iter();
        feeds
            .map(|feed| format!("the identity ‘{}’ opens {}", feed.identity, feed.url))
            .collect()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.listening.tickets).remove(&self.id);
    }
}

async fn serve(listener: tokio::net::TcpListener, tickets: Arc<Tickets>, client: Arc<Client>) {
    // Ends them with itself.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (tickets, client) = (Arc::clone(&tickets), Arc::clone(&client));
                connections.spawn(async move {
                    let answer = service_fn(move |request| {
                        let (tickets, client) = (Arc::clone(&tickets), Arc::clone(&client));
                        async move { Ok::<_, std::convert::Infallible>(answer(&tickets, &client, &request).await) }
                    });
                    let served = hyper::server::conn::http1::Builder::new();
                    if let Err(error) = served.serve_connection(TokioIo::new(stream), answer).await {
                        tracing::debug!(%error, "a connection of an install broke");
                    }
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(tickets: &Tickets, client: &Client, request: &Request<Incoming>) -> Response<Body> {
    let Some(open) = ticket(tickets, request.headers()) else {
        let mut refused = empty(StatusCode::UNAUTHORIZED);
        let realm = hyper::header::HeaderValue::from_static("Basic realm=\"flowdeck\"");
        refused.headers_mut().insert(WWW_AUTHENTICATE, realm);
        return refused;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some((feed, url)) = target(&open, request) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let asked = picked(request.headers(), &ASKED);
    let sent = client.send(
        request.method().clone(),
        url.clone(),
        asked,
        Some(&feed.key),
    );
    let named = open.name_of(&url);
    match sent.await {
        Ok((response, from)) => {
            let status = response.status().as_u16();
            // Another origin refuses what it was asked without a token.
            if matches!(status, 401 | 403) && from.origin() == feed.key.origin.origin() {
                open.note(Trouble::Refused {
                    feed: named,
                    identity: feed.identity.clone(),
                    status,
                });
            }
            let passed = pass_on(feed, request.method(), response, &from).await;
            passed.unwrap_or_else(|why| {
                tracing::debug!(%why, "a feed’s page could not be read");
                empty(StatusCode::BAD_GATEWAY)
            })
        }
        Err(why) => {
            open.note(Trouble::Unanswered { feed: named, why });
            empty(StatusCode::BAD_GATEWAY)
        }
    }
}

/// What the ticket in the request opens.
fn ticket(tickets: &Tickets, headers: &HeaderMap) -> Option<Arc<Open>> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let decoded = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, id) = text.split_once(':')?;
    let open = lock(tickets).get(id).cloned();
    open.filter(|_| user == USER)
}

/// The feed that a request is for, and its address there.
fn target<'a>(open: &'a Open, request: &Request<Incoming>) -> Option<(&'a Feed, Url)> {
    let path = request.uri().path_and_query()?.as_str();
    let (name, rest) = path.strip_prefix('/')?.split_once('/')?;
    let feed = open.feeds.iter().find(|feed| feed.name == name)?;
    let url = Url::parse(&format!("{}{rest}", feed.key.origin)).ok()?;
    (url.origin() == feed.key.origin.origin()).then_some((feed, url))
}

async fn pass_on(
    feed: &Feed,
    method: &Method,
    response: reqwest::Response,
    from: &Url,
) -> Result<Response<Body>, String> {
    let (status, mut headers) = (response.status(), picked(response.headers(), &ANSWERED));
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(Format::of)
        .filter(|_| status.as_u16() == 200);
    let body: Body = match kind {
        None => reqwest::Body::from(response).boxed(),
        Some(format) => {
            headers.remove(CONTENT_LENGTH);
            headers.remove(ACCEPT_RANGES);
            let page = match *method {
                Method::HEAD => Vec::new(),
                _ => read(response).await?,
            };
            let page = page::relink(format, &page, from, |url| feed.path(url));
            full(page)
        }
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

async fn read(mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut page = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| error.without_url().to_string())?
    {
        page.extend_from_slice(&chunk);
        if page.len() > LARGEST_PAGE {
            return Err("it is too large".to_owned());
        }
    }
    Ok(page)
}

impl Open {
    fn note(&self, trouble: Trouble) {
        let mut troubles = lock(&self.troubles);
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }

    /// The address of the feed that a page belongs to, or else the page's host's.
    fn name_of(&self, url: &Url) -> String {
        let feeds = self.feeds.iter().map(|feed| feed.url.as_str());
        let longest = feeds
            .clone()
            .filter(|feed| url.as_str().starts_with(feed))
            .max_by_key(|feed| feed.len());
        let same_host = || {
            let mut same = self.feeds.iter();
            let feed = same.find(|feed| feed.url.origin() == url.origin())?;
            Some(feed.url.as_str())
        };
        longest.or_else(same_host).unwrap_or_default().to_owned()
    }
}

fn picked(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let picked = names.iter().filter_map(|name| {
        let value = headers.get(name)?;
        Some((name.clone(), value.clone()))
    });
    picked.collect()
}

fn full(bytes: Vec<u8>) -> Body {
    let body = Full::new(hyper::body::Bytes::from(bytes));
    body.map_err(|never| match never {}).boxed()
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Vec::new()));
    *response.status_mut() = status;
    response
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::mpsc,
    };

    use super::*;
    use crate::identity::Secret;

    const TOKEN: &str = "canary-token";

    /// A server that answers each path with what `answer` gives; every request is told.
    async fn server(
        answer: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> (String, mpsc::UnboundedReceiver<String>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                let request = String::from_utf8(request).unwrap();
                let path = request.split(' ').nth(1).unwrap().to_owned();
                sender.send(request).unwrap();
                stream.write_all(answer(&path).as_bytes()).await.unwrap();
            }
        });
        (format!("http://{address}"), receiver)
    }

    fn page(status: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
    }

    fn opened(forwarder: &Forwarder, feed: &Url) -> Ticket {
        let credential = FeedCredential {
            identity: "builder".to_owned(),
            user: "me".to_owned(),
            token: Secret::new(TOKEN.to_owned()),
        };
        forwarder.open(vec![(feed.clone(), credential)]).unwrap()
    }

    fn feed(url: &str) -> Url {
        Url::parse(url).unwrap()
    }

    fn authorised(request: &str) -> bool {
        let expected = BASE64_STANDARD.encode(format!("me:{TOKEN}"));
        request.contains(&format!("authorization: Basic {expected}"))
    }

    async fn get(url: &str) -> (u16, String) {
        let response = Client::default()
            .send(
                Method::GET,
                Url::parse(url).unwrap(),
                HeaderMap::new(),
                None,
            )
            .await;
        match response {
            Ok((response, _)) => (response.status().as_u16(), response.text().await.unwrap()),
            Err(_) => (0, String::new()),
        }
    }

    #[tokio::test]
    async fn the_token_goes_to_the_feed_s_own_origin_and_no_further() {
        let (other, mut asked_other) = server(|_| page("200 OK", "", "elsewhere")).await;
        let (origin, mut asked) = server(move |path| match path {
            "/a/simple/x/" => page(
                "200 OK",
                "content-type: text/html\r\n",
                "<a href=\"/f/x.whl\">x</a>",
            ),
            "/moved" => page("302 Found", &format!("location: {other}/blob\r\n"), ""),
            "/near" => page("302 Found", "location: /f/x.whl\r\n", ""),
            "/f/x.whl" => page("200 OK", "", "a wheel"),
            _ => page("403 Forbidden", "", ""),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let forwarder = Forwarder::new(folder.path());
        let simple = feed(&format!("{origin}/a/simple/"));
        let ticket = opened(&forwarder, &simple);
        let url = ticket.url(&simple).unwrap();
        assert!(!url.contains(TOKEN) && url.ends_with("/a/simple/"), "{url}");

        let (status, body) = get(&format!("{url}x/")).await;
        assert_eq!(status, 200);
        assert!(authorised(&asked.recv().await.unwrap()));
        let base = url.strip_suffix("/a/simple/").unwrap();
        let path = Url::parse(base).unwrap().path().to_owned();
        assert_eq!(body, format!("<a href=\"{path}/f/x.whl\">x</a>"));

        assert_eq!(
            get(&format!("{base}/near")).await,
            (200, "a wheel".to_owned())
        );
        assert!(
            authorised(&asked.recv().await.unwrap()) && authorised(&asked.recv().await.unwrap())
        );
        assert_eq!(
            get(&format!("{base}/moved")).await,
            (200, "elsewhere".to_owned())
        );
        let request = asked_other.recv().await.unwrap();
        assert!(
            !request.to_lowercase().contains("authorization"),
            "{request}"
        );

        assert_eq!(ticket.refused(), None);
        assert_eq!(get(&format!("{base}/secret")).await.0, 403);
        let refused = ticket.refused().unwrap();
        assert!(refused.message.contains(simple.as_str()) && refused.message.contains("builder"));
        assert!(!refused.message.contains(TOKEN));

        let shown = ticket.shown(&format!(
            "Failed to fetch: {url}x/ and {}",
            url.replace("install:", "u:")
        ));
        assert!(
            shown.starts_with(&format!("Failed to fetch: {origin}/a/simple/x/")),
            "{shown}"
        );
        assert!(!shown.contains(&ticket.id), "{shown}");
    }

    #[tokio::test]
    async fn a_ticket_opens_its_own_feeds_for_reading_while_it_is_held() {
        let (one, _asked_one) = server(|_| page("200 OK", "", "one")).await;
        let (two, _asked_two) = server(|_| page("200 OK", "", "two")).await;
        let folder = tempfile::tempdir().unwrap();
        let forwarder = Forwarder::new(folder.path());
        let (one, two) = (feed(&format!("{one}/")), feed(&format!("{two}/")));
        let first = opened(&forwarder, &one);
        let second = opened(&forwarder, &two);
        let (to_one, to_two) = (first.url(&one).unwrap(), second.url(&two).unwrap());
        assert_eq!(get(&to_one).await, (200, "one".to_owned()));
        assert_eq!(get(&to_one.replace(&first.id, &second.id)).await.0, 404);
        assert_eq!(get(&to_one.replace(&first.id, "guess")).await.0, 401);
        let post = Client::default()
            .send(
                Method::POST,
                Url::parse(&to_one).unwrap(),
                HeaderMap::new(),
                None,
            )
            .await;
        assert_eq!(post.unwrap().0.status().as_u16(), 405);
        drop(first);
        assert_eq!(get(&to_one).await.0, 401);
        assert_eq!(get(&to_two).await, (200, "two".to_owned()));
        drop(second);
        assert_eq!(get(&to_two).await.0, 0, "nobody listens");

        let again = opened(&forwarder, &two);
        let url = again.url(&two).unwrap();
        assert_eq!(
            url.replace(&again.id, ""),
            to_two
                .split_once("install:")
                .map(|(before, rest)| format!(
                    "{before}install:@{}",
                    rest.split_once('@').unwrap().1
                ))
                .unwrap(),
            "what uv has cached is found again"
        );
    }
}
