//! A page of an index, with links that stay with us where they lead to the feed's own origin.

use std::collections::BTreeSet;

use flowdeck_flow::normalised_name;
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
    /// That of a content type; `None` when it isn't a page.
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

/// The versions of a package that its page names, each once, without yanked ones; `None` when it can't be read.
pub(super) fn versions(format: Format, page: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(page).ok()?;
    let mut names: Vec<String> = Vec::new();
    match format {
        Format::Json => {
            let page: Value = serde_json::from_str(text).ok()?;
            let files = page.get("files")?.as_array()?.iter();
            let is_yanked = |file: &Value| {
                let yanked = file.get("yanked");
                yanked.is_some_and(|yanked| yanked.as_bool() != Some(false))
            };
            let whole = files.filter(|file| !is_yanked(file));
            names
                .extend(whole.filter_map(|file| file.get("filename")?.as_str().map(str::to_owned)));
        }
        Format::Html => {
            html::relink(text, |link, is_base| {
                let path = link.split(['#', '?']).next().unwrap_or_default();
                if let Some(name) = path.rsplit('/').next().filter(|_| !is_base) {
                    names.push(name.replace("%2B", "+").replace("%2b", "+"));
                }
                None
            });
        }
    }
    let versions = names.iter().filter_map(|name| version_of(name));
    let versions: BTreeSet<&str> = versions.collect();
    Some(versions.into_iter().map(str::to_owned).collect())
}

/// The version in the name of a wheel or a source distribution.
fn version_of(file: &str) -> Option<&str> {
    Some(parts(file)?.1)
}

/// The version in the name of a file of this package, whose name is normalised.
pub(super) fn version_in<'f>(file: &'f str, package: &str) -> Option<&'f str> {
    let (name, version) = parts(file)?;
    (normalised_name(name) == package).then_some(version)
}

/// Name and version.
fn parts(file: &str) -> Option<(&str, &str)> {
    if let Some(wheel) = file.strip_suffix(".whl") {
        let (name, rest) = wheel.split_once('-')?;
        return Some((name, rest.split('-').next()?));
    }
    let endings = [".tar.gz", ".zip", ".tar.bz2"];
    let source = endings.iter().find_map(|ending| file.strip_suffix(ending));
    // Names of older ones hold hyphens themselves.
    source?.rsplit_once('-')
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

    #[test]
    fn versions_are_those_of_the_files_that_a_page_names() {
        let html = b"<a href=../../f/x_y-1.0-py3-none-any.whl#sha256=1>x</a><a href='x-y-1.1.tar.gz'>x</a><a href=x_y-2%2Bcpu-py3-none-any.whl>x</a><a href=/>home</a>";
        assert_eq!(
            versions(Format::Html, html).unwrap(),
            ["1.0", "1.1", "2+cpu"]
        );
        let json = br#"{"files": [{"filename": "x-1.0.tar.gz", "yanked": false}, {"filename": "x-3.zip", "yanked": "broken"}, {"filename": "x-2-py3-none-any.whl"}]}"#;
        assert_eq!(versions(Format::Json, json).unwrap(), ["1.0", "2"]);
        assert_eq!(versions(Format::Json, b"{}"), None);
        assert_eq!(versions(Format::Html, b"<p>Welcome").unwrap().len(), 0);
    }
}
