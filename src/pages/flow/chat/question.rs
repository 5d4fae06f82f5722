//! A question: its text and its pictures, as a value of the flow's chat input and back.

use flowdeck_contract::{
    Exact,
    pictures::{Content, Picture, message, said},
};
use flowdeck_flow::{FlowInput, MessageFormat, ValueType};

use crate::pages::flow::inputs::field::Field;

/// Why a picture can't be part of a question.
pub(super) const TEXT_ONLY: &str =
    "This flow’s chat input takes no pictures. Set its type to list in flow.dag.yaml.";

/// Whether questions to this input can have pictures.
pub(super) fn takes_pictures(input: &FlowInput) -> bool {
    input.input_type == ValueType::List
}

/// The value that a text and pictures stand for.
pub(super) fn value_of(
    input: &FlowInput,
    format: MessageFormat,
    text: &str,
    pictures: &[Picture],
) -> Result<Exact, &'static str> {
    if !takes_pictures(input) {
        return match pictures {
            [] => Field::from(input).parse(text),
            _ => Err(TEXT_ONLY),
        };
    }
    // A list that's typed as JSON is meant as it is.
    if let (true, Ok(list)) = (pictures.is_empty(), Field::from(input).parse(text)) {
        return Ok(list);
    }
    let text = Some(text).filter(|text| !text.trim().is_empty());
    let text = text.map(|text| Content::Text(text.to_owned()));
    let pictures = pictures.iter().cloned().map(Content::Picture);
    let contents: Vec<Content> = text.into_iter().chain(pictures).collect();
    Ok(message(&contents, format))
}

/// The text and the pictures of a question; `None` when it's something else.
pub(super) fn parts_of(question: &Exact) -> Option<(String, Vec<Picture>)> {
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for content in said(question)? {
        match content {
            Content::Text(text) => texts.push(text),
            Content::Picture(picture) => pictures.push(picture),
        }
    }
    Some((texts.join("\n"), pictures))
}

/// Pictures as a text, for keeping.
pub(super) fn kept(pictures: &[Picture]) -> String {
    let contents: Vec<Content> = pictures.iter().cloned().map(Content::Picture).collect();
    message(&contents, MessageFormat::Basic).json().to_owned()
}

/// The pictures of a text that was kept.
pub(super) fn from_kept(text: &str) -> Vec<Picture> {
    let value = Exact::parse(text).ok();
    let parts = value.and_then(|value| parts_of(&value));
    parts.map(|(_, pictures)| pictures).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use flowdeck_contract::pictures::PictureName;
    use serde_json::json;

    use super::*;

    fn input(kind: &str) -> FlowInput {
        let yaml = format!("inputs:\n  q: {{type: {kind}, is_chat_input: true}}\nnodes: []\n");
        flowdeck_flow::check(&yaml).flow.unwrap().inputs.remove(0)
    }

    fn pictures() -> Vec<Picture> {
        let name = format!("{}.png", "0123456789abcdef".repeat(4));
        vec![
            Picture::Kept(PictureName::try_from(name).unwrap()),
            Picture::Elsewhere("https://example.com/a.png".to_owned()),
        ]
    }

    #[test]
    fn a_question_with_pictures_is_a_list_in_the_flow_s_format_and_can_be_edited() {
        for format in [MessageFormat::Basic, MessageFormat::OpenaiVision] {
            let value = value_of(&input("list"), format, "What’s this?", &pictures()).unwrap();
            let parts = parts_of(&value);
            assert_eq!(parts, Some(("What’s this?".to_owned(), pictures())));
            let alone = value_of(&input("list"), format, " ", &pictures()[..1]).unwrap();
            assert_eq!(
                parts_of(&alone),
                Some((String::new(), pictures()[..1].to_vec()))
            );
        }
        let text = value_of(&input("list"), MessageFormat::Basic, "Hi", &[]).unwrap();
        assert_eq!(text, json!(["Hi"]));
        let text = value_of(&input("list"), MessageFormat::OpenaiVision, "Hi", &[]).unwrap();
        assert_eq!(text, json!([{"type": "text", "text": "Hi"}]));
        let typed = value_of(&input("list"), MessageFormat::Basic, "[1]", &[]).unwrap();
        assert_eq!(typed, json!([1]));
    }

    #[test]
    fn a_text_input_says_that_it_takes_no_pictures() {
        let text = input("string");
        assert_eq!(
            value_of(&text, MessageFormat::Basic, "Hi", &[]).unwrap(),
            json!("Hi")
        );
        let refused = value_of(&text, MessageFormat::Basic, "Hi", &pictures());
        assert_eq!(refused, Err(TEXT_ONLY));
    }

    #[test]
    fn pictures_are_kept_and_what_else_is_kept_is_none() {
        assert_eq!(from_kept(&kept(&pictures())), pictures());
        for text in ["", "{", "[1]", "null"] {
            assert_eq!(from_kept(text), []);
        }
    }
}
