//! Where a template reads its variables.

use super::{blocks, lex, variables};
use crate::sources::NamedPlace;

/// Each place of a template that reads one of its inputs; none of a template that can't be read.
#[must_use]
pub fn template_variables(text: &str) -> Vec<NamedPlace> {
    let Ok(pieces) = lex::pieces(text) else {
        return Vec::new();
    };
    if blocks::fault(text, &pieces).is_some() {
        return Vec::new();
    }
    let read = variables::of(&pieces).read;
    let tokens = pieces.iter().flat_map(|piece| {
        let tokens = piece.tokens.iter().enumerate();
        tokens.filter(|(index, _)| variables::is_read(&piece.tokens, *index))
    });
    tokens
        .filter(|(_, token)| read.contains(token.text))
        .map(|(_, token)| NamedPlace {
            name: token.text.to_owned(),
            at: token.at..token.at + token.text.len(),
        })
        .collect()
}
