//! Requirements as `flowdeck check` reads them: without a server, with the rights of whoever asks.

use std::path::Path;

use flowdeck_access::requirements::RequirementSet;
use flowdeck_engines::engine::EngineError;
use flowdeck_flow::{Finding, Flow, REQUIREMENT_FILE_MISSING};

use super::requirements::source;

/// A requirements file with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRequirements {
    /// Its path, relative to the folder that it was looked for in.
    pub file: String,
    /// What is wrong with it, in the order of the text; or why it can't be read.
    pub findings: Result<Vec<Finding>, String>,
}

/// What is wrong with the requirements file `file` in `folder` and with all that it includes beneath that folder.
#[must_use]
pub fn check_requirements(folder: &Path, file: &str) -> Vec<CheckedRequirements> {
    match RequirementSet::read(folder, file) {
        Ok(set) => of_set(&set),
        Err(error) => vec![of_error(file, error)],
    }
}

/// What is wrong with the requirements of the flow in `folder`; nothing where it has none, or lacks the one that it names,
/// which a check of the definition says.
#[must_use]
pub fn check_flow_requirements(folder: &Path, flow: Option<&Flow>) -> Vec<CheckedRequirements> {
    // Whoever checks may read whatever `additional_includes` names.
    let read = source(Path::new("/"), folder, flow).and_then(|found| match found {
        Some(source) => source.read(None).map(Some),
        None => Ok(None),
    });
    match read {
        Ok(Some(set)) => of_set(&set),
        Ok(None) => Vec::new(),
        Err(error) if error.failure.code == REQUIREMENT_FILE_MISSING && error.line.is_none() => {
            Vec::new()
        }
        Err(error) => {
            let named = flow.and_then(|flow| flow.environment.python_requirements_txt.as_deref());
            vec![of_error(named.unwrap_or("requirements.txt"), error)]
        }
    }
}

fn of_set(set: &RequirementSet) -> Vec<CheckedRequirements> {
    let mut findings: Vec<(String, Vec<Finding>)> = set
        .files()
        .iter()
        .map(|file| (file.name.clone(), Vec::new()))
        .collect();
    for (file, finding) in set.findings() {
        if let Some((_, of_file)) = findings.iter_mut().find(|(name, _)| *name == file.name) {
            of_file.push(finding);
        }
    }
    let checked = findings
        .into_iter()
        .map(|(file, findings)| CheckedRequirements {
            file,
            findings: Ok(findings),
        });
    checked.collect()
}

/// At the line that leads to what can't be read, when one does.
fn of_error(file: &str, error: EngineError) -> CheckedRequirements {
    match error.line {
        Some(place) => CheckedRequirements {
            findings: Ok(vec![Finding::error(
                &error.failure.code,
                error.failure.message,
                place.line,
            )]),
            file: place.file,
        },
        None => CheckedRequirements {
            file: file.to_owned(),
            findings: Err(error.failure.message),
        },
    }
}
