//! Pictures among the values of flows, as promptflow's two message formats write them.

mod kept;
mod placed;

use flowdeck_flow::MessageFormat;
use serde_json::json;

pub use self::{
    kept::{InvalidPictureName, KeptPicture, PICTURE_LIMIT, PictureKind, PictureName},
    placed::{placed, replaced},
};
use crate::Exact;

/// A part of a value that has pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(String),
    /// A picture.
    Picture(Picture),
}

/// What a value with pictures shows: it's one, or a list of pictures and texts. `None` when it has none, or something else as
/// well.
#[must_use]
pub fn contents(value: &Exact) -> Option<Vec<Content>> {
    if !value.json().contains("image") {
        return None;
    }
    let is_picture = |content: &Content| matches!(content, Content::Picture(_));
    said(value).filter(|contents| contents.iter().any(is_picture))
}

/// What a message says: a text, a picture, or a list of texts and pictures. `None` when it's something else.
#[must_use]
pub fn said(value: &Exact) -> Option<Vec<Content>> {
    if let Some(picture) = Picture::of(value) {
        return Some(vec![Content::Picture(picture)]);
    }
    if let Some(text) = value.as_text() {
        return Some(vec![Content::Text(text)]);
    }
    if !value.is_list() {
        return None;
    }
    let items: Vec<Exact> = serde_json::from_str(value.json()).ok()?;
    items.iter().map(content).collect()
}

/// The message that says this, as a list in the flow's format.
#[must_use]
pub fn message(contents: &[Content], format: MessageFormat) -> Exact {
    let items = contents.iter().map(|content| match content {
        Content::Text(text) => text_part(text, format),
        Content::Picture(picture) => picture.written(format),
    });
    let items: Vec<String> = items.map(|item| item.json().to_owned()).collect();
    Exact::parse(format!("[{}]", items.join(","))).unwrap_or_else(|_| Exact::null())
}

/// A text as a part of a message in the flow's format.
#[must_use]
pub fn text_part(text: &str, format: MessageFormat) -> Exact {
    match format {
        MessageFormat::Basic => Exact::text(text),
        MessageFormat::OpenaiVision => json!({"type": "text", "text": text}).into(),
    }
}

fn content(item: &Exact) -> Option<Content> {
    let text = || {
        let is_text = item.member("type")?.as_text()? == "text";
        is_text.then(|| item.member("text")?.as_text())?
    };
    match Picture::of(item) {
        Some(picture) => Some(Content::Picture(picture)),
        None => item.as_text().or_else(text).map(Content::Text),
    }
}

/// Where a picture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// One that the server keeps for the flow's inputs: [`crate::paths::flow_picture`] gives it.
    Kept(PictureName),
    /// In a file that the run made, by its name: [`crate::paths::run_picture`] gives it.
    OfRun(String),
    /// In the value itself.
    Inline {
        /// Such as `image/png`: letters, digits and `+-.` only.
        media_type: String,
        /// Its bytes.
        base64: String,
    },
    /// At an address elsewhere, which is asked only when a person wants it.
    Elsewhere(String),
}

impl Picture {
    /// The picture that a value is; `None` when it's something else.
    ///
    /// The formats are those of promptflow's `_utils/multimedia_utils.py`: `basic` (`{"data:image/png;path": "a.png"}`) and
    /// `openai-vision` (`{"type": "image_url", "image_url": {"url": "…"}}`).
    #[must_use]
    pub fn of(value: &Exact) -> Option<Self> {
        // Most values are told apart without being read.
        if !value.is_object() || !value.json().contains("image") {
            return None;
        }
        let members = value.members()?;
        let mut members = members.iter();
        match (members.next()?, members.next(), members.next()) {
            ((key, value), None, _) => Self::basic(key, value.as_text()?),
            (one, Some(other), None) => {
                let (kind, held) = if one.0 == "type" {
                    (one, other)
                } else {
                    (other, one)
                };
                Self::openai(&kind.1.as_text()?, held)
            }
            _ => None,
        }
    }

    /// The value that stands for it in the flow's format.
    #[must_use]
    pub fn written(&self, format: MessageFormat) -> Exact {
        let (kind, resource, text) = match self {
            Self::Kept(name) => {
                let kind = name.kind().map_or("*", PictureKind::format);
                (kind, "path", name.to_string())
            }
            Self::OfRun(name) => ("*", "path", name.clone()),
            Self::Inline { media_type, base64 } => {
                let kind = media_type.strip_prefix("image/").unwrap_or("*");
                (kind, "base64", base64.clone())
            }
            Self::Elsewhere(address) => ("*", "url", address.clone()),
        };
        let value = match (format, resource) {
            (MessageFormat::Basic, _) => json!({ format!("data:image/{kind};{resource}"): text }),
            (MessageFormat::OpenaiVision, "path") => {
                json!({"type": "image_file", "image_file": {"path": text}})
            }
            (MessageFormat::OpenaiVision, "base64") => {
                json!({"type": "image_url", "image_url": {"url": format!("data:image/{kind};base64,{text}")}})
            }
            (MessageFormat::OpenaiVision, _) => {
                json!({"type": "image_url", "image_url": {"url": text}})
            }
        };
        value.into()
    }

    fn basic(key: &str, text: String) -> Option<Self> {
        let (format, resource) = key.strip_prefix("data:image/")?.rsplit_once(';')?;
        match resource {
            "path" => Self::of_file(&text),
            "base64" => Self::inline(&format!("image/{format}"), text),
            "url" => Self::address(text),
            _ => None,
        }
    }

    fn openai(kind: &str, (key, held): (&str, &Exact)) -> Option<Self> {
        match (kind, key) {
            ("image_url", "image_url") => Self::address(held.member("url")?.as_text()?),
            ("image_file", "image_file") => Self::of_file(&held.member("path")?.as_text()?),
            _ => None,
        }
    }

    /// promptflow writes files under a name of its own into the folder that it's told, and gives it with or without its
    /// folder.
    fn of_file(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        match PictureName::try_from(name) {
            Ok(name) => Some(Self::Kept(name)),
            Err(_) => (!name.is_empty()).then(|| Self::OfRun(name.to_owned())),
        }
    }

    fn inline(media_type: &str, base64: String) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte);
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
        let media_type = media_type.replace('*', "png");
        let fits = media_type.bytes().all(plain) && base64.bytes().all(is_base64);
        (fits && !base64.is_empty()).then_some(Self::Inline { media_type, base64 })
    }

    fn address(text: String) -> Option<Self> {
        if let Some(data) = text.strip_prefix("data:") {
            let (media_type, base64) = data.split_once(";base64,")?;
            return media_type
                .starts_with("image/")
                .then(|| Self::inline(media_type, base64.to_owned()))?;
        }
        let is_web = text.starts_with("https://") || text.starts_with("http://");
        is_web.then_some(Self::Elsewhere(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Option<Picture> {
        Picture::of(&Exact::parse(json).unwrap())
    }

    fn inline(media_type: &str) -> Option<Picture> {
        Some(Picture::Inline {
            media_type: media_type.to_owned(),
            base64: "AAAA".to_owned(),
        })
    }

    #[test]
    fn both_message_formats_are_read() {
        let file = Some(Picture::OfRun("a.png".to_owned()));
        assert_eq!(of(r#"{"data:image/png;path": "/data/output/a.png"}"#), file);
        assert_eq!(of(r#"{"data:image/png;path": "a.png"}"#), file);
        assert_eq!(
            of(r#"{"type": "image_file", "image_file": {"path": "a.png"}}"#),
            file
        );
        assert_eq!(
            of(r#"{"data:image/png;base64": "AAAA"}"#),
            inline("image/png")
        );
        assert_eq!(
            of(r#"{"data:image/*;base64": "AAAA"}"#),
            inline("image/png")
        );
        assert_eq!(
            of(r#"{"image_url": {"url": "data:image/jpeg;base64,AAAA"}, "type": "image_url"}"#),
            inline("image/jpeg")
        );
        let elsewhere = Some(Picture::Elsewhere("https://example.com/a.png".to_owned()));
        assert_eq!(
            of(r#"{"data:image/png;url": "https://example.com/a.png"}"#),
            elsewhere
        );
        assert_eq!(
            of(r#"{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}"#),
            elsewhere
        );
    }

    #[test]
    fn a_list_of_pictures_and_texts_is_shown_part_by_part() {
        let list = r#"["see", {"type": "text", "text": "this"}, {"data:image/png;path": "a.png"}]"#;
        let shown = contents(&Exact::parse(list).unwrap()).unwrap();
        assert_eq!(
            shown,
            [
                Content::Text("see".to_owned()),
                Content::Text("this".to_owned()),
                Content::Picture(Picture::OfRun("a.png".to_owned())),
            ]
        );
        for json in [
            r#"["image"]"#,
            "[]",
            r#"[1, {"data:image/png;path": "a.png"}]"#,
        ] {
            assert_eq!(contents(&Exact::parse(json).unwrap()), None, "{json}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_in_both_formats() {
        let name = format!("{}.png", "0123456789abcdef".repeat(4));
        let pictures = [
            Picture::Kept(PictureName::try_from(name).unwrap()),
            Picture::OfRun("a.png".to_owned()),
            inline("image/png").unwrap(),
            Picture::Elsewhere("https://example.com/a.png?b=\"c".to_owned()),
        ];
        for format in [MessageFormat::Basic, MessageFormat::OpenaiVision] {
            for picture in &pictures {
                assert_eq!(
                    Picture::of(&picture.written(format)),
                    Some(picture.clone()),
                    "{format:?}"
                );
            }
            let said_before: Vec<Content> = [Content::Text("what’s \"this\"?".to_owned())]
                .into_iter()
                .chain(pictures.iter().cloned().map(Content::Picture))
                .collect();
            assert_eq!(said(&message(&said_before, format)), Some(said_before));
        }
    }

    #[test]
    fn other_values_are_no_pictures() {
        for json in [
            r#""data:image/png;base64,AAAA""#,
            r#"{"image": "AAAA"}"#,
            r#"{"data:image/png;base64": "<script>"}"#,
            r#"{"data:image/png\";x;base64": "AAAA"}"#,
            r#"{"data:image/png;path": "folder/"}"#,
            r#"{"data:image/png;base64": "AAAA", "more": 1}"#,
            r#"{"data:image/png;url": "javascript:alert('image')"}"#,
            r#"{"type": "image_url", "image_url": {"url": "data:text/html;base64,AAAA"}}"#,
            r#"{"type": "image_url", "image_url": "https://example.com"}"#,
            r#"{"type": "image_url", "image_url": {"url": 1}}"#,
        ] {
            assert_eq!(of(json), None, "{json}");
        }
    }
}
