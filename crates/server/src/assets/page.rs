//! The app's page, made ready for one answer: the base path is put in, and only its own scripts and styles may run.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use crate::base_path::BasePath;

const BASE: &str = r#"<base href="/" />"#;
const BASE_SHORT: &str = r#"<base href="/">"#;

/// A page, and the Content-Security-Policy that goes with it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) html: String,
    pub(crate) policy: String,
}

impl Page {
    /// Fits `index` to the base path; `nonce` is for the styles that the code editor adds.
    pub(crate) fn new(index: &str, base: &BasePath, nonce: &str) -> Self {
        let policy = policy(index, nonce);
        let head = format!(
            r#"<base href="{}/" /><meta name="csp-nonce" content="{nonce}" />"#,
            base.as_str()
        );
        let written = if index.contains(BASE) {
            BASE
        } else {
            BASE_SHORT
        };
        Self {
            html: index.replacen(written, &head, 1),
            policy,
        }
    }
}

fn policy(index: &str, nonce: &str) -> String {
    let scripts: String = inline_scripts(index)
        .map(|script| {
            format!(
                " 'sha256-{}'",
                BASE64_STANDARD.encode(Sha256::digest(script))
            )
        })
        .collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; base-uri 'self'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}

/// The text of every `<script>` without a `src`. The page comes from our own build, so this need not be a parser.
fn inline_scripts(index: &str) -> impl Iterator<Item = &str> {
    index.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script")?;
        (!attributes.contains("src=") && !text.is_empty()).then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "<head>\n<base href=\"/\" />\n<script type=\"module\">run()</script><script src=\"./a.js\"></script></head>";

    #[test]
    fn the_base_path_and_the_nonce_are_put_in() {
        let page = Page::new(INDEX, &"/x".parse().unwrap(), "n0");
        assert!(
            page.html
                .contains("<base href=\"/x/\" /><meta name=\"csp-nonce\" content=\"n0\" />")
        );
        assert!(page.policy.contains("style-src 'self' 'nonce-n0';"));
        let at_root = Page::new(INDEX, &BasePath::default(), "n0");
        assert!(at_root.html.contains("<base href=\"/\" />"));
    }

    #[test]
    fn what_the_build_minified_is_found_too() {
        let page = Page::new(
            r#"<head><base href="/"></head>"#,
            &"/x".parse().unwrap(),
            "n0",
        );
        assert!(
            page.html.contains(r#"<base href="/x/" />"#),
            "{}",
            page.html
        );
    }

    #[test]
    fn inline_scripts_may_run_by_their_hash_and_no_others() {
        let page = Page::new(INDEX, &BasePath::default(), "n0");
        // printf 'run()' | openssl dgst -sha256 -binary | base64
        let hash = BASE64_STANDARD.encode(Sha256::digest("run()"));
        assert!(page.policy.contains(&format!(
            "script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}';"
        )));
        assert!(!page.policy.contains("unsafe-inline") && !page.policy.contains("'unsafe-eval'"));
    }
}
