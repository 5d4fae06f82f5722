//! Which variables a template reads (Jinja2's `meta.find_undeclared_variables`).
//!
//! A name that a template sets anywhere counts as its own everywhere: nobody is warned of a variable that may be set.

use std::collections::BTreeSet;

use super::Variables;
use super::lex::{Kind, Piece, Token};

/// Words of the language, and what Jinja2 itself gives.
const OWN: [&str; 32] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "elif",
    "recursive",
    "ignore",
    "missing",
    "with",
    "without",
    "context",
    "as",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "loop",
    "self",
    "super",
    "varargs",
    "kwargs",
    "caller",
    "range",
    "dict",
    "lipsum",
    "cycler",
    "joiner",
];

pub(super) fn of(pieces: &[Piece<'_>]) -> Variables {
    let mut found = Variables::default();
    let mut set = BTreeSet::from(["namespace".to_owned()]);
    for piece in pieces {
        let mut tokens = &*piece.tokens;
        if piece.is_block
            && let Some((first, rest)) = tokens.split_first()
        {
            found.has_others |= matches!(first.text, "include" | "extends" | "import" | "from");
            tokens = own_names(first.text, rest, &mut set);
        }
        for (index, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Name {
                found.named.insert(token.text.to_owned());
                if is_looked_up(tokens, index) {
                    found.read.insert(token.text.to_owned());
                }
            }
        }
    }
    found.named.extend(set.iter().cloned());
    found.read.retain(|name| !set.contains(name));
    found
}

/// Notes the names that a tag sets; gives what is left to be read.
fn own_names<'a, 't>(
    tag: &str,
    tokens: &'a [Token<'t>],
    set: &mut BTreeSet<String>,
) -> &'a [Token<'t>] {
    let position = |text: &str| {
        let mut all = tokens.iter();
        all.position(|token| token.text == text && token.depth == 0)
    };
    let mut names = |tokens: &[Token<'_>]| {
        let names = tokens.iter().filter(|token| token.kind == Kind::Name);
        set.extend(names.map(|token| token.text.to_owned()));
    };
    match tag {
        "for" => {
            let at = position("in").unwrap_or(tokens.len());
            names(&tokens[..at]);
            &tokens[at..]
        }
        "set" => {
            let at = position("=").or(position("|")).unwrap_or(tokens.len());
            names(&tokens[..at]);
            &tokens[at..]
        }
        "macro" | "call" | "with" => {
            for (index, token) in tokens.iter().enumerate() {
                let next = tokens.get(index + 1).map(|token| token.text);
                let is_parameter = match tag {
                    "with" => token.depth == 0 && next == Some("="),
                    "macro" => {
                        index == 0 || token.depth == 1 && matches!(next, Some("," | ")" | "="))
                    }
                    // The call itself follows the parameters of its block.
                    _ => false,
                };
                let is_value = index > 0 && tokens[index - 1].text == "=";
                if is_parameter && !is_value {
                    names(&tokens[index..=index]);
                }
            }
            if tag == "call" && tokens.first().is_some_and(|first| first.text == "(") {
                let end =
                    position(")").or_else(|| tokens.iter().position(|token| token.text == ")"));
                let end = end.map_or(tokens.len(), |end| end + 1);
                names(&tokens[..end]);
                return &tokens[end..];
            }
            tokens
        }
        "import" | "from" => {
            names(tokens);
            &[]
        }
        "block" | "endblock" => &[],
        "filter" => tokens.get(1..).unwrap_or_default(),
        _ => tokens,
    }
}

/// Whether the token at `index` reads a variable.
pub(super) fn is_read(tokens: &[Token<'_>], index: usize) -> bool {
    let is_name = tokens
        .get(index)
        .is_some_and(|token| token.kind == Kind::Name);
    is_name && is_looked_up(tokens, index)
}

/// Whether the name at `index` is a variable: no attribute, filter, test, keyword or word of the language.
fn is_looked_up(tokens: &[Token<'_>], index: usize) -> bool {
    let before = |back: usize| {
        let at = index.checked_sub(back)?;
        tokens.get(at).map(|token| token.text)
    };
    let next = tokens.get(index + 1).map(|token| token.text);
    let token = tokens[index];
    let is_test = before(1) == Some("is") || before(1) == Some("not") && before(2) == Some("is");
    let is_keyword = next == Some("=") && token.depth > 0;
    !matches!(before(1), Some("." | "|")) && !is_test && !is_keyword && !OWN.contains(&token.text)
}
