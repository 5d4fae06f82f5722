//! Addresses of documents.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The file that a `file:` address names; `None` of another address, and of one that is none.
pub(crate) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // A host before the path is this machine, or another one whose files aren't here.
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let bytes = decoded(path.split(['?', '#']).next()?)?;
    let path = String::from_utf8(bytes).ok()?;
    (path.starts_with('/') && !path.contains('\0')).then(|| PathBuf::from(path))
}

/// The address of a file; `None` of one whose name isn't UTF-8.
pub(crate) fn of_path(path: &Path) -> Option<String> {
    let mut uri = String::from("file://");
    for byte in path.to_str()?.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    Some(uri)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.bytes());
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_and_read_again() {
        for path in ["/a/flow.dag.yaml", "/a b/größe #1%.txt", "/"] {
            let uri = of_path(Path::new(path)).unwrap_or_default();
            assert!(uri.is_ascii());
            assert_eq!(to_path(&uri).as_deref(), Some(Path::new(path)), "{uri}");
        }
        assert_eq!(to_path("file:///a%20b"), Some("/a b".into()));
    }

    #[test]
    fn what_names_no_file_is_none() {
        for uri in [
            "",
            "untitled:1",
            "file:/a",
            "file://host/a",
            "file:///a%",
            "file:///%zz",
            "file:///%ff",
            "file:///a%00b",
            "http://x/y",
        ] {
            assert_eq!(to_path(uri), None, "{uri}");
        }
    }
}
