//! A page of an index, with links that stay with us where they lead to the feed's own origin.

use reqwest::Url;
use serde_json::Value;

use super::html;

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Html,
    Json,
}

impl Format {
    /// That of a content type; `None` when it is no page.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "text/html" | "application/vnd.pypi.simple.v1+html" | "application/xhtml+xml" => {
                Some(Self::Html)
            }
            "application/vnd.pypi.simple.v1+json" | "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The page that came from `from`, with each link absolute: `ours` turns a link into one to us, where it is for us.
/// A page that cannot be read stays as it is.
pub(super) fn relink(
    format: Format,
    page: &[u8],
    from: &Url,
    ours: impl Fn(&Url) -> Option<String>,
) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(page) else {
        return page.to_vec();
    };
    let absolute = |base: &Url, link: &str| {
        let target = base.join(link).ok()?;
        Some(ours(&target).unwrap_or_else(|| target.into()))
    };
    match format {
        Format::Html => {
            let mut base = from.clone();
            html::relink(text, |link, is_base| {
                if is_base {
                    base = base.join(link).unwrap_or(base.clone());
                }
                absolute(&base, link)
            })
            .into_bytes()
        }
        Format::Json => {
            let Ok(mut value) = serde_json::from_str::<Value>(text) else {
                return page.to_vec();
            };
            let files = value.get_mut("files").and_then(Value::as_array_mut);
            for file in files.into_iter().flatten() {
                if let Some(Value::String(url)) = file.get_mut("url")
                    && let Some(new) = absolute(from, url)
                {
                    *url = new;
                }
            }
            value.to_string().into_bytes()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_the_feed_become_ours_and_others_stay() {
        let from = Url::parse("https://h/a/simple/x/").unwrap();
        let ours = |url: &Url| {
            (url.host_str() == Some("h"))
                .then(|| format!("/k{}", &url.as_str()["https://h".len()..]))
        };
        let relinked = |format, page: &str| {
            String::from_utf8(relink(format, page.as_bytes(), &from, ours)).unwrap()
        };
        assert_eq!(
            relinked(
                Format::Html,
                "<a href=\"../../f/x.whl#sha256=1\">x</a><a href=\"/y.whl\">y</a><a href='https://h/z?q'>z</a><a href=https://o/w>w</a>"
            ),
            "<a href=\"/k/a/f/x.whl#sha256=1\">x</a><a href=\"/k/y.whl\">y</a><a href='/k/z?q'>z</a><a href=\"https://o/w\">w</a>"
        );
        assert_eq!(
            relinked(
                Format::Json,
                r#"{"name":"x","files":[{"url":"../f/x.whl","size":1},{"url":"https://o/x"},{}]}"#
            ),
            r#"{"name":"x","files":[{"url":"/k/a/simple/f/x.whl","size":1},{"url":"https://o/x"},{}]}"#
        );
        assert_eq!(relinked(Format::Json, "no json"), "no json");
    }
}
