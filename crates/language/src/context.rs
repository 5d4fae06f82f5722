//! What may stand at a place of a definition, also in a line that isn't finished.
//!
//! The word at the place is replaced by one that nobody writes, and the reader finds where that ends up.

use flowdeck_flow::keys::{Holds, Key, Section};
use flowdeck_flow::{Document, Element, Position, Span};

use crate::position::{Lines, number};

/// Stands for the word that is being typed.
const STAND_IN: &str = "word0being0typed";

/// The word at a place, and the text's structure with a stand-in for it.
pub(crate) struct Spot {
    /// What a completion replaces.
    pub(crate) word: Span,
    pub(crate) document: Document,
    /// Whether a `:` follows, so that a key needs none.
    pub(crate) has_colon: bool,
    /// The quote that it stands in.
    pub(crate) quote: Option<char>,
    /// Whether it stands in `{…}` or `[…]`.
    pub(crate) is_flow: bool,
}

/// What may stand there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Context<'d> {
    /// A key of a mapping whose keys are known.
    Key {
        section: Section,
        mapping: Element<'d>,
    },
    /// The value of such a key.
    Value {
        key: &'static Key,
        node: Option<Element<'d>>,
    },
    /// What a node gives its tool.
    Parameter { node: Element<'d> },
    /// The value of that.
    ParameterValue { node: Element<'d>, name: &'d str },
    /// The name of a node that has variants.
    NodeName,
}

impl Spot {
    /// Nothing in a comment, and nothing where no text could be read.
    pub(crate) fn of(lines: &Lines<'_>, at: Position) -> Option<Self> {
        if at.line == 0 || at.line > lines.count() {
            return None;
        }
        let line = lines.line(at.line);
        let cursor = lines.offset(at) - lines.offset(Position { column: 1, ..at });
        let before = &line[..cursor];
        if before.trim_start().starts_with('#') || before.contains(" #") {
            return None;
        }
        let from = start_of_word(before);
        let to = cursor + end_of_word(&line[cursor..], line[from..].starts_with("${"));
        let (head, rest) = (&line[..from], &line[to..]);
        let lead = head.trim_start_matches([' ', '-']);
        let quote = head.chars().next_back().filter(|c| matches!(c, '"' | '\''));
        let is_flow = head.contains(['{', '[']);
        let has_colon = rest.trim_start().starts_with(':');
        let is_alone = lead.is_empty() && !has_colon && !is_flow;
        let follows = rest.trim_start();
        if is_alone && !follows.is_empty() && !follows.starts_with('#') {
            return None;
        }
        // After a key, a value is only what a blank parts from its colon.
        if !is_flow && quote.is_none() && head.ends_with(':') {
            return None;
        }
        let alone = format!(":{rest}");
        let tail = if is_alone { alone.as_str() } else { rest };
        let start = lines.offset(Position {
            line: at.line,
            column: 1,
        });
        let (above, below) = (&lines.text()[..start], &lines.text()[start + line.len()..]);
        let text = format!("{above}{head}{STAND_IN}{tail}{below}");
        let document = Document::read(&text);
        // Where a word breaks what could be read, nothing may stand.
        if !document.is_whole() && Document::read(lines.text()).is_whole() {
            return None;
        }
        let column = |part: &str| number(part.chars().count() + 1);
        let place = |column| Position {
            line: at.line,
            column,
        };
        Some(Self {
            word: Span {
                start: place(column(head)),
                end: place(column(&line[..to])),
            },
            document,
            has_colon,
            quote,
            is_flow,
        })
    }

    /// What may stand at the place; `None` where it isn't known, as in text over many lines.
    pub(crate) fn context(&self) -> Option<Context<'_>> {
        let root = self.document.root()?;
        find(root, State::Section(Section::Flow), None)
    }
}

/// Where the word begins that ends a text: at a blank, a bracket or a quote; a reference at its `$`.
fn start_of_word(before: &str) -> usize {
    if let Some(open) = before.rfind("${")
        && !before[open..].contains(['}', ' ', '"', '\''])
    {
        return open;
    }
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | ',' | '"' | '\'' | ':');
    let last = before.char_indices().rev().find(|(_, c)| ends(*c));
    last.map_or(0, |(at, c)| at + c.len_utf8())
}

/// How much of the word follows.
fn end_of_word(after: &str, is_reference: bool) -> usize {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '[' | ']' | ',' | '"' | '\'' | ':');
    let end = after.find(ends).unwrap_or(after.len());
    match is_reference && after[end..].starts_with('}') {
        true => end + 1,
        false => end,
    }
}

/// What a value is, by the keys above it.
#[derive(Clone, Copy)]
enum State<'d> {
    Section(Section),
    Named(Section),
    List(Section),
    Parameters,
    Of(&'static Key),
    Given(&'d str),
    Unknown,
}

fn find<'d>(
    element: Element<'d>,
    state: State<'d>,
    node: Option<Element<'d>>,
) -> Option<Context<'d>> {
    if element.text() == Some(STAND_IN) {
        return match (state, node) {
            (State::Of(key), _) => Some(Context::Value { key, node }),
            (State::Given(name), Some(node)) => Some(Context::ParameterValue { node, name }),
            (State::Parameters, Some(node)) => Some(Context::Parameter { node }),
            _ => None,
        };
    }
    let node = match state {
        State::Section(Section::Node) => Some(element),
        _ => node,
    };
    let inner = element.entries().filter(|(key, _)| element.holds(*key));
    for (key, value) in inner {
        if key.text() == Some(STAND_IN) {
            return at_key(element, state, node);
        }
        let below = below(state, key);
        if element.holds(value)
            && let Some(found) = find(value, below, node)
        {
            return Some(found);
        }
    }
    for item in element.items().filter(|item| element.holds(*item)) {
        let below = match state {
            State::List(section) => State::Section(section),
            other => other,
        };
        if let Some(found) = find(item, below, node) {
            return Some(found);
        }
    }
    None
}

/// At a key that stands for what is typed.
fn at_key<'d>(
    mapping: Element<'d>,
    state: State<'d>,
    node: Option<Element<'d>>,
) -> Option<Context<'d>> {
    match (state, node) {
        (State::Section(section), _) => Some(Context::Key { section, mapping }),
        (State::Parameters, Some(node)) => Some(Context::Parameter { node }),
        (State::Named(Section::Variants), _) => Some(Context::NodeName),
        (State::Of(key), _) if matches!(key.holds, Holds::Texts | Holds::Words) => {
            Some(Context::Value { key, node })
        }
        _ => None,
    }
}

fn below<'d>(state: State<'d>, key: Element<'d>) -> State<'d> {
    let name = key.text();
    match state {
        State::Section(section) => match name.and_then(|name| section.key(name)) {
            Some(key) => match key.holds {
                Holds::Section(inner) => State::Section(inner),
                Holds::Named(inner) => State::Named(inner),
                Holds::List(inner) => State::List(inner),
                Holds::Values if section == Section::Node => State::Parameters,
                _ => State::Of(key),
            },
            None => State::Unknown,
        },
        State::Named(inner) => State::Section(inner),
        State::Parameters => name.map_or(State::Unknown, State::Given),
        _ => State::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The context at `|`.
    fn at(text: &str) -> String {
        let cursor = text.find('|').unwrap_or_else(|| panic!("{text}"));
        let text = text.replacen('|', "", 1);
        let lines = Lines::new(&text);
        let Some(spot) = Spot::of(&lines, lines.position(cursor)) else {
            return "nothing".into();
        };
        match spot.context() {
            None => "nothing".into(),
            Some(Context::Key { section, .. }) => format!("key {}", section.title()),
            Some(Context::Value { key, .. }) => format!("value of {}", key.name),
            Some(Context::Parameter { .. }) => "parameter".into(),
            Some(Context::ParameterValue { name, .. }) => format!("value for {name}"),
            Some(Context::NodeName) => "node".into(),
        }
    }

    #[test]
    fn the_keys_above_say_what_may_stand_there() {
        for (text, expected) in [
            ("|", "key of the flow"),
            ("in|", "key of the flow"),
            ("inputs:\n  a:\n    |", "key of an input"),
            ("inputs:\n  a:\n    type: st|", "value of type"),
            (
                "inputs:\n  a:\n    type: |\n  b:\n    type: int\n",
                "value of type",
            ),
            ("inputs:\n  a: {type: st|}\n", "value of type"),
            ("inputs:\n  a: {ty|}\n", "key of an input"),
            ("nodes:\n- |", "key of a node"),
            ("nodes:\n- name: a\n  |", "key of a node"),
            ("nodes:\n- name: a\n  so|\n- name: b\n", "key of a node"),
            (
                "nodes:\n- name: a\n  source:\n    path: f|",
                "value of path",
            ),
            (
                "nodes:\n- name: a\n  source:\n    path: 'f|'",
                "value of path",
            ),
            ("nodes:\n- name: a\n  inputs:\n    |", "parameter"),
            (
                "nodes:\n- name: a\n  inputs:\n    url: ${in|",
                "value for url",
            ),
            (
                "nodes:\n- name: a\n  inputs:\n    url: \"${in|\"\n",
                "value for url",
            ),
            (
                "nodes:\n- name: a\n  activate:\n    when: ${|}\n    is: 1\n",
                "value of when",
            ),
            ("node_variants:\n  |", "node"),
            ("additional_includes:\n- |", "value of additional_includes"),
            ("a: [\nnodes:\n- name: a\n  |", "nothing"),
            ("# |", "nothing"),
            ("description: |\n", "value of description"),
        ] {
            assert_eq!(at(text), expected, "{text:?}");
        }
    }
}
