//! Addresses of package indexes, and `{private}` in them: at install time the token of the session's identity takes its
//! place.

/// What stands for a token.
pub(super) const PRIVATE: &str = "{private}";

/// The address of an index whose token is an identity's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedAddress {
    /// The address without what stands before the host.
    pub url: String,
    /// The user name that the line gives, if any.
    pub user: Option<String>,
}

impl FeedAddress {
    /// Reads `https://{private}@host/path` or `https://user:{private}@host/path`; `None` for every other address.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        let (from, to) = user(address)?;
        let user = &address[from..to];
        let user = match user.strip_suffix(PRIVATE)? {
            "" => None,
            name => Some(name.strip_suffix(':').filter(|name| !name.is_empty())?),
        };
        let url = format!("{}{}", &address[..from], &address[to + 1..]);
        Some(Self {
            url,
            user: user.map(str::to_owned),
        })
    }

    /// Whether what is sent there can be read on the way.
    pub(super) fn is_open(&self) -> bool {
        let Some(rest) = self.url.strip_prefix("http://") else {
            return false;
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        !["localhost", "127.", "[::1]"]
            .iter()
            .any(|here| host.starts_with(here))
    }
}

/// Whether an index's address says `{private}` where a token belongs.
#[must_use]
pub fn is_private(address: &str) -> bool {
    FeedAddress::of(address).is_some()
}

/// Where in an http or https address the user name and password stand.
pub(super) fn user(address: &str) -> Option<(usize, usize)> {
    let lower = address.to_ascii_lowercase();
    let from = ["https://", "http://"]
        .iter()
        .find_map(|scheme| lower.find(scheme).map(|at| at + scheme.len()))?;
    let rest = &address[from..];
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let at = rest[..host].rfind('@')?;
    Some((from, from + at))
}

/// Whether neither an identity nor a variable gives it.
pub(super) fn is_literal(user: &str) -> bool {
    !user.is_empty() && !user.contains(PRIVATE) && !user.contains("${")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_address_is_one_with_the_token_before_its_host() {
        let feed = |url: &str, user: Option<&str>| {
            Some(FeedAddress {
                url: url.into(),
                user: user.map(str::to_owned),
            })
        };
        for (address, read) in [
            ("https://{private}@h/s/", feed("https://h/s/", None)),
            (
                "https://me:{private}@h/s/",
                feed("https://h/s/", Some("me")),
            ),
            ("https://me{private}@h/s/", None),
            ("https://{private}:x@h/s/", None),
            ("https://h/{private}@s/", None),
            ("git+ssh://{private}@h/s/", None),
            ("https://h/s/", None),
        ] {
            assert_eq!(FeedAddress::of(address), read, "{address}");
        }
    }
}
