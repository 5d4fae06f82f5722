//! Rust tests that this machine can't run. libtest knows none of them: they return early and append their name, with
//! the reason, to a file that a variable names (`tests/skipped.rs`).

use anyhow::{Context, Result};
use std::{collections::BTreeMap, fs, io::ErrorKind, path::PathBuf, process::Command};

use super::counts::{Counts, Failures};
use crate::project::Project;

/// Tells the tests where the file is.
const FILE: &str = "FLOWDECK_TEST_SKIPPED";

/// The file of one run.
pub(super) struct SkippedTests(PathBuf);

impl SkippedTests {
    /// None so far, of a step that has this name of its own.
    pub(super) fn new(project: &Project, step: &str) -> Result<Self> {
        let file = project.work().join(format!("skipped-{step}"));
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", file.display()))
            }
            _ => Ok(Self(file)),
        }
    }

    pub(super) fn tell(&self, command: &mut Command) {
        command.env(FILE, &self.0);
    }

    /// Counts as skipped, and names, what libtest has counted as passed.
    pub(super) fn counted(&self, counted: Result<Counts>) -> Result<Counts> {
        let text = fs::read_to_string(&self.0).unwrap_or_default();
        let skipped = read(&text);
        for (test, why) in &skipped {
            eprintln!("- {test}: skipped, {why}");
        }
        let count = skipped.len() as u64;
        let moved = |counts: Counts| Counts {
            passed: counts.passed.saturating_sub(count),
            skipped: counts.skipped + count,
            ..counts
        };
        match counted {
            Ok(counts) => Ok(moved(counts)),
            Err(error) => Err(match error.downcast::<Failures>() {
                Ok(failures) => Failures {
                    counts: moved(failures.counts),
                    ..failures
                }
                .into(),
                Err(other) => other,
            }),
        }
    }
}

/// The reason for each test. One that lacks two things tells both, and is one test; the first reason is kept.
fn read(text: &str) -> BTreeMap<&str, &str> {
    let mut skipped = BTreeMap::new();
    for (test, why) in text.lines().filter_map(|line| line.split_once('\t')) {
        skipped.entry(test).or_insert(why);
    }
    skipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    #[test]
    fn what_returned_early_is_no_success() {
        let folder = temporary_folder("skipped");
        let project = Project {
            root: folder.path().to_path_buf(),
            cache: folder.path().to_path_buf(),
        };
        fs::create_dir_all(project.work()).unwrap();
        let skipped = SkippedTests::new(&project, "step").unwrap();
        let counts = Counts::new(5, 0, 1);
        assert_eq!(skipped.counted(Ok(counts)).unwrap(), counts);
        let lines = "docker::a\tno daemon\ndocker::b\tno daemon\ndocker::a\tno registry\n";
        fs::write(&skipped.0, lines).unwrap();
        assert_eq!(skipped.counted(Ok(counts)).unwrap(), Counts::new(3, 0, 3));
        let failures = Failures {
            counts: Counts::new(4, 1, 1),
            report: String::new(),
        };
        let error = skipped.counted(Err(failures.into())).unwrap_err();
        assert_eq!(Counts::one_failure_of(&error), Counts::new(2, 1, 3));
        let again = SkippedTests::new(&project, "step").unwrap();
        assert_eq!(again.counted(Ok(counts)).unwrap(), counts);
    }
}
