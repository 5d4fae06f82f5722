//! Addresses of package indexes, and `{private}` in them: at install time the token of the session's identity takes its
//! place.

use super::{LineKind, lines::logical_lines, options};

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

/// The text of a requirements file with other values in the lines that name an index or another file: those that
/// `other` gives. Everything else stays, byte by byte.
#[must_use]
pub fn replace_values(text: &str, mut other: impl FnMut(&LineKind) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    for logical in logical_lines(text) {
        let Some(Ok(option)) = options::option(&logical.text) else {
            continue;
        };
        let kind = option.kind();
        let names = matches!(
            kind,
            LineKind::Index(_) | LineKind::Include(_) | LineKind::Constraints(_)
        );
        let Some(new) = names.then(|| other(&kind)).flatten() else {
            continue;
        };
        // The lines come in the order of the text, so the next place where the value stands behind an option is it;
        // a value that is continued on another line stands nowhere, and stays.
        let mut from = 0;
        while let Some(found) = rest[from..].find(option.value) {
            let at = from + found;
            let line = rest[..at].rsplit(['\n', '\r']).next().unwrap_or_default();
            if line.trim_start().starts_with('-') {
                replaced.push_str(&rest[..at]);
                replaced.push_str(&new);
                rest = &rest[at + option.value.len()..];
                break;
            }
            from = at + option.value.len();
        }
    }
    replaced.push_str(rest);
    replaced
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

/// Whether it is told by neither an identity nor a variable.
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

    #[test]
    fn values_are_replaced_where_they_name_something_and_nowhere_else() {
        let text = "# -i https://{private}@h/s\r\n-i  https://{private}@h/s # the feed\nr.txt\n--extra-index-url=https://{private}@h/s\n-r r.txt\n-f https://{private}@o";
        let new = |kind: &LineKind| match kind {
            LineKind::Index(address) if address.ends_with("/s") => Some("NEW".to_owned()),
            LineKind::Include(file) => Some(format!("0-{file}")),
            _ => None,
        };
        assert_eq!(
            replace_values(text, new),
            "# -i https://{private}@h/s\r\n-i  NEW # the feed\nr.txt\n--extra-index-url=NEW\n-r 0-r.txt\n-f https://{private}@o"
        );
        assert_eq!(replace_values(text, |_| None), text);
    }
}
