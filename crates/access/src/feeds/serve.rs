//! Answers an install that asks for pages and files of its feeds: fetches them with the token.

use std::{convert::Infallible, sync::Arc};

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
use tokio::task::JoinSet;

use super::{
    client::Client,
    endpoint::Listener,
    forwarder::{Tickets, USER},
    opened::{Feed, Opened},
    page::{self, Format},
};

/// A page of an index is never larger.
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

/// Answers whoever shows one of the tickets, for as long as it is let.
pub(super) async fn serve(listener: Listener, tickets: Arc<Tickets>, client: Arc<Client>) {
    // Ends them with itself.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok(stream) = accepted else { continue };
                let (tickets, client) = (Arc::clone(&tickets), Arc::clone(&client));
                connections.spawn(async move {
                    let answer = service_fn(move |request| {
                        let (tickets, client) = (Arc::clone(&tickets), Arc::clone(&client));
                        async move { Ok::<_, Infallible>(answer(&tickets, &client, &request).await) }
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
    let Some(opened) = ticket(tickets, request.headers()) else {
        let mut refused = empty(StatusCode::UNAUTHORIZED);
        let realm = hyper::header::HeaderValue::from_static("Basic realm=\"flowdeck\"");
        refused.headers_mut().insert(WWW_AUTHENTICATE, realm);
        return refused;
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    let path = request.uri().path_and_query();
    let Some((feed, url)) = path.and_then(|path| opened.target(path.as_str())) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let asked = picked(request.headers(), &ASKED);
    let method = request.method();
    let sent = client.send(method.clone(), url.clone(), asked, Some(&feed.key));
    match sent.await {
        Ok((response, from)) => {
            let status = response.status().as_u16();
            // Another origin refuses what it was asked without a token.
            if matches!(status, 401 | 403) && feed.has(&from) {
                opened.refused_page(feed, &url, status);
            }
            let passed = pass_on(feed, method, response, &from).await;
            passed.unwrap_or_else(|why| {
                tracing::debug!(%why, "a feed’s page could not be read");
                empty(StatusCode::BAD_GATEWAY)
            })
        }
        Err(why) => {
            opened.unanswered_page(feed, &url, why);
            empty(StatusCode::BAD_GATEWAY)
        }
    }
}

/// What the ticket in the request opens.
fn ticket(tickets: &Tickets, headers: &HeaderMap) -> Option<Arc<Opened>> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let decoded = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, id) = text.split_once(':')?;
    let opened = tickets.lock().get(id).cloned();
    opened.filter(|_| user == USER)
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
