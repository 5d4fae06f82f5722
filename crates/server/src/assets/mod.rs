//! The browser app's files, as trunk built and xtask compressed them.

mod page;
mod source;

pub(crate) use page::Page;
pub use source::Assets;
pub(crate) use source::Encoding;

/// The page of the app; every client route is answered with it.
pub(crate) const INDEX: &str = "index.html";

/// Whether a file's name changes with its content: `name-<hash>.ext`, as trunk and xtask name them.
pub(crate) fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() >= 8
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for name in [
            "flowdeck-app-6d1a3b0c9e8f7a21.js",
            "flowdeck-app-6d1a3b0c9e8f7a21_bg.wasm",
            "css/app-0123456789abcdef.css",
            "editor-0a1b2c3d.js",
            "part-split_raw-0a1b2c3d.wasm",
        ] {
            assert!(is_hashed(name), "{name}");
        }
        for name in [
            "index.html",
            "favicon.svg",
            "flowdeck-app.js",
            "a-feed.css",
            "snippets/x-word/inline0.js",
        ] {
            assert!(!is_hashed(name), "{name}");
        }
    }
}
