//! Markdown as HTML. What is HTML in a guide shows as text, so that no guide can bring a script.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::{ELSEWHERE, slug::Slugs};

/// A guide as it is shown.
pub(super) struct Guide {
    /// Its name in addresses.
    pub(super) name: &'static str,
    /// Its first heading.
    pub(super) title: String,
    /// Its text, without that heading where it has one alone.
    pub(super) html: String,
    /// What it has, in order.
    pub(super) places: Vec<GuideHeading>,
}

/// A heading that one can go to.
pub(super) struct GuideHeading {
    pub(super) level: HeadingLevel,
    pub(super) id: String,
    pub(super) text: String,
}

/// Renders a guide; `root` is the folder of the guides in addresses.
pub(super) fn render(name: &'static str, markdown: &str, root: &str) -> Guide {
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES)
        .map(|event| fitted(event, root))
        .collect();
    let places = name_headings(&mut events);
    let mut text = String::new();
    html::push_html(&mut text, events.into_iter());
    let title = places.first().map_or(name, |place| place.text.as_str());
    Guide {
        name,
        title: title.to_owned(),
        html: text,
        places,
    }
}

fn fitted<'a>(event: Event<'a>, root: &str) -> Event<'a> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        // Keys scroll a block that is wider than the page.
        Event::Start(Tag::CodeBlock(_)) => Event::Html("<pre tabindex=\"0\"><code>".into()),
        Event::End(TagEnd::CodeBlock) => Event::Html("</code></pre>\n".into()),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: address(&dest_url, root),
            title,
            id,
        }),
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Image {
            link_type,
            dest_url: address(&dest_url, root),
            title,
            id,
        }),
        event => event,
    }
}

/// Where a link of a guide leads on this server.
fn address<'a>(link: &str, root: &str) -> CowStr<'a> {
    let (path, place) = link
        .split_once('#')
        .map_or((link, None), |(path, place)| (path, Some(place)));
    if path.is_empty() || path.contains("://") {
        return link.to_owned().into();
    }
    let elsewhere = ELSEWHERE.iter().find(|(written, _)| *written == path);
    let name = elsewhere.map_or(path, |(_, name)| name);
    let name = name.strip_suffix(".md").unwrap_or(name);
    let place = place.map_or_else(String::new, |place| format!("#{place}"));
    format!("{root}/{name}{place}").into()
}

/// Gives every heading an id, and tells what there is.
fn name_headings(events: &mut [Event<'_>]) -> Vec<GuideHeading> {
    let mut slugs = Slugs::default();
    let mut places = Vec::new();
    let mut begun: Option<(usize, HeadingLevel, String)> = None;
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => begun = Some((at, *level, String::new())),
            Event::Text(part) | Event::Code(part) => {
                if let Some((_, _, text)) = &mut begun {
                    text.push_str(part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let Some((start, level, text)) = begun.take() else {
                    continue;
                };
                let id = slugs.of(&text);
                if let Event::Start(Tag::Heading { id: known, .. }) = &mut events[start] {
                    *known = Some(id.clone().into());
                }
                places.push(GuideHeading { level, id, text });
            }
            _ => {}
        }
    }
    places
}
