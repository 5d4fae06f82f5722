//! Markdown as a tree. What is HTML in it is text; an address that isn't plainly one of the web's leads nowhere.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// Deeper parts stand in the deepest one that there is.
const DEEPEST: usize = 16;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Words.
    Text(String),
    /// Code within a line.
    Code(String),
    /// Lines of code, and what the author calls their language.
    Block(String, String),
    /// A new line.
    Break,
    /// A line across.
    Rule,
    /// Parts of one kind.
    Group(Kind, Vec<Part>),
    /// Parts that lead somewhere.
    Link(Target, Vec<Part>),
    /// A picture elsewhere, which is named and never loaded.
    Picture(Target, String),
}

/// What parts are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    /// Of a level from 1.
    Heading(u8),
    Quote,
    Bullets,
    /// Counted from this number.
    Numbers(u64),
    Item,
    Strong,
    Emphasis,
    Struck,
    Table,
    Head,
    Row,
    Cell,
    /// None of its own.
    Plain,
}

/// Where a link leads: an address of the web or of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The whole address.
    pub(super) address: String,
    /// The part that says whose it is: a host, or who gets the mail.
    pub(super) whose: String,
}

impl Target {
    /// Reads an address; `None` where it leads elsewhere, such as into a script or this server.
    pub(super) fn read(address: &str) -> Option<Self> {
        let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
        if !address.chars().all(is_plain) {
            return None;
        }
        let (scheme, rest) = address.split_once(':')?;
        let whose = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => {
                let rest = rest.strip_prefix("//")?;
                let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                // A name before the host would pass for the host.
                let host = &rest[..end];
                (!host.contains('@')).then_some(host)?
            }
            "mailto" => rest.split('?').next().unwrap_or(rest),
            _ => return None,
        };
        (!whose.is_empty()).then(|| Self {
            address: address.to_owned(),
            whose: whose.to_owned(),
        })
    }
}

/// A part that is being read.
enum Open {
    Group(Kind),
    Link(String),
    Picture(String),
    Block(String),
}

/// The parts of a text.
pub(super) fn read(text: &str) -> Vec<Part> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reading = Reading {
        open: Vec::new(),
        parts: vec![Vec::new()],
        flat: 0,
    };
    for event in Parser::new_ext(text, options) {
        reading.take(event);
    }
    while !reading.open.is_empty() {
        reading.close();
    }
    reading.parts.pop().unwrap_or_default()
}

struct Reading {
    open: Vec<Open>,
    /// Of what is open, and of the whole first.
    parts: Vec<Vec<Part>>,
    /// How many are open that are too deep to be parts of their own.
    flat: usize,
}

impl Reading {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) if self.open.len() < DEEPEST => {
                self.open.push(opened(tag));
                self.parts.push(Vec::new());
            }
            Event::Start(_) => self.flat += 1,
            Event::End(_) if self.flat > 0 => self.flat -= 1,
            Event::End(_) => self.close(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(code) => self.put(Part::Code(code.into_string())),
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.put(Part::Break),
            Event::Rule => self.put(Part::Rule),
            Event::TaskListMarker(done) => self.text(if done { "☑ " } else { "☐ " }),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
        }
    }

    fn text(&mut self, text: &str) {
        match self.parts.last_mut().and_then(|parts| parts.last_mut()) {
            Some(Part::Text(known)) => known.push_str(text),
            _ => self.put(Part::Text(text.to_string())),
        }
    }

    fn put(&mut self, part: Part) {
        if let Some(parts) = self.parts.last_mut() {
            parts.push(part);
        }
    }

    fn close(&mut self) {
        let (Some(open), Some(parts)) = (self.open.pop(), self.parts.pop()) else {
            return;
        };
        self.put(match open {
            Open::Group(kind) => Part::Group(kind, parts),
            Open::Block(language) => Part::Block(language, words(&parts)),
            Open::Link(address) => match Target::read(&address) {
                Some(target) => Part::Link(target, parts),
                None => Part::Group(Kind::Plain, parts),
            },
            Open::Picture(address) => match Target::read(&address) {
                Some(target) => Part::Picture(target, words(&parts)),
                None => Part::Group(Kind::Plain, parts),
            },
        });
    }
}

fn opened(tag: Tag<'_>) -> Open {
    Open::Group(match tag {
        Tag::Paragraph => Kind::Paragraph,
        Tag::Heading { level, .. } => Kind::Heading(level as u8),
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::List(None) => Kind::Bullets,
        Tag::List(Some(first)) => Kind::Numbers(first),
        Tag::Item => Kind::Item,
        Tag::Strong => Kind::Strong,
        Tag::Emphasis => Kind::Emphasis,
        Tag::Strikethrough => Kind::Struck,
        Tag::Table(_) => Kind::Table,
        Tag::TableHead => Kind::Head,
        Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::CodeBlock(CodeBlockKind::Fenced(language)) => {
            let language = language.split_whitespace().next();
            return Open::Block(language.unwrap_or_default().to_owned());
        }
        Tag::CodeBlock(CodeBlockKind::Indented) => return Open::Block(String::new()),
        Tag::Link { dest_url, .. } => return Open::Link(dest_url.into_string()),
        Tag::Image { dest_url, .. } => return Open::Picture(dest_url.into_string()),
        _ => Kind::Plain,
    })
}

/// The words of parts, without what they are.
fn words(parts: &[Part]) -> String {
    let words = parts.iter().map(|part| match part {
        Part::Text(text) | Part::Code(text) | Part::Block(_, text) | Part::Picture(_, text) => {
            text.clone()
        }
        Part::Group(_, parts) | Part::Link(_, parts) => words(parts),
        Part::Break => "\n".to_owned(),
        Part::Rule => String::new(),
    });
    words.collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn paragraph(parts: Vec<Part>) -> Part {
        Part::Group(Kind::Paragraph, parts)
    }

    fn depth(parts: &[Part]) -> usize {
        let inner = parts.iter().map(|part| match part {
            Part::Group(_, parts) | Part::Link(_, parts) => 1 + depth(parts),
            _ => 0,
        });
        inner.max().unwrap_or(0)
    }

    fn targets(parts: &[Part]) -> Vec<String> {
        let each = parts.iter().flat_map(|part| match part {
            Part::Link(target, parts) => {
                let mut all = targets(parts);
                all.push(target.address.clone());
                all
            }
            Part::Picture(target, _) => vec![target.address.clone()],
            Part::Group(_, parts) => targets(parts),
            _ => Vec::new(),
        });
        each.collect()
    }

    #[test]
    fn markdown_is_read_as_parts() {
        let parts = read(
            "# One\n\nTwo **bold** `code`  \nthree\n\n```rust x\nfn a() {}\n```\n\n3. a\n4. b\n",
        );
        assert_eq!(
            parts,
            [
                Part::Group(Kind::Heading(1), vec![text("One")]),
                paragraph(vec![
                    text("Two "),
                    Part::Group(Kind::Strong, vec![text("bold")]),
                    text(" "),
                    Part::Code("code".to_owned()),
                    Part::Break,
                    text("three"),
                ]),
                Part::Block("rust".to_owned(), "fn a() {}\n".to_owned()),
                Part::Group(
                    Kind::Numbers(3),
                    vec![
                        Part::Group(Kind::Item, vec![text("a")]),
                        Part::Group(Kind::Item, vec![text("b")]),
                    ]
                ),
            ]
        );
    }

    #[test]
    fn html_is_text() {
        let hostile = "<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> y";
        let parts = read(hostile);
        let said = words(&parts);
        assert!(said.contains("<script>alert(1)</script>"), "{said}");
        assert!(said.contains("<img src=x onerror=alert(1)>"), "{said}");
    }

    #[test]
    fn links_lead_to_the_web_alone_and_say_whose_it_is() {
        for hostile in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\u{1}script:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://a.example/x",
            "/api/sign-ins",
            "//evil.example/x",
            "http:evil.example",
            "https://",
            "https://bank.example@evil.example/",
            "https:\\\\evil.example",
            "mailto:",
            "",
        ] {
            assert_eq!(Target::read(hostile), None, "{hostile}");
            assert!(targets(&read(&format!("[a](<{hostile}>) ![b](<{hostile}>)"))).is_empty());
        }
        let whose = |address: &str| Target::read(address).unwrap().whose;
        assert_eq!(whose("https://a.example:8/b?c#d"), "a.example:8");
        assert_eq!(whose("HTTP://a.example?x"), "a.example");
        assert_eq!(whose("mailto:a@b.example?subject=x"), "a@b.example");
    }

    #[test]
    fn a_picture_elsewhere_is_named() {
        let parts = read("![A *cat*](https://a.example/cat.png)");
        let target = Target::read("https://a.example/cat.png").unwrap();
        assert_eq!(
            parts,
            [paragraph(vec![Part::Picture(target, "A cat".to_owned())])]
        );
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_came() {
        let whole = "# A\n\n- **b** [c](https://d.example)\n\n```py\nx\n```\n| a | b |\n|---|---|\n| c | d |\n";
        for end in 0..=whole.len() {
            read(&whole[..end]);
        }
    }

    #[test]
    fn no_text_makes_parts_that_are_deep() {
        for deep in [
            ">".repeat(5_000),
            "- ".repeat(5_000),
            "*a **b ".repeat(2_000),
            "[".repeat(5_000),
            format!("{}x", "> - ".repeat(2_000)),
        ] {
            assert!(depth(&read(&deep)) <= DEEPEST);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_leads_to_the_web_alone(text in "[\\[\\]()!<>:/`*_~#|> \n\\-a-z0-9&;\"']{0,200}") {
            for address in targets(&read(&text)) {
                let address = address.to_ascii_lowercase();
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|known| address.starts_with(known)), "{address}");
            }
        }
    }
}
