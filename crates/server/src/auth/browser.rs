//! A browser in a few words, by its own account, so that people can tell their sign-ins apart. Nothing is decided by
//! it.

use axum::http::{HeaderMap, header::USER_AGENT};

/// By what they call themselves; those that pretend to be others as well come first.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Microsoft Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The browser and system that sent a request: `Firefox 141 on Linux`; `None` when nothing of it is known.
pub(super) fn browser_of(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    let browser = BROWSERS.into_iter().find_map(|(mark, name)| {
        let (_, version) = agent.split_once(mark)?;
        let end = version.find(|character: char| !character.is_ascii_digit());
        let major = version.get(..end.unwrap_or(version.len()).min(4))?;
        Some(format!("{name} {major}").trim_end().to_owned())
    });
    let system = SYSTEMS
        .into_iter()
        .find_map(|(mark, name)| agent.contains(mark).then_some(name));
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(browser), None) => Some(browser),
        (None, system) => system.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_what_they_are_not_by_what_they_resemble() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                Some("Chrome 141 on Linux"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                Some("Microsoft Edge 141 on Windows"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
                Some("Safari 18 on macOS"),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
                Some("Firefox 141 on Linux"),
            ),
            ("curl/8.9.1", None),
            ("Firefox/", Some("Firefox")),
            ("Firefox/99999999999999999999", Some("Firefox 9999")),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, agent.parse().unwrap());
            assert_eq!(browser_of(&headers).as_deref(), words, "{agent}");
        }
        assert_eq!(browser_of(&HeaderMap::new()), None);
    }
}
