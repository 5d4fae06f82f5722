//! The token goes to the feed alone, and a ticket opens what it is for.

use std::fs;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Method, header::HeaderMap};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    sync::mpsc,
};

use super::*;
use crate::{feeds::endpoint::SOCKET, identity::Secret};

const TOKEN: &str = "canary-token";

/// A server that answers each path with what `answer` gives; every request is recorded.
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

fn opened_by(forwarder: &Forwarder, feed: &Url, endpoint: FeedEndpoint, folder: &Path) -> Ticket {
    let credential = FeedCredential {
        identity: "builder".to_owned(),
        user: "me".to_owned(),
        token: Secret::new(TOKEN.to_owned()),
    };
    let named = Named {
        url: feed.clone(),
        file: "r.txt".to_owned(),
        line: 7,
    };
    forwarder
        .open(vec![(named, credential)], endpoint, folder)
        .unwrap()
}

fn opened(forwarder: &Forwarder, feed: &Url) -> Ticket {
    opened_by(forwarder, feed, FeedEndpoint::Loopback, Path::new("/"))
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
    assert!(authorised(&asked.recv().await.unwrap()) && authorised(&asked.recv().await.unwrap()));
    assert_eq!(
        get(&format!("{base}/moved")).await,
        (200, "elsewhere".to_owned())
    );
    let request = asked_other.recv().await.unwrap();
    assert!(
        !request.to_lowercase().contains("authorization"),
        "{request}"
    );

    assert_eq!(ticket.opened().refused(), None);
    assert_eq!(get(&format!("{base}/secret")).await.0, 403);
    let refused = ticket.opened().refused().unwrap();
    let named = format!("{simple} (r.txt, line 7)");
    assert!(
        refused.failure.message.contains(&named) && refused.failure.message.contains("builder")
    );
    assert!(!refused.failure.message.contains(TOKEN));

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
            .map(|(before, rest)| format!("{before}install:@{}", rest.split_once('@').unwrap().1))
            .unwrap(),
        "what uv has cached is found again"
    );
}

/// What is answered at a socket to a request for an address of ours.
async fn get_at(socket: &Path, url: &str) -> String {
    let url = Url::parse(url).unwrap();
    let password = url.password().unwrap_or_default();
    let shown = BASE64_STANDARD.encode(format!("{}:{password}", url.username()));
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: h\r\nauthorization: Basic {shown}\r\nconnection: close\r\n\r\n",
        url.path()
    );
    let mut stream = UnixStream::connect(socket).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_socket_in_a_folder_is_for_its_own_install_alone() {
    let (one, mut asked) = server(|_| page("200 OK", "", "one")).await;
    let root = tempfile::tempdir().unwrap();
    let long = root.path().join("d".repeat(120));
    let folders = [long.join("a"), long.join("b")];
    folders
        .iter()
        .for_each(|folder| fs::create_dir_all(folder).unwrap());
    let forwarder = Forwarder::new(root.path());
    let one = feed(&format!("{one}/"));
    let [first, second] = folders
        .each_ref()
        .map(|folder| opened_by(&forwarder, &one, FeedEndpoint::Socket, folder));
    let (by_first, by_second) = (first.url(&one).unwrap(), second.url(&one).unwrap());
    assert_eq!(
        get(&by_first).await.0,
        0,
        "nobody listens on this machine's loopback"
    );
    // A short name for what is too long to connect to.
    let short = root.path().join("s");
    std::os::unix::fs::symlink(&folders[0], &short).unwrap();
    let answer = get_at(&short.join(SOCKET), &by_first).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("one"),
        "{answer}"
    );
    assert!(authorised(&asked.recv().await.unwrap()));
    let answer = get_at(&short.join(SOCKET), &by_second).await;
    assert!(
        answer.starts_with("HTTP/1.1 401"),
        "another install's ticket: {answer}"
    );
    drop(first);
    tokio::task::yield_now().await;
    assert!(UnixStream::connect(short.join(SOCKET)).await.is_err());
}
