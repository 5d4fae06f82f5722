//! Files that the flow names and its folder has not.

use super::{Subject, variant_nodes};
use crate::problem::{MissingFile, Problem, quoted};
use crate::report::{FileNames, normalised};
use crate::requirements::{REQUIREMENT_FILE_MISSING, requirement_file_missing};
use crate::yaml::{Mapping, Value};

pub(super) fn missing(subject: &Subject<'_>, files: &FileNames, warnings: &mut Vec<Problem>) {
    let included = included(subject.root);
    let nodes = subject
        .draft
        .nodes
        .iter()
        .map(|node| node.listed)
        .chain(variant_nodes(subject.root));
    for node in nodes {
        let source = node.get("source").and_then(Value::as_mapping);
        let Some(path) = source.and_then(|source| source.get("path")) else {
            continue;
        };
        if is_missing(path, files, &included) {
            let message = format!("The flow folder has no file {}.", quoted(&path.display()));
            warnings.push(Problem::new("MissingSourceFile", path.span(), message));
        }
    }
}

/// The requirements file that the flow names and its folder has not, for which a start is refused.
pub(crate) fn missing_requirements(root: Mapping<'_>, files: &FileNames) -> Option<Problem> {
    let environment = root.get("environment").and_then(Value::as_mapping)?;
    let path = environment.get("python_requirements_txt")?;
    is_missing(path, files, &included(root)).then(|| Problem {
        creates: path
            .as_str()
            .map(|path| Box::new(MissingFile(normalised(path)))),
        ..Problem::new(
            REQUIREMENT_FILE_MISSING,
            path.span(),
            requirement_file_missing(&path.display()),
        )
    })
}

/// The names under which `additional_includes` come into the flow folder.
fn included(root: Mapping<'_>) -> Vec<&str> {
    let includes = root
        .get("additional_includes")
        .and_then(Value::items)
        .into_iter()
        .flatten();
    includes
        .filter_map(Value::as_str)
        .filter_map(|path| path.trim_end_matches('/').rsplit('/').next())
        .collect()
}

fn is_missing(path: Value<'_>, files: &FileNames, included: &[&str]) -> bool {
    let Some(text) = path.as_str().filter(|text| !text.is_empty()) else {
        return false;
    };
    // What is outside of the folder cannot be told from here.
    let is_outside = text.starts_with('/') || text.split('/').any(|part| part == "..");
    let first = text
        .trim_start_matches("./")
        .split('/')
        .next()
        .unwrap_or_default();
    !is_outside && !included.contains(&first) && !files.contains(text)
}
