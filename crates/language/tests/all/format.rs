//! Tidying.

use flowdeck_language::{Answer, Request};

use crate::flow::{FLOW, ask, edited, with};

fn tidy(text: &str) -> String {
    match ask(&with(text), "flow.dag.yaml", &Request::Format) {
        Answer::Edits { files } => files
            .first()
            .map_or_else(|| text.to_owned(), |file| edited(text, &file.edits)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn blanks_go_and_what_is_said_stays() {
    assert_eq!(tidy(FLOW), FLOW);
    for (text, expected) in [
        ("a: 1  \n\n\n\nb: 2 \n\n\n", "a: 1\n\nb: 2\n"),
        ("a: 1 # why  ", "a: 1 # why\n"),
        ("a: 1 \r\nb: 2", "a: 1\r\nb: 2\r\n"),
        ("a: |\n  x  \n  y\n", "a: |\n  x  \n  y\n"),
        ("a: [  \n", "a: [  \n"),
        ("", ""),
    ] {
        assert_eq!(tidy(text), expected, "{text:?}");
        assert_eq!(tidy(&tidy(text)), tidy(text), "{text:?} twice");
    }
}
