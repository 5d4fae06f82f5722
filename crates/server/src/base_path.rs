//! The path below which a proxy serves the product.

use thiserror::Error;

/// Empty at the root of a host, else `/x` or `/x/y`: never ends in a slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// Why a text cannot be a base path.
#[derive(Debug, Error)]
#[error(
    "a base path starts with '/' and holds letters, digits, '-', '_', '.' and '~' between slashes, such as /flowdeck"
)]
pub struct InvalidBasePath;

impl std::str::FromStr for BasePath {
    type Err = InvalidBasePath;

    fn from_str(text: &str) -> Result<Self, InvalidBasePath> {
        let path = text.trim_end_matches('/');
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let is_part = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && part.bytes().all(is_plain)
        };
        match path.strip_prefix('/') {
            None if path.is_empty() && !text.is_empty() => Ok(Self::default()),
            Some(parts) if parts.split('/').all(is_part) => Ok(Self(path.to_owned())),
            _ => Err(InvalidBasePath),
        }
    }
}

impl BasePath {
    /// The path, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `path` without the base; `None` when it does not stand below it.
    #[must_use]
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        match path.strip_prefix(self.0.as_str())? {
            "" => Some("/"),
            rest if rest.starts_with('/') => Some(rest),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_never_ends_in_a_slash() {
        for (text, path) in [("/", ""), ("/x", "/x"), ("/x/", "/x"), ("/a/b-c", "/a/b-c")] {
            assert_eq!(text.parse::<BasePath>().unwrap().as_str(), path);
        }
        for text in [
            "", "x", "//x", "/a//b", "/..", "/a/./b", "/a b", "/a\"b", "/;x",
        ] {
            assert!(text.parse::<BasePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_stands_below_is_stripped() {
        let base: BasePath = "/x".parse().unwrap();
        assert_eq!(base.strip("/x"), Some("/"));
        assert_eq!(base.strip("/x/flows"), Some("/flows"));
        assert_eq!(base.strip("/xy"), None);
        assert_eq!(base.strip("/"), None);
        assert_eq!(BasePath::default().strip("/flows"), Some("/flows"));
    }
}
