//! Whether a request comes from a page of this server, or from no page at all.

use axum::http::{
    HeaderMap, HeaderName,
    header::{HOST, ORIGIN},
};

use crate::auth::AllowedHosts;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Browsers say where a request comes from by `Sec-Fetch-Site`, older ones by `Origin`; other clients say nothing.
///
/// `Sec-Fetch-Site` is about the address in the browser, so it holds behind a proxy too; an `Origin` without it has to be
/// the very host and port asked for. Either way the origin's name has to be one of the server's.
pub(crate) fn is_same_origin(headers: &HeaderMap, hosts: &AllowedHosts) -> bool {
    let text = |name: HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("invalid"))
    };
    let origin = text(ORIGIN);
    let origin_host = origin.map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    if origin_host.is_some_and(|host| !hosts.allow(host)) {
        return false;
    }
    match (text(FETCH_SITE), origin_host) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(host)) => text(HOST).is_some_and(|own| own.eq_ignore_ascii_case(host)),
        (None, None) => true,
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
            map.insert(*name, value.parse().unwrap());
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
    }
}
