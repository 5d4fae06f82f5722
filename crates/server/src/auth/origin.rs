//! Whether a request comes from a page of this server, or from no page at all.

use axum::http::{
    HeaderMap, HeaderName,
    header::{HOST, ORIGIN},
};

use crate::auth::AllowedHosts;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Whether a page is opened by the request: not an image, a frame or a script of another page. Clients that aren't browsers
/// say nothing of it.
pub(crate) fn is_document(headers: &HeaderMap) -> bool {
    match only(headers, &FETCH_DEST) {
        Ok(Some(destination)) => destination == "document",
        Ok(None) => !headers.contains_key(FETCH_SITE) && !headers.contains_key(FETCH_MODE),
        Err(Repeated) => false,
    }
}

/// A header stands there more than once, so that readers could take one value or the other.
struct Repeated;

/// The value of a header that may stand there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Repeated> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match values.next() {
        Some(_) => Err(Repeated),
        None => Ok(first.map(|value| value.to_str().unwrap_or("invalid"))),
    }
}

/// Browsers say where a request comes from by `Sec-Fetch-Site`, older ones by `Origin`; other clients say nothing.
///
/// `Sec-Fetch-Site` is about the address in the browser, so that of the server's own pages holds behind a proxy too; any
/// other `Origin` has to be the very host and port asked for. Either way the origin's name has to be one of the server's.
pub(crate) fn is_same_origin(headers: &HeaderMap, hosts: &AllowedHosts) -> bool {
    let (Ok(origin), Ok(site), Ok(own)) = (
        only(headers, &ORIGIN),
        only(headers, &FETCH_SITE),
        only(headers, &HOST),
    ) else {
        return false;
    };
    let origin = origin.map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    if origin.is_some_and(|host| !hosts.allow(host)) {
        return false;
    }
    match (site, origin) {
        (Some("same-origin"), _) | (Some("none") | None, None) => true,
        (Some("none") | None, Some(host)) => own.is_some_and(|own| own.eq_ignore_ascii_case(host)),
        (Some(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(headers: &[(&'static str, &'static str)]) -> bool {
        let hosts = AllowedHosts::new("127.0.0.1".parse().unwrap(), &[]);
        let mut map = HeaderMap::new();
        map.insert(HOST, "127.0.0.1:8642".parse().unwrap());
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        is_same_origin(&map, &hosts)
    }

    #[test]
    fn own_pages_and_clients_without_a_page_are_taken() {
        assert!(from(&[]));
        assert!(from(&[("origin", "http://127.0.0.1:8642")]));
        assert!(from(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://127.0.0.1:8642")
        ]));
        assert!(from(&[("sec-fetch-site", "none")]));
        // A development server that passes requests on.
        assert!(from(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost:8080")
        ]));
    }

    #[test]
    fn pages_of_others_are_refused() {
        for origin in [
            "http://evil.example",
            "null",
            "http://127.0.0.1:9999",
            "http://localhost:8642",
            "",
            "http://127.0.0.1:8642.evil.example",
        ] {
            assert!(!from(&[("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", "what"] {
            assert!(!from(&[("sec-fetch-site", site)]), "{site}");
        }
        assert!(!from(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://evil.example")
        ]));
        // What an address bar opens has no origin, and no page of another port is this server's.
        assert!(!from(&[
            ("sec-fetch-site", "none"),
            ("origin", "http://127.0.0.1:9999")
        ]));
    }

    #[test]
    fn a_header_that_stands_there_twice_counts_for_nothing() {
        let own = "http://127.0.0.1:8642";
        for other in [own, "http://127.0.0.1:9999", "http://evil.example"] {
            assert!(!from(&[("origin", own), ("origin", other)]), "{other}");
        }
        assert!(!from(&[("host", "127.0.0.1:8642"), ("origin", own)]));
        assert!(!from(&[
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none")
        ]));
    }

    #[test]
    fn only_what_opens_a_page_is_a_document() {
        let is = |headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            is_document(&map)
        };
        assert!(is(&[]));
        assert!(is(&[("sec-fetch-dest", "document")]));
        for other in ["image", "iframe", "script", "empty", "", "style", "embed"] {
            assert!(!is(&[("sec-fetch-dest", other)]), "{other}");
        }
        assert!(!is(&[("sec-fetch-site", "cross-site")]));
        assert!(!is(&[("sec-fetch-mode", "no-cors")]));
        assert!(!is(&[
            ("sec-fetch-dest", "document"),
            ("sec-fetch-dest", "image")
        ]));
    }
}
