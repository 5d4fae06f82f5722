//! The browser app: its files, and its page for every client route. A link with the token signs in.

use std::borrow::Cow;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
            CONTENT_TYPE, LOCATION, SET_COOKIE, VARY,
        },
    },
    response::{Html, IntoResponse, Response},
};

use flowdeck_contract::sign_ins::KEY_FRAGMENT;

use crate::{
    App,
    assets::{Encoding, INDEX, Page, is_hashed},
    auth::{NewSignIn, WayIn, is_document},
    base_path::BasePath,
    help,
    http::{
        error::{ApiError, ApiResult},
        peer_of,
    },
};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers everything that isn't an operation of the API.
pub(crate) async fn serve(State(app): State<App>, request: Request) -> ApiResult<Response> {
    let path = request.uri().path();
    if is_api(path) {
        return Err(ApiError::not_found(
            "NotFound",
            format!("No operation exists at {path}."),
        ));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let message = format!("{} isn’t supported for {path}.", request.method());
        return Err(ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            message,
        ));
    }
    if let Some(signed_in) = follow_link(&app, &request) {
        return Ok(signed_in);
    }
    let (name, headers) = (
        path.trim_start_matches('/').to_owned(),
        request.headers().clone(),
    );
    crate::blocking(move || asset_or_page(&app, &name, &headers)).await
}

fn is_api(path: &str) -> bool {
    ["/api", "/flow"].into_iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// A link with the right token gives the cookie, and the address without the token but with the key, which the page
/// takes out of it. A wrong one is left to the page, which then asks for the token.
///
/// Only opening a page counts: the images and frames of another site would use up what their reader may try.
fn follow_link(app: &App, request: &Request) -> Option<Response> {
    let uri = request.uri();
    let query = uri.query()?;
    if *request.method() != Method::GET || !is_document(request.headers()) {
        return None;
    }
    let token = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="))?;
    let peer = peer_of(request.extensions());
    let headers = request.headers();
    let NewSignIn { cookie, key } = match app.guard.sign_in(token, headers, peer, WayIn::Link) {
        Ok(entry) => entry,
        Err(refusal) => {
            tracing::info!(code = refusal.error.code, "a link's token was not taken");
            return None;
        }
    };
    let location = without_token(&app.base_path, uri.path(), query);
    let location = HeaderValue::from_str(&format!("{location}{KEY_FRAGMENT}{key}")).ok()?;
    Some(
        (
            StatusCode::SEE_OTHER,
            [(LOCATION, location), (SET_COOKIE, cookie)],
        )
            .into_response(),
    )
}

/// Stays on this server whatever the path: browsers take `//host` and `/\host` for other hosts.
fn without_token(base: &BasePath, path: &str, query: &str) -> String {
    let path = path.trim_start_matches(['/', '\\']);
    let rest: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.starts_with("token="))
        .collect();
    let mark = if rest.is_empty() { "" } else { "?" };
    format!("{}/{path}{mark}{}", base.as_str(), rest.join("&"))
}

fn asset_or_page(app: &App, name: &str, headers: &HeaderMap) -> ApiResult<Response> {
    if !name.is_empty()
        && name != INDEX
        && let Some(asset) = asset(app, name, headers)?
    {
        return Ok(asset);
    }
    if let Some(guide) = help::answer(name, &app.base_path) {
        return Ok(guide);
    }
    // A missing script must not be answered with a page; client routes may hold dots too.
    if is_hashed(name) {
        return Err(ApiError::not_found(
            "AssetNotFound",
            format!("{name} doesn’t exist. Reload the page."),
        ));
    }
    page(app)
}

fn asset(app: &App, name: &str, headers: &HeaderMap) -> ApiResult<Option<Response>> {
    let failed = |error| ApiError::internal(format!("Can’t read the file {name}."), error);
    for encoding in encodings(headers) {
        if let Some(bytes) = app.assets.compressed(name, encoding).map_err(failed)? {
            return Ok(Some(asset_response(name, bytes, Some(encoding))));
        }
    }
    let plain = app.assets.get(name).map_err(failed)?;
    Ok(plain.map(|bytes| asset_response(name, bytes, None)))
}

/// What the client can read, the best first.
fn encodings(headers: &HeaderMap) -> impl Iterator<Item = Encoding> {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|header| header.to_str().ok());
    Encoding::accepted(accepted.unwrap_or_default())
}

fn asset_response(name: &str, bytes: Cow<'static, [u8]>, encoding: Option<Encoding>) -> Response {
    let mut response = Response::new(match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    });
    let headers = response.headers_mut();
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind = match kind.type_().as_str() {
        "text" => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    };
    headers.extend(
        HeaderValue::from_str(&kind)
            .ok()
            .map(|kind| (CONTENT_TYPE, kind)),
    );
    headers.insert(
        CACHE_CONTROL,
        if is_hashed(name) { FOR_EVER } else { ASK_AGAIN },
    );
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if is_worker(name) {
        headers.insert(CONTENT_SECURITY_POLICY, WORKER);
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    response
}

/// A worker may do what its own answer lets it do, whatever the page may: load its module from here and run it.
const WORKER: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// Whether an asset is a script that a worker runs.
fn is_worker(name: &str) -> bool {
    name.starts_with("editor-worker-") && name.ends_with(".js") && is_hashed(name)
}

fn page(app: &App) -> ApiResult<Response> {
    if let Some(why) = app.assets.missing() {
        return Ok(no_app(why));
    }
    let failed = |cause: String| ApiError::internal("Can’t read the app’s page.", cause);
    let index = app
        .assets
        .get(INDEX)
        .map_err(|error| failed(error.to_string()))?;
    let index = index.ok_or_else(|| failed(format!("{INDEX} is gone")))?;
    let index = std::str::from_utf8(&index).map_err(|error| failed(error.to_string()))?;
    let page = Page::new(index, &app.base_path, &crate::random::hex_digits(16));
    let policy = HeaderValue::from_str(&page.policy).map_err(|error| failed(error.to_string()))?;
    let headers = [
        (CONTENT_SECURITY_POLICY, policy),
        (CACHE_CONTROL, ASK_AGAIN),
    ];
    Ok((headers, Html(page.html)).into_response())
}

/// The server works without the app; whoever opens it learns how to get it.
fn no_app(why: &str) -> Response {
    let text = format!(
        "The server is running, but the browser app is missing.\n\n{why}\n\n\
         Build it with `cargo xtask build`, then start the server with --assets and the dist folder,\n\
         or do both with `cargo xtask serve`.\n"
    );
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(CONTENT_TYPE, "text/plain; charset=utf-8")],
        text,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_worker_runs_may_load_anything() {
        let policy = |name: &str| {
            let response = asset_response(name, Cow::Borrowed(b""), None);
            response.headers().get(CONTENT_SECURITY_POLICY).cloned()
        };
        assert_eq!(policy("editor-worker-0a1b2c3d.js"), Some(WORKER));
        for other in [
            "editor-0a1b2c3d.js",
            "editor-worker-0a1b2c3d.html",
            "x/editor-worker-0a1b2c3d.js",
        ] {
            assert_eq!(policy(other), None, "{other}");
        }
    }

    #[test]
    fn a_link_stays_on_this_server_whatever_its_path() {
        let base = "/x".parse().unwrap();
        for (path, query, location) in [
            ("/", "token=t", "/x/"),
            ("/flows/a%20b", "a=1&token=t&b=2", "/x/flows/a%20b?a=1&b=2"),
            ("//evil.example", "token=t", "/x/evil.example"),
            ("/\\evil.example", "token=t", "/x/evil.example"),
        ] {
            assert_eq!(without_token(&base, path, query), location);
        }
        assert_eq!(
            without_token(&BasePath::default(), "//evil.example", "token=t"),
            "/evil.example"
        );
    }
}
