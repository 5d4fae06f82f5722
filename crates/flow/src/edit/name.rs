//! What a flow is called.

use serde_json::Value as Json;

use super::{EditError, lines::Lines, meaning_of};
use crate::{
    prompty::front_matter,
    yaml::{SourceText, compose},
};

/// The text of a flow's definition with another name: `display_name`, or `name` in the front matter of a prompty.
///
/// # Errors
/// When the text is no YAML mapping, or writes the name in an unusual way. What is returned is known to mean the same as
/// before but for the name.
pub fn set_flow_name(file: &str, text: &str, name: &str) -> Result<String, EditError> {
    if !file.ends_with(".prompty") {
        return set_name(text, "display_name", name);
    }
    let front = front_matter(text).ok_or(EditError::Unreadable)?;
    let before = text.get(front.clone()).ok_or(EditError::Unreadable)?;
    let edited = set_name(before, "name", name)?;
    let mut text = text.to_owned();
    text.replace_range(front, &edited);
    Ok(text)
}

fn set_name(text: &str, key: &str, name: &str) -> Result<String, EditError> {
    let (rest, now) = meaning(text, key)?;
    if now.as_ref().and_then(Json::as_str) == Some(name) {
        return Ok(text.to_owned());
    }
    [name.to_owned(), Json::from(name).to_string()]
        .iter()
        .filter_map(|spelling| edited(text, key, spelling))
        .find(|edited| {
            meaning(edited, key).is_ok_and(|(others, found)| {
                others == rest && found.as_ref().and_then(Json::as_str) == Some(name)
            })
        })
        .ok_or(EditError::Unusual)
}

/// Everything that a text says but the name, and that.
fn meaning(text: &str, key: &str) -> Result<(Json, Option<Json>), EditError> {
    let mut json = meaning_of(text)?;
    let name = json.as_object_mut().and_then(|root| root.shift_remove(key));
    Ok((json, name))
}

fn edited(text: &str, key: &str, spelling: &str) -> Option<String> {
    let source = SourceText::new(text);
    let (tree, _) = compose(&source).ok()?;
    let root = tree.root()?.as_mapping()?;
    let lines = Lines::new(text);
    let (range, put) = lines.set(root, key, spelling)?;
    Some(lines.replaced(range, &put))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "flow.dag.yaml";

    #[test]
    fn only_the_name_s_line_changes() {
        let text = "# mine\r\ndisplay_name: Old # why\r\nnodes: []\r\n";
        assert_eq!(
            set_flow_name(FILE, text, "New one").as_deref(),
            Ok("# mine\r\ndisplay_name: New one # why\r\nnodes: []\r\n")
        );
        assert_eq!(set_flow_name(FILE, text, "Old").as_deref(), Ok(text));
    }

    #[test]
    fn a_name_that_means_something_in_yaml_is_quoted() {
        for name in [
            "yes", "1", "a: b", "x # y", "- a", "null", "{a}", "\"q\"", "a\tb",
        ] {
            let edited = set_flow_name(FILE, "display_name: a\nnodes: []\n", name).unwrap();
            assert_eq!(
                meaning(&edited, "display_name").unwrap().1,
                Some(Json::from(name)),
                "{edited}"
            );
        }
    }

    #[test]
    fn a_flow_without_a_name_gets_one_before_the_rest() {
        assert_eq!(
            set_flow_name(FILE, "# top\nnodes: []\n", "A").as_deref(),
            Ok("# top\ndisplay_name: A\nnodes: []\n")
        );
    }

    #[test]
    fn what_is_no_mapping_is_left_alone() {
        for text in ["", "- a\n", "a: [\n"] {
            assert_eq!(
                set_flow_name(FILE, text, "A"),
                Err(EditError::Unreadable),
                "{text}"
            );
        }
    }

    #[test]
    fn a_prompty_is_named_in_its_front_matter() {
        let text = "---\nname: Old\nmodel: {}\n---\nsystem:\nname: no\n";
        assert_eq!(
            set_flow_name("a.prompty", text, "New").as_deref(),
            Ok("---\nname: New\nmodel: {}\n---\nsystem:\nname: no\n")
        );
        assert!(set_flow_name("a.prompty", "no front\n", "New").is_err());
    }
}
