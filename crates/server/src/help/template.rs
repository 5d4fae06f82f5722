//! The frame around a guide.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};
use pulldown_cmark::HeadingLevel;
use pulldown_cmark_escape::escape_html;
use sha2::{Digest, Sha256};

use super::render::{Guide, GuideHeading};
use crate::base_path::BasePath;

const STYLE: &str = include_str!("help.css");

/// What the pages may load: their own style and pictures, and nothing that runs.
pub(super) fn policy() -> String {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// The list of all guides.
pub(super) fn list(guides: &[Guide], base: &BasePath) -> String {
    let mut content = "<h1>Help</h1>".to_owned();
    for guide in guides {
        content += "<section class=\"guide\"><h2>";
        content += &link(&address(guide, base, None), &guide.title);
        content += "</h2><ul>";
        let chapters = guide
            .places
            .iter()
            .skip(1)
            .filter(|place| place.level <= HeadingLevel::H2);
        for place in chapters {
            content += "<li>";
            content += &link(&address(guide, base, Some(place)), &place.text);
            content += "</li>";
        }
        content += "</ul></section>";
    }
    page("Help", &content, "", guides, None, base)
}

/// A guide with its table of contents.
pub(super) fn guide(guide: &Guide, guides: &[Guide], base: &BasePath) -> String {
    let mut contents =
        "<nav class=\"contents\" aria-label=\"On this page\"><h2>On this page</h2><ul>".to_owned();
    for place in guide.places.iter().skip(1) {
        // Writing to a String cannot fail.
        let _ = write!(contents, "<li class=\"{}\">", place.level);
        contents += &link(&format!("#{}", place.id), &place.text);
        contents += "</li>";
    }
    contents += "</ul></nav>";
    page(
        &guide.title,
        &guide.html,
        &contents,
        guides,
        Some(guide.name),
        base,
    )
}

fn page(
    title: &str,
    content: &str,
    contents: &str,
    guides: &[Guide],
    current: Option<&str>,
    base: &BasePath,
) -> String {
    let mut names = String::new();
    for guide in guides {
        let mark = if current == Some(guide.name) {
            " aria-current=\"page\""
        } else {
            ""
        };
        let _ = write!(
            names,
            "<li><a href=\"{}\"{mark}>{}</a></li>",
            escaped(&address(guide, base, None)),
            escaped(&guide.title)
        );
    }
    let (title, base) = (escaped(title), escaped(base.as_str()));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} · flowdeck</title><style>{STYLE}</style></head><body>\
         <header><p><a href=\"{base}/\">flowdeck</a></p>\
         <nav aria-label=\"Guides\"><ul><li><a href=\"{base}/help\">Help</a></li>{names}</ul></nav></header>\
         <div class=\"page\">{contents}<main>{content}</main></div></body></html>"
    )
}

fn address(guide: &Guide, base: &BasePath, place: Option<&GuideHeading>) -> String {
    let place = place.map_or_else(String::new, |place| format!("#{}", place.id));
    format!("{}/help/{}{place}", base.as_str(), guide.name)
}

fn link(address: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(address), escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    // Writing to a String cannot fail.
    let _ = escape_html(&mut escaped, text);
    escaped
}
