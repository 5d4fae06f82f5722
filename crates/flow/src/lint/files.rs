//! Files that the flow names and its folder has not.

use super::Subject;
use super::bodies::Body;
use crate::mend::Mend;
use crate::problem::{MissingFile, Problem, Weight, quoted};
use crate::report::{FileNames, normalised};
use crate::requirements::{REQUIREMENT_FILE_MISSING, requirement_file_missing};
use crate::suggest::nearest;
use crate::yaml::{Mapping, Value};

/// A node's file that isn't there.
pub(super) fn missing(
    subject: &Subject<'_>,
    bodies: &[Body<'_>],
    files: &FileNames,
    warnings: &mut Vec<Problem>,
) {
    let included = included(subject.root);
    for body in bodies {
        let Some(path) = body.source("path") else {
            continue;
        };
        if is_missing(path, files, &included) {
            let name = path.display();
            let near = (warnings.len() < MOST_SUGGESTED)
                .then(|| nearest_file(&name, files))
                .flatten();
            let hint = near.map_or_else(String::new, |near| {
                format!(" Did you mean {}?", quoted(near))
            });
            let message = format!(
                "The flow folder has no file {}, so the run fails.{hint}",
                quoted(&name)
            );
            let problem = Problem::doubtful("MissingSourceFile", path.span(), message)
                .weighing(body.weight(Weight::FailsRun))
                .mended_by(near.map(|near| Mend::rename(path.span(), &name, near)));
            warnings.push(problem);
        }
    }
}

/// Each suggestion looks at all files.
const MOST_SUGGESTED: usize = 10;

/// The file that a path was meant to name: one whose path differs by a slip, or that stands in another folder.
fn nearest_file<'f>(path: &str, files: &'f FileNames) -> Option<&'f str> {
    let path = normalised(path);
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let elsewhere = || {
        let name = last(&path);
        let mut same = files.iter().filter(|file| last(file) == name);
        same.next().filter(|_| same.next().is_none())
    };
    nearest(&path, files.iter()).or_else(elsewhere)
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
    // What is outside of the folder cannot be seen from here.
    let is_outside = text.starts_with('/') || text.split('/').any(|part| part == "..");
    let first = text
        .trim_start_matches("./")
        .split('/')
        .next()
        .unwrap_or_default();
    !is_outside && !included.contains(&first) && !files.contains(text)
}
