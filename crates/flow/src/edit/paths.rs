//! Where a `flow.dag.yaml` names files of the flow folder, and what it says after they have moved.

use serde_json::{Map, Value as Json};

use super::{
    EditError,
    lines::Lines,
    meaning_of,
    node::{Step, mapping_at},
    spelling::spellings,
};
use crate::yaml::{SourceText, compose};

/// A place that names a file of the flow folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathUse {
    /// The path as it's written there.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}

/// Where a value is: in the mapping at a path, under a key.
struct Place {
    within: Vec<Step>,
    key: &'static str,
    path: String,
}

/// The places that name files which have moved: the sources of nodes and of their variants, and the requirements file.
/// Empty for a text that can't be read.
#[must_use]
pub fn path_uses(text: &str, moves: &[(&str, &str)]) -> Vec<PathUse> {
    let Ok(json) = meaning_of(text) else {
        return Vec::new();
    };
    let source = SourceText::new(text);
    let Ok((tree, _)) = compose(&source) else {
        return Vec::new();
    };
    let places = places(&json).into_iter();
    let mut uses: Vec<PathUse> = places
        .filter(|place| moved(&place.path, moves).is_some())
        .filter_map(|place| {
            let entry = mapping_at(&tree, &place.within)?.entry(place.key)?;
            Some(PathUse {
                path: place.path,
                line: entry.key.span().start.line,
            })
        })
        .collect();
    uses.sort_by_key(|place| place.line);
    uses
}

/// The text with the new paths of files and folders that have moved, each as `(from, to)`. Nothing else changes.
///
/// # Errors
/// When the text is no YAML mapping, or writes a path in a way that can't be changed by itself, as with an anchor.
pub fn rename_paths(text: &str, moves: &[(&str, &str)]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    let all = places(&meaning_of(&text)?);
    for place in all {
        if let Some(to) = moved(&place.path, moves) {
            text = with(&text, &place, &to)?;
        }
    }
    Ok(text)
}

fn with(text: &str, place: &Place, to: &str) -> Result<String, EditError> {
    let mut wanted = meaning_of(text)?;
    let at = place
        .within
        .iter()
        .try_fold(&mut wanted, |json, step| match step {
            Step::Key(key) => json.get_mut(key),
            Step::Item(at) => json.get_mut(at),
        });
    let value = at.and_then(|at| at.get_mut(place.key));
    *value.ok_or(EditError::Unusual)? = to.into();
    let source = SourceText::new(text);
    let (tree, _) = compose(&source).map_err(|_| EditError::Unreadable)?;
    let mapping = mapping_at(&tree, &place.within).ok_or(EditError::Unusual)?;
    let entry = mapping.entry(place.key).ok_or(EditError::Unusual)?;
    let lines = Lines::new(text);
    let written = lines.written(entry.value);
    let mut ways = spellings(to, written);
    // A path that begins so is nothing but a path, and is written as it was.
    if to.starts_with("./") && written.is_some_and(|written| written.starts_with("./")) {
        ways.insert(0, to.to_owned());
    }
    ways.iter()
        .filter_map(|spelling| {
            let (range, put) = lines.set(mapping, place.key, spelling)?;
            Some(lines.replaced(range, &put))
        })
        .find(|edited| meaning_of(edited).is_ok_and(|meaning| meaning == wanted))
        .ok_or(EditError::Unusual)
}

/// Where the path leads after the moves; none where it stays.
fn moved(path: &str, moves: &[(&str, &str)]) -> Option<String> {
    let plain = path.trim_start_matches("./");
    let here = path.strip_suffix(plain).unwrap_or_default();
    moves.iter().find_map(|(from, to)| {
        let rest = plain.strip_prefix(from)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{here}{to}{rest}"))
    })
}

fn places(json: &Json) -> Vec<Place> {
    let key = |key: &str| Step::Key(key.to_owned());
    let mut places = Vec::new();
    let nodes = json.get("nodes").and_then(Json::as_array).into_iter();
    for (at, node) in nodes.flatten().enumerate() {
        places.extend(source(node, vec![key("nodes"), Step::Item(at)]));
    }
    for (name, variants) in members(json.get("node_variants")) {
        for (id, variant) in members(variants.get("variants")) {
            let path = ["node_variants", name, "variants", id, "node"];
            let node = variant.get("node").unwrap_or(&Json::Null);
            places.extend(source(node, path.map(key).to_vec()));
        }
    }
    let environment = json.get("environment").unwrap_or(&Json::Null);
    places.extend(place(
        environment,
        "python_requirements_txt",
        vec![key("environment")],
    ));
    places
}

fn members(json: Option<&Json>) -> impl Iterator<Item = (&str, &Json)> {
    let members = json.and_then(Json::as_object).map(Map::iter);
    members
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
}

fn source(node: &Json, mut within: Vec<Step>) -> Option<Place> {
    within.push(Step::Key("source".to_owned()));
    place(node.get("source")?, "path", within)
}

fn place(mapping: &Json, key: &'static str, within: Vec<Step>) -> Option<Place> {
    let path = mapping.get(key)?.as_str()?.to_owned();
    Some(Place { within, key, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# mine\r
environment: {python_requirements_txt: 'req.txt'}\r
nodes:\r
- name: a  # first\r
  source:\r
    type: code\r
    path: ./src/a.py # why\r
- {name: b, source: {type: code, path: src/b.jinja2}}\r
node_variants:\r
  c:\r
    variants:\r
      v0: {node: {source: {path: \"src/a.py\"}}}\r
";

    #[test]
    fn only_the_paths_of_what_moved_change() {
        let edited = rename_paths(TEXT, &[("src/a.py", "lib/no")]).unwrap();
        let wanted = TEXT
            .replace("./src/a.py", "./lib/no")
            .replace("\"src/a.py\"", "\"lib/no\"");
        assert_eq!(edited, wanted);
        let lines: Vec<u32> = path_uses(TEXT, &[("src/a.py", "x")])
            .iter()
            .map(|found| found.line)
            .collect();
        assert_eq!(lines, [7, 12]);
    }

    #[test]
    fn a_folder_takes_along_what_it_holds_and_a_longer_name_stays() {
        let moves = [("src", "new folder"), ("req.txt", "yes")];
        let edited = rename_paths(TEXT, &moves).unwrap();
        assert!(edited.contains("path: ./new folder/a.py # why"), "{edited}");
        assert!(
            edited.contains("python_requirements_txt: 'yes'"),
            "{edited}"
        );
        assert_eq!(rename_paths(TEXT, &[("src/a", "x")]).as_deref(), Ok(TEXT));
        assert_eq!(path_uses(TEXT, &moves).len(), 4);
    }

    #[test]
    fn a_path_that_others_share_is_left_alone() {
        let text =
            "nodes:\n- {name: a, source: {path: &p a.py}}\n- {name: b, source: {path: *p}}\n";
        assert_eq!(
            rename_paths(text, &[("a.py", "b.py")]),
            Err(EditError::Unusual)
        );
        assert_eq!(
            rename_paths("a: [", &[("a", "b")]),
            Err(EditError::Unreadable)
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_renamed_and_renamed_back_is_the_same_text(to in "[a-zA-Z0-9 _.#:'\"&*!-]{1,20}") {
            let there = rename_paths(TEXT, &[("src/a.py", &to)]).unwrap();
            proptest::prop_assert_eq!(path_uses(&there, &[(to.trim_start_matches("./"), "x")]).len(), 2);
            let back = rename_paths(&there, &[(to.trim_start_matches("./"), "src/a.py")]).unwrap();
            proptest::prop_assert_eq!(meaning_of(&back).unwrap(), meaning_of(TEXT).unwrap());
            proptest::prop_assert_eq!(back.lines().count(), TEXT.lines().count());
        }
    }
}
