//! The text of outputs that comes piece by piece, as the service writes it: a line of JSON for each piece.

use serde::Deserialize;

/// A piece of an output's text.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Piece {
    /// The output's name.
    pub output: String,
    /// The text.
    pub text: String,
}

/// What a line says; nothing where it isn't the service's: a flow can write to the file, too.
pub fn piece(line: &str) -> Option<Piece> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_piece_and_what_is_none_is_left_out() {
        let read = piece(r#"{"output":"answer","text":"a\n\u00e9"}"#);
        let expected = Piece {
            output: "answer".to_owned(),
            text: "a\né".to_owned(),
        };
        assert_eq!(read, Some(expected));
        for line in [
            "",
            "{}",
            "null",
            r#"{"output":1,"text":""}"#,
            "{\"output\":\"a\"",
        ] {
            assert_eq!(piece(line), None, "{line}");
        }
    }
}
