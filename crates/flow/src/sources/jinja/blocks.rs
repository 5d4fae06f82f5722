//! Tags that are none, and blocks that aren't closed.

use super::lex::{Kind, Piece, Token};
use crate::problem::quoted;
use crate::sources::Fault;
use crate::suggest::nearest;

/// Tags that open a block, each closed by `end` and its name.
const OPENING: [&str; 9] = [
    "for",
    "if",
    "block",
    "macro",
    "call",
    "filter",
    "set",
    "with",
    "autoescape",
];

/// Tags that stand alone.
const ALONE: [&str; 5] = ["extends", "include", "import", "from", "print"];

/// Words that join others in an expression.
const JOINING: [&str; 14] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "recursive",
    "ignore",
    "missing",
    "with",
    "without",
    "context",
    "as",
];

/// The first fault of the tags of a text.
pub(super) fn fault(text: &str, pieces: &[Piece<'_>]) -> Option<Fault> {
    let mut open: Vec<Token<'_>> = Vec::new();
    for piece in pieces {
        let Some(first) = piece.tokens.first() else {
            let (from, to) = (piece.from, piece.to);
            let shown = text.get(from..to).unwrap_or_default();
            let length = shown.len();
            return Some(Fault::new(from, from + length, "This tag is empty."));
        };
        let found = if piece.is_block {
            tag(&mut open, *first, &piece.tokens)
        } else {
            operands(&piece.tokens)
        };
        if found.is_some() {
            return found;
        }
    }
    let first = open.pop()?;
    let message = format!("This `{0}` needs an `end{0}`.", first.text);
    Some(Fault::new(first.at, first.at + first.text.len(), message))
}

fn tag<'t>(open: &mut Vec<Token<'t>>, first: Token<'t>, tokens: &[Token<'t>]) -> Option<Fault> {
    let fault = |message: String| Some(Fault::new(first.at, first.at + first.text.len(), message));
    if first.kind != Kind::Name {
        return fault("A tag begins with a name, such as `if` or `for`.".to_owned());
    }
    if first.text == "set"
        && tokens
            .iter()
            .any(|token| token.text == "=" && token.depth == 0)
    {
        return None;
    }
    if OPENING.contains(&first.text) {
        open.push(first);
        return None;
    }
    if ALONE.contains(&first.text) {
        return None;
    }
    let inner = open.last().map(|token| token.text);
    if let "else" | "elif" = first.text {
        return match inner {
            Some("if") => None,
            Some("for") if first.text == "else" => None,
            _ => fault(format!("`{}` belongs in an `if` block.", first.text)),
        };
    }
    if let Some(ended) = first.text.strip_prefix("end")
        && OPENING.contains(&ended)
    {
        return match inner {
            Some(inner) if inner == ended => {
                open.pop();
                None
            }
            Some(inner) => fault(format!(
                "This `{}` closes nothing: a `{inner}` is open here, which needs an `end{inner}`.",
                first.text
            )),
            None => fault(format!("This `{}` closes nothing.", first.text)),
        };
    }
    let ends: Vec<String> = OPENING.iter().map(|name| format!("end{name}")).collect();
    let known = OPENING
        .into_iter()
        .chain(ALONE)
        .chain(["else", "elif", "raw"]);
    let near = nearest(first.text, known.chain(ends.iter().map(String::as_str)));
    let hint = near.map_or_else(String::new, |near| {
        format!(" Did you mean {}?", quoted(near))
    });
    fault(format!("Jinja has no tag {}.{hint}", quoted(first.text)))
}

/// Two names with nothing between them.
fn operands(tokens: &[Token<'_>]) -> Option<Fault> {
    let is_operand = |token: &Token<'_>| {
        let is_word = matches!(token.kind, Kind::Name | Kind::Number);
        is_word && !JOINING.contains(&token.text)
    };
    // `a is divisibleby 3`, `a is not sameas b`
    let follows_test = |index: usize| {
        let before = |back: usize| index.checked_sub(back).and_then(|at| tokens.get(at));
        let is = |back: usize, text: &str| before(back).is_some_and(|token| token.text == text);
        is(1, "is") || is(1, "not") && is(2, "is")
    };
    let index = (1..tokens.len()).find(|&index| {
        is_operand(&tokens[index - 1]) && is_operand(&tokens[index]) && !follows_test(index - 1)
        // `1.5` is a number, a sign and a number here, and `1e5` one.
    })?;
    let token = tokens[index];
    Some(Fault::new(
        token.at,
        token.at + token.text.len(),
        "Something is missing between these two words, such as `.` or `|`.",
    ))
}
