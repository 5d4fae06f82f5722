//! The parts of a definition, for an outline.

use flowdeck_flow::{Document, Element, Span};

use crate::position::Lines;
use crate::request::{Symbol, SymbolKind};

/// The inputs, outputs, nodes and variants of a text, in its order.
pub(crate) fn of(text: &str) -> Vec<Symbol> {
    let (document, lines) = (Document::read(text), Lines::new(text));
    let Some(root) = document.root() else {
        return Vec::new();
    };
    let mut symbols = Vec::new();
    for (section, kind) in [
        ("inputs", SymbolKind::Input),
        ("outputs", SymbolKind::Output),
        ("node_variants", SymbolKind::Variants),
    ] {
        for (key, value) in root.get(section).into_iter().flat_map(Element::entries) {
            let Some(name) = key.shown() else { continue };
            let detail = value.get("type").and_then(Element::shown);
            symbols.push(Symbol {
                name: name.to_owned(),
                kind,
                detail: detail.unwrap_or_default().to_owned(),
                span: whole(&lines, key.span(), value),
                name_span: key.span(),
            });
        }
    }
    for node in root.get("nodes").into_iter().flat_map(Element::items) {
        let name = node.get("name");
        let Some(shown) = name.and_then(Element::shown) else {
            continue;
        };
        let detail = node.get("type").and_then(Element::shown);
        let name_span = name.map_or(node.span(), Element::span);
        symbols.push(Symbol {
            name: shown.to_owned(),
            kind: SymbolKind::Node,
            detail: detail.unwrap_or_default().to_owned(),
            span: whole(&lines, beginning(node), node),
            name_span,
        });
    }
    symbols.retain(|symbol| symbol.span.start <= symbol.name_span.start);
    symbols.sort_by_key(|symbol| symbol.span);
    symbols
}

/// Where an item begins, with nothing of it.
pub(crate) fn beginning(item: Element<'_>) -> Span {
    let start = item.span().start;
    Span { start, end: start }
}

/// From a start to the last line that holds something of a value, of which the reader takes in what follows.
pub(crate) fn whole(lines: &Lines<'_>, start: Span, value: Element<'_>) -> Span {
    let end = value.span().end.max(start.end);
    // A value behind an alias stands elsewhere.
    let end = if end < start.end { start.end } else { end };
    let mut at = lines.offset(end);
    if value.is_collection() {
        let from = lines.offset(start.end);
        let part = lines.text().get(from..at).unwrap_or_default();
        at = from + without_trailing(part);
    }
    Span {
        start: start.start,
        end: lines.position(at).max(start.end),
    }
}

/// How much of a text is there without the blank lines and comments at its end.
fn without_trailing(text: &str) -> usize {
    let mut length = text.len();
    loop {
        let part = text[..length].trim_end();
        let line = part.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        if line > 0 && part[line..].trim_start().starts_with('#') {
            length = line;
        } else {
            return part.len();
        }
    }
}
