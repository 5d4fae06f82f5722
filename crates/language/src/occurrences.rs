//! Where the names of a definition stand: inputs, nodes, and what nodes give their tools.

use std::collections::BTreeSet;

use flowdeck_flow::{Document, Element, Link, Position, Span};

use crate::position::{Lines, number, touches};

/// With aliases, a short text can repeat very many names.
const MOST: usize = 200_000;

/// What is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name<'d> {
    /// An input of the flow.
    Input(&'d str),
    /// An output of the flow.
    Output(&'d str),
    /// A node.
    Node(&'d str),
    /// What a node gives its tool.
    Parameter {
        /// The node, which may have no name.
        node: &'d str,
        name: &'d str,
        /// The file that the tool is in.
        file: Option<&'d str>,
    },
    /// A file of the flow folder.
    File(&'d str),
}

impl<'d> Name<'d> {
    /// The name itself.
    pub(crate) fn word(&self) -> &'d str {
        match self {
            Self::Input(word)
            | Self::Output(word)
            | Self::Node(word)
            | Self::File(word)
            | Self::Parameter { name: word, .. } => word,
        }
    }
}

/// A name at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occurrence<'d> {
    pub(crate) name: Name<'d>,
    pub(crate) span: Span,
    /// Whether it is defined there.
    pub(crate) is_definition: bool,
}

/// All names of a definition.
pub(crate) struct Occurrences<'d> {
    /// Those that have a place, each place once.
    pub(crate) placed: Vec<Occurrence<'d>>,
    /// What is named in text over lines or with escapes too, where no letters stand for it alone.
    pub(crate) unplaced: BTreeSet<Name<'d>>,
}

/// Those that have a place, each place once.
pub(crate) fn all<'d>(document: &'d Document, lines: &Lines<'_>) -> Vec<Occurrence<'d>> {
    with_unplaced(document, lines).placed
}

/// All of them.
pub(crate) fn with_unplaced<'d>(document: &'d Document, lines: &Lines<'_>) -> Occurrences<'d> {
    let mut found = Finder {
        lines,
        seen: BTreeSet::new(),
        found: Vec::new(),
        unplaced: BTreeSet::new(),
    };
    if let Some(root) = document.root() {
        found.flow(root);
    }
    Occurrences {
        placed: found.found,
        unplaced: found.unplaced,
    }
}

/// The one at a place.
pub(crate) fn at<'d>(all: &[Occurrence<'d>], place: Position) -> Option<Occurrence<'d>> {
    let touching = all.iter().filter(|one| touches(one.span, place));
    touching.min_by_key(|one| one.span.end == place).cloned()
}

/// The nodes with their bodies: as they are listed, and as their variants have them.
pub(crate) fn bodies<'d>(root: Element<'d>) -> impl Iterator<Item = (Element<'d>, &'d str)> {
    let listed = root.get("nodes").into_iter().flat_map(Element::items);
    let listed = listed.map(|node| {
        let name = node.get("name").and_then(Element::shown);
        (node, name.unwrap_or_default())
    });
    let variants = root.get("node_variants");
    let variants = variants.into_iter().flat_map(Element::entries);
    let of_variants = variants.flat_map(|(key, value)| {
        let name = key.shown().unwrap_or_default();
        let all = value.get("variants").into_iter().flat_map(Element::entries);
        all.filter_map(move |(_, variant)| Some((variant.get("node")?, name)))
    });
    listed.chain(of_variants)
}

struct Finder<'l, 't, 'd> {
    lines: &'l Lines<'t>,
    seen: BTreeSet<Span>,
    found: Vec<Occurrence<'d>>,
    unplaced: BTreeSet<Name<'d>>,
}

impl<'d> Finder<'_, '_, 'd> {
    fn flow(&mut self, root: Element<'d>) {
        for (key, _) in root.get("inputs").into_iter().flat_map(Element::entries) {
            if let Some(name) = key.shown() {
                self.element(Name::Input(name), key, true);
            }
        }
        for (key, value) in root.get("outputs").into_iter().flat_map(Element::entries) {
            if let Some(name) = key.shown() {
                self.element(Name::Output(name), key, true);
            }
            self.reference(value.get("reference"));
        }
        let variants = root.get("node_variants");
        for (key, _) in variants.into_iter().flat_map(Element::entries) {
            if let Some(name) = key.shown() {
                self.element(Name::Node(name), key, false);
            }
        }
        for (body, name) in bodies(root) {
            self.node(body, name);
        }
        let requirements = root.get("environment");
        let requirements = requirements.and_then(|of| of.get("python_requirements_txt"));
        self.file(requirements);
    }

    fn node(&mut self, body: Element<'d>, node: &'d str) {
        if let Some(value) = body.get("name")
            && let Some(name) = value.shown()
        {
            self.element(Name::Node(name), value, true);
        }
        let path = body.get("source").and_then(|source| source.get("path"));
        self.file(path);
        let file = path.and_then(Element::text);
        for (key, value) in body.get("inputs").into_iter().flat_map(Element::entries) {
            if let Some(name) = key.text() {
                self.element(Name::Parameter { node, name, file }, key, true);
            }
            self.reference(Some(value));
        }
        self.reference(body.get("activate").and_then(|of| of.get("when")));
    }

    fn file(&mut self, path: Option<Element<'d>>) {
        if let Some(path) = path
            && let Some(name) = path.text()
        {
            self.element(Name::File(name), path, false);
        }
    }

    fn reference(&mut self, value: Option<Element<'d>>) {
        let Some(value) = value else { return };
        let name = match value.text().map(Link::parse) {
            Some(Link::FlowInput(name)) => Name::Input(name),
            Some(Link::Node { name, .. }) => Name::Node(name),
            Some(Link::Literal) | None => return,
        };
        self.element(name, value, false);
    }

    /// A name that stands in a scalar: all of it, or what follows `${`.
    fn element(&mut self, name: Name<'d>, scalar: Element<'d>, is_definition: bool) {
        let Some(span) = self.span_of(name.word(), scalar.span()) else {
            self.unplaced.insert(name);
            return;
        };
        if self.found.len() < MOST && self.seen.insert(span) {
            self.found.push(Occurrence {
                name,
                span,
                is_definition,
            });
        }
    }

    /// Where a word stands in a scalar. One that is written with escapes, or over lines, has no place of its own.
    fn span_of(&self, word: &str, scalar: Span) -> Option<Span> {
        if word.is_empty() || scalar.start.line != scalar.end.line {
            return None;
        }
        let written = self.lines.written(scalar);
        let inner = written.trim_matches(['"', '\'']);
        let prefixes = ["", "${inputs.", "${flow.", "${"];
        let prefix = prefixes.into_iter().find(|prefix| {
            let rest = inner.strip_prefix(*prefix);
            let rest = rest.and_then(|rest| rest.strip_prefix(word));
            rest.is_some_and(|rest| match prefix.is_empty() {
                true => rest.is_empty(),
                false => rest.starts_with(['.', '}']),
            })
        })?;
        let quote = written.len() - written.trim_start_matches(['"', '\'']).len();
        let before = number(quote + prefix.len());
        let start = Position {
            line: scalar.start.line,
            column: scalar.start.column + before,
        };
        let end = Position {
            column: start.column + number(word.chars().count()),
            ..start
        };
        Some(Span { start, end })
    }
}
