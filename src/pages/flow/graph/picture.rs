//! The graph as an SVG file: the same layout as on the page, with colours of its own. Pure.

use std::fmt::Write as _;

use super::{
    layout::{Layout, SIZE},
    path::line,
    words::cut,
};

/// A vertex of the picture.
pub(super) struct Label {
    pub(super) name: String,
    pub(super) facts: String,
    /// What became of it in the run that is shown.
    pub(super) state: Option<String>,
}

/// The colours of the page, as CSS has them.
pub(super) struct Colours {
    pub(super) page: String,
    pub(super) surface: String,
    pub(super) border: String,
    pub(super) text: String,
    pub(super) muted: String,
}

/// About how many letters of a name, and of what is below it, a vertex has room for.
const NAME: usize = 24;
const FACTS: usize = 32;

/// The whole picture. All text in it is escaped: names come from the flow.
pub(super) fn svg(
    layout: &Layout,
    labels: &[Label],
    is_condition: impl Fn(usize) -> bool,
    colours: &Colours,
) -> String {
    let (width, height) = layout.size;
    let Colours {
        page,
        surface,
        border,
        text,
        muted,
    } = colours;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" font-family="system-ui, sans-serif"><defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="{muted}"/></marker></defs><rect width="100%" height="100%" fill="{page}"/>"#
    );
    for (index, points) in layout.edges.iter().enumerate() {
        let dashes = match is_condition(index) {
            true => r#" stroke-dasharray="5 4""#,
            false => "",
        };
        let _ = write!(
            svg,
            r#"<path d="{}" fill="none" stroke="{muted}" marker-end="url(#end)"{dashes}/>"#,
            line(points)
        );
    }
    let (wide, high) = SIZE;
    for (&(x, y), label) in layout.vertices.iter().zip(labels) {
        let (left, top) = (x - wide / 2.0, y - high / 2.0);
        let _ = write!(
            svg,
            r#"<g><title>{}</title><rect x="{left:.1}" y="{top:.1}" width="{wide}" height="{high}" rx="8" fill="{surface}" stroke="{border}"/>"#,
            escaped(&label.name)
        );
        let lines = [
            (Some(cut(&label.name, NAME)), text, 14, 600),
            (Some(cut(&label.facts, FACTS)), muted, 12, 400),
            (label.state.clone(), muted, 12, 400),
        ];
        let lines = lines
            .into_iter()
            .filter(|(said, ..)| said.as_ref().is_some_and(|said| !said.is_empty()));
        let mut below = top + 20.0;
        for (said, colour, size, weight) in lines {
            let said = escaped(&said.unwrap_or_default());
            let _ = write!(
                svg,
                r#"<text x="{:.1}" y="{below:.1}" font-size="{size}" font-weight="{weight}" fill="{colour}">{said}</text>"#,
                left + 12.0
            );
            below += 17.0;
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    svg
}

/// As text of XML, without what XML can't have.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_be_more_than_text() {
        let layout = Layout::of(1, &[]);
        let label = Label {
            name: "<script>&\u{0}\"".to_owned(),
            facts: String::new(),
            state: Some("Completed".to_owned()),
        };
        let colour = || "#123456".to_owned();
        let colours = Colours {
            page: colour(),
            surface: colour(),
            border: colour(),
            text: colour(),
            muted: colour(),
        };
        let svg = svg(&layout, &[label], |_| false, &colours);
        assert!(svg.contains("&lt;script&gt;&amp;&quot;</text>"), "{svg}");
        assert!(svg.contains("Completed"));
        assert!(!svg.contains("<script"));
        assert_eq!(svg.matches("<g>").count(), 1);
    }
}
