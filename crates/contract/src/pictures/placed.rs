//! Values with the pictures in them at other places.

use serde_json::json;

use super::Picture;
use crate::Exact;

/// Deeper values have their pictures left as they are: promptflow itself reads no deeper.
const DEEPEST: usize = 64;

/// The value, with each picture in it at the path that `place` gives for it; one that it gives none for stays.
#[must_use]
pub fn placed(value: &Exact, place: &dyn Fn(&Picture) -> Option<String>) -> Exact {
    at_depth(
        value,
        &|picture, as_it_is| place(picture).map(|path| at_path(as_it_is, &path)),
        DEEPEST,
    )
}

/// The value, with what `instead` gives for each picture in its place; one that it gives nothing for stays.
#[must_use]
pub fn replaced(value: &Exact, instead: &dyn Fn(&Picture) -> Option<Exact>) -> Exact {
    at_depth(value, &|picture, _| instead(picture), DEEPEST)
}

fn at_depth(
    value: &Exact,
    instead: &dyn Fn(&Picture, &Exact) -> Option<Exact>,
    deeper: usize,
) -> Exact {
    // Most values are told apart without being read.
    if deeper == 0 || !value.json().contains("image") {
        return value.clone();
    }
    if let Some(picture) = Picture::of(value) {
        return instead(&picture, value).unwrap_or_else(|| value.clone());
    }
    let inner = |value: &Exact| at_depth(value, instead, deeper - 1);
    if value.is_list()
        && let Ok(items) = serde_json::from_str::<Vec<Exact>>(value.json())
    {
        let items: Vec<Exact> = items.iter().map(inner).collect();
        return rewritten(&items, value);
    }
    match value.members() {
        Some(members) => {
            let members: crate::Values = members
                .iter()
                .map(|(name, value)| (name.to_owned(), inner(value)))
                .collect();
            rewritten(&members, value)
        }
        None => value.clone(),
    }
}

/// The picture, in its format, in the file of this path.
fn at_path(picture: &Exact, path: &str) -> Exact {
    let members = picture.members().unwrap_or_default();
    let mut names = members.iter().map(|(name, _)| name);
    match (names.next(), names.next()) {
        (Some(name), None) => json!({ name: path }).into(),
        _ => json!({"type": "image_file", "image_file": {"path": path}}).into(),
    }
}

fn rewritten(parts: &impl serde::Serialize, before: &Exact) -> Exact {
    let text = serde_json::to_string(parts);
    let value = text.and_then(Exact::parse);
    value.unwrap_or_else(|_| before.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_name(picture: &Picture) -> Option<String> {
        match picture {
            Picture::OfRun(name) => Some(format!("/runs/{name}")),
            _ => None,
        }
    }

    fn moved(json: &str) -> String {
        placed(&Exact::parse(json).unwrap(), &by_name)
            .json()
            .to_owned()
    }

    #[test]
    fn pictures_are_moved_wherever_they_are_and_nothing_else_changes() {
        assert_eq!(
            moved(
                r#"{"n":12345678901234567890.10,"list":["image",{"data:image/png;path":"a.png"}]}"#
            ),
            r#"{"n":12345678901234567890.10,"list":["image",{"data:image/png;path":"/runs/a.png"}]}"#
        );
        let message = moved(r#"[{"type":"image_file","image_file":{"path":"a.png"}}]"#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&message).unwrap(),
            serde_json::json!([{"type": "image_file", "image_file": {"path": "/runs/a.png"}}])
        );
        for same in [
            r#"{"data:image/png;base64":"AAAA"}"#,
            r#""data:image/png;path""#,
            r#"{"image":"a.png","x":[1.50]}"#,
            r#"{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}"#,
        ] {
            assert_eq!(moved(same), same);
        }
    }

    #[test]
    fn a_picture_can_give_way_to_something_else() {
        let value = Exact::parse(r#"["see",{"data:image/png;path":"a.png"},1.50]"#).unwrap();
        let said = replaced(&value, &|_| Some(Exact::text("gone")));
        assert_eq!(said.json(), r#"["see","gone",1.50]"#);
        assert_eq!(replaced(&value, &|_| None), value);
    }

    #[test]
    fn a_deep_value_stays() {
        let deep = format!(
            "{}{{\"data:image/png;path\":\"a.png\"}}{}",
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        assert_eq!(moved(&deep), deep);
    }
}
