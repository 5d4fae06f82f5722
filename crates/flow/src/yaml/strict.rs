//! What the parser takes and ruamel.yaml refuses.

use saphyr_parser::{Event, Marker, ScalarStyle, Span};

use super::characters::positions;
use super::explain::TAB;
use super::source::SourceText;

/// Collects, while the parser goes through the text, what has to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Strictness {
    /// Where tabs may stand: quotes, block scalars and brackets, in order.
    tabs_allowed: Vec<Span>,
    keys_in_braces: Vec<Span>,
    block_text_in_brackets: Option<Span>,
    open: Vec<Collection>,
    /// Whether the last of `tabs_allowed` is of brackets that have just closed.
    has_closed: bool,
}

#[derive(Debug)]
struct Collection {
    start: Marker,
    kind: Kind,
    children: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its entries stand on lines of their own.
    Block,
    Brackets,
    Braces,
}

impl Strictness {
    pub(super) fn observe(&mut self, event: &Event<'_>, span: Span) {
        self.extend_closed(span.start);
        match event {
            Event::Scalar(text, style, ..) => {
                self.scalar(text, *style, span);
                self.count_child();
            }
            Event::Alias(_) => self.count_child(),
            Event::SequenceStart(..) => self.start(Kind::Brackets, span),
            Event::MappingStart(..) => self.start(Kind::Braces, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => {}
        }
    }

    /// What is wrong with the text, when all of it was observed.
    pub(super) fn refusal(&self, source: &SourceText<'_>) -> Option<(&'static str, Span)> {
        let text = source.text();
        if let Some(span) = self.block_text_in_brackets {
            return Some((
                "In brackets there is no block text. Put this in quotes.",
                span,
            ));
        }
        if let Some(at) = self.misplaced_tab(source) {
            let after = Marker::new(at.index() + 1, at.line(), at.col() + 1);
            return Some((TAB, Span::new(at, after)));
        }
        let key = key_over_lines(text, &self.keys_in_braces)?;
        Some((
            "In braces, a key and its `:` must be on one line. Is a comma missing?",
            *key,
        ))
    }

    fn misplaced_tab(&self, source: &SourceText<'_>) -> Option<Marker> {
        let mut replaced = source.replaced_tabs();
        if let Some((line, column)) = replaced.find(|place| !self.allows_tab_at(*place)) {
            return Some(Marker::new(0, line, column));
        }
        let text = source.text();
        if text.contains('\t') {
            misplaced_tab(text, &self.tabs_allowed)
        } else {
            None
        }
    }

    fn allows_tab_at(&self, place: (usize, usize)) -> bool {
        let at = |marker: Marker| (marker.line(), marker.col());
        let before = self
            .tabs_allowed
            .partition_point(|span| at(span.start) <= place);
        before
            .checked_sub(1)
            .is_some_and(|last| place < at(self.tabs_allowed[last].end))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) {
        if style != ScalarStyle::Plain {
            self.tabs_allowed.push(span);
        } else if text.starts_with(['|', '>']) {
            self.block_text_in_brackets.get_or_insert(span);
        }
        if self
            .open
            .last()
            .is_some_and(|open| open.kind == Kind::Braces && open.children % 2 == 0)
        {
            self.keys_in_braces.push(span);
        }
    }

    fn count_child(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.children += 1;
        }
    }

    /// A collection without brackets starts with an empty span.
    fn start(&mut self, bracketed: Kind, span: Span) {
        self.count_child();
        let kind = if span.is_empty() {
            Kind::Block
        } else {
            bracketed
        };
        self.open.push(Collection {
            start: span.start,
            kind,
            children: 0,
        });
    }

    /// After a trailing comma the parser takes the comma for the end of the brackets. They end
    /// before what comes next.
    fn extend_closed(&mut self, next: Marker) {
        if !std::mem::take(&mut self.has_closed) {
            return;
        }
        if let Some(last) = self.tabs_allowed.last_mut()
            && last.end.index() < next.index()
        {
            last.end = next;
        }
    }

    fn end(&mut self, span: Span) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        if closed.kind == Kind::Block {
            return;
        }
        while self
            .tabs_allowed
            .pop_if(|inner| inner.start.index() >= closed.start.index())
            .is_some()
        {}
        self.tabs_allowed.push(Span::new(closed.start, span.end));
        self.has_closed = true;
    }
}

/// The first tab outside of comments and of the spans `opaque`, which are in order.
fn misplaced_tab(text: &str, opaque: &[Span]) -> Option<Marker> {
    let mut opaque = opaque.iter().peekable();
    let mut in_comment = false;
    let mut previous = '\n';
    for (c, marker) in positions(text) {
        while opaque
            .next_if(|span| span.end.index() <= marker.index())
            .is_some()
        {}
        let is_opaque = opaque
            .peek()
            .is_some_and(|span| span.start.index() <= marker.index());
        in_comment &= marker.col() > 0;
        match c {
            _ if is_opaque => {}
            '#' if matches!(previous, ' ' | '\t' | '\n' | '\r') => in_comment = true,
            '\t' if !in_comment => return Some(marker),
            _ => {}
        }
        previous = c;
    }
    None
}

/// The first of `keys` that goes over a line break before its `:`. A key after `?` may.
fn key_over_lines<'k>(text: &str, keys: &'k [Span]) -> Option<&'k Span> {
    if keys.is_empty() {
        return None;
    }
    let mut keys = keys.iter().peekable();
    let (mut previous, mut in_comment) = (' ', false);
    let mut after: Option<&Span> = None;
    for (c, marker) in positions(text) {
        in_comment &= marker.col() > 0;
        if let Some(key) = keys
            .peek()
            .filter(|key| key.start.index() <= marker.index())
        {
            if marker.index() < key.end.index() {
                continue;
            }
            after = Some(*key).filter(|_| previous != '?');
            keys.next();
        }
        if in_comment || matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        if c == '#' && after.is_some() {
            in_comment = true;
            continue;
        }
        if let Some(key) = after.take()
            && c == ':'
            && key.start.line() != marker.line()
        {
            return Some(key);
        }
        previous = c;
    }
    None
}
