//! The guides, as pages below the base path: everybody may read them, also before they sign in.

mod render;
mod slug;
mod template;

use axum::{
    http::{
        HeaderName, HeaderValue,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Response},
};
use flowdeck_contract::help::HELP;

use self::render::{Guide, render};
use crate::base_path::BasePath;

/// A guide: its name in addresses, and its Markdown.
struct Source {
    name: &'static str,
    markdown: &'static str,
}

macro_rules! guide {
    ($name:literal, $path:literal) => {
        Source {
            name: $name,
            markdown: include_str!(concat!("../../../../", $path)),
        }
    };
}

/// As the list of guides has them.
const GUIDES: [Source; 8] = [
    guide!("authors-guide", "docs/authors-guide.md"),
    guide!("administrators-guide", "docs/administrators-guide.md"),
    guide!("connections", "docs/connections.md"),
    guide!("checks", "docs/checks.md"),
    guide!("definition", "docs/definition.md"),
    guide!("editors", "docs/editors.md"),
    guide!("limits", "docs/limits.md"),
    guide!("base-image", "images/base/README.md"),
];

/// Where Markdown that lies outside of `docs/` is served.
const ELSEWHERE: [(&str, &str); 1] = [("../images/base/README.md", "base-image")];

const SAMPLE: &str = "flowdeck.yaml";
const SAMPLE_TEXT: &str = include_str!("../../../../docs/flowdeck.yaml");

macro_rules! picture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../../docs/", $name)))
    };
}

/// Those that guides show.
const PICTURES: [(&str, &[u8]); 13] = [
    picture!("guide-compute.png"),
    picture!("guide-feed.png"),
    picture!("guide-image.png"),
    picture!("guide-instance.png"),
    picture!("guide-menu.png"),
    picture!("guide-packages.png"),
    picture!("guide-plan.png"),
    picture!("guide-raw.png"),
    picture!("guide-requirements.png"),
    picture!("guide-review.png"),
    picture!("guide-start.png"),
    picture!("guide-timeline.png"),
    picture!("guide-upgrade.png"),
];

/// What the guides have at `path`, which is relative to the base path; `None` where it isn't theirs.
pub(crate) fn answer(path: &str, base: &BasePath) -> Option<Response> {
    let name = path.strip_prefix(HELP)?;
    let name = match name.strip_prefix('/') {
        Some(name) => name,
        None if name.is_empty() => "",
        None => return None,
    };
    let name = name.strip_suffix(".md").unwrap_or(name);
    if let Some((_, bytes)) = PICTURES.iter().find(|(picture, _)| *picture == name) {
        return Some(kept("image/png", bytes));
    }
    if name == SAMPLE {
        return Some(kept("text/plain; charset=utf-8", SAMPLE_TEXT.as_bytes()));
    }
    let root = format!("{}/{HELP}", base.as_str());
    let guides: Vec<Guide> = GUIDES
        .iter()
        .map(|source| render(source.name, source.markdown, &root))
        .collect();
    let page = if name.is_empty() {
        template::list(&guides, base)
    } else {
        let guide = guides.iter().find(|guide| guide.name == name)?;
        template::guide(guide, &guides, base)
    };
    let policy = HeaderValue::from_str(&template::policy()).ok()?;
    Some(
        (
            [(CONTENT_SECURITY_POLICY, policy), revalidated()],
            Html(page),
        )
            .into_response(),
    )
}

fn revalidated() -> (HeaderName, HeaderValue) {
    (CACHE_CONTROL, HeaderValue::from_static("no-cache"))
}

fn kept(kind: &'static str, bytes: &'static [u8]) -> Response {
    let kind = (CONTENT_TYPE, HeaderValue::from_static(kind));
    ([kind, revalidated()], bytes).into_response()
}

#[cfg(test)]
mod tests;
