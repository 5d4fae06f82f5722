//! A template's tags, and the words in them.

use crate::sources::Fault;

/// A word in a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// How many brackets are open around it.
    pub(super) depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Name,
    Number,
    Text,
    Sign,
}

/// `{{ … }}` or `{% … %}`.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    pub(super) is_block: bool,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) tokens: Vec<Token<'t>>,
}

/// The tags of a text, without comments and what is raw.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some(found) = text[at..].find('{') {
        let from = at + found;
        at = match text.as_bytes().get(from + 1) {
            Some(b'#') => {
                let end = text[from + 2..].find("#}");
                end.map(|end| from + 2 + end + 2)
                    .ok_or_else(|| unclosed(from, "{#", "#}"))?
            }
            Some(b'{') => {
                let piece = tag(text, from, false)?;
                let end = piece.to;
                pieces.push(piece);
                end
            }
            Some(b'%') => {
                let piece = tag(text, from, true)?;
                let mut end = piece.to;
                match piece.tokens.first() {
                    Some(first) if first.text == "raw" => {
                        let closed = end_of_raw(text, end);
                        end = closed.ok_or_else(|| {
                            let message = "This `raw` needs an `endraw`.";
                            Fault::new(first.at, first.at + 3, message)
                        })?;
                    }
                    _ => pieces.push(piece),
                }
                end
            }
            _ => from + 1,
        };
    }
    Ok(pieces)
}

fn unclosed(from: usize, open: &str, close: &str) -> Fault {
    let message = format!("This `{open}` is never closed. Write `{close}` at its end.");
    Fault::new(from, from + 2, message)
}

/// Where `{% endraw %}` ends.
fn end_of_raw(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let open = at + text.get(at..)?.find("{%")?;
        let inner = text
            .get(open + 2..)?
            .trim_start_matches(['-', '+'])
            .trim_start();
        if let Some(rest) = inner.strip_prefix("endraw") {
            let rest = rest.trim_start().trim_start_matches(['-', '+']);
            if let Some(after) = rest.strip_prefix("%}") {
                return Some(text.len() - after.len());
            }
        }
        at = open + 2;
    }
}

/// Reads the tag that begins at `from`.
fn tag(text: &str, from: usize, is_block: bool) -> Result<Piece<'_>, Fault> {
    let (open, close) = if is_block { ("{%", "%}") } else { ("{{", "}}") };
    let bytes = text.as_bytes();
    let (mut tokens, mut brackets) = (Vec::new(), Vec::<(u8, usize)>::new());
    let mut at = from + 2;
    if matches!(bytes.get(at), Some(b'-' | b'+')) {
        at += 1;
    }
    loop {
        let Some(&byte) = bytes.get(at) else {
            return Err(match brackets.first() {
                Some((bracket, place)) => never_closed(*bracket, *place),
                None => unclosed(from, open, close),
            });
        };
        let rest = &text[at..];
        let trimmed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        if trimmed.starts_with(close) && brackets.is_empty() {
            let to = at + (rest.len() - trimmed.len()) + 2;
            return Ok(Piece {
                is_block,
                from,
                to,
                tokens,
            });
        }
        if rest.starts_with(close) && !is_balanced(&brackets, close) {
            let (bracket, place) = brackets[brackets.len() - 1];
            return Err(never_closed(bracket, place));
        }
        let depth = brackets.len();
        let (kind, length) = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            b'"' | b'\'' => (Kind::Text, text_length(bytes, at)?),
            b'(' | b'[' | b'{' => {
                brackets.push((byte, at));
                (Kind::Sign, 1)
            }
            b')' | b']' | b'}' => {
                close_bracket(&mut brackets, byte, at, rest, is_block)?;
                (Kind::Sign, 1)
            }
            b'%' if rest.starts_with("%}") => {
                let message =
                    format!("This tag begins with `{open}`, so it needs `{close}` at its end.");
                return Err(Fault::new(at, at + 1, message));
            }
            _ => word(rest),
        };
        tokens.push(Token {
            kind,
            text: &text[at..at + length],
            at,
            depth,
        });
        at += length;
    }
}

/// Whether the brackets that are open may be closed by what ends the tag: `}}` ends two mappings as well.
fn is_balanced(brackets: &[(u8, usize)], close: &str) -> bool {
    close == "}}" && brackets.last().is_some_and(|(bracket, _)| *bracket == b'{')
}

fn never_closed(bracket: u8, at: usize) -> Fault {
    let message = format!("This `{}` is never closed.", char::from(bracket));
    Fault::new(at, at + 1, message)
}

fn close_bracket(
    brackets: &mut Vec<(u8, usize)>,
    byte: u8,
    at: usize,
    rest: &str,
    is_block: bool,
) -> Result<(), Fault> {
    let partner = match byte {
        b')' => b'(',
        b']' => b'[',
        _ => b'{',
    };
    match brackets.pop() {
        Some((open, _)) if open == partner => Ok(()),
        Some((open, place)) => Err(never_closed(open, place)),
        None if byte == b'}' => {
            let (open, close) = if is_block { ("{%", "%}") } else { ("{{", "}}") };
            let length = if rest.starts_with("}}") { 2 } else { 1 };
            let message =
                format!("This tag begins with `{open}`, so it needs `{close}` at its end.");
            Err(Fault::new(at, at + length, message))
        }
        None => {
            let message = format!("This `{}` closes nothing.", char::from(byte));
            Err(Fault::new(at, at + 1, message))
        }
    }
}

fn text_length(bytes: &[u8], start: usize) -> Result<usize, Fault> {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if byte == bytes[start] => return Ok(at + 1 - start),
            _ => at += 1,
        }
    }
    Err(Fault::new(
        start,
        start + 1,
        "The text that begins here is never closed.",
    ))
}

/// A name, a number or a sign, with how long it is.
fn word(rest: &str) -> (Kind, usize) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let first = rest.chars().next().unwrap_or(' ');
    let length = || rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    if first.is_ascii_digit() {
        (Kind::Number, length())
    } else if is_name(first) {
        (Kind::Name, length())
    } else if ["==", "!=", "<=", ">=", "//", "**"]
        .iter()
        .any(|sign| rest.starts_with(sign))
    {
        (Kind::Sign, 2)
    } else {
        (Kind::Sign, first.len_utf8())
    }
}
