//! What a requirements file asks for, with the files that it includes.

use std::str::FromStr as _;

use flowdeck_access::redact::{bare_address, without_passwords};
use flowdeck_access::requirements::{RequirementSet, Role};
use flowdeck_contract::packages::AskedBy;
use flowdeck_flow::{LineKind, RequirementLine, is_private};
use pep508_rs::{MarkerEnvironment, Requirement, VerbatimUrl};

use crate::engine::PackageFacts;

/// A line that asks for a package.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(crate) asked_by: AskedBy,
    /// The package's normalised name; `None` for a path or an address without one.
    pub(crate) name: Option<String>,
    /// The versions, extras and condition, when the line names a package.
    pub(crate) requirement: Option<Requirement<VerbatimUrl>>,
    /// The path or address.
    pub(crate) location: Option<String>,
}

/// The lines of a requirements file and of those that it includes.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The lines that ask for a package.
    pub asked: Vec<Asked>,
    /// The lines that say where packages come from, without user names and passwords.
    pub feeds: Vec<String>,
    /// Lines that no install could read.
    pub(crate) invalid: Vec<AskedBy>,
}

impl Asked {
    /// Whether the line's condition holds.
    pub(crate) fn applies(&self, markers: &MarkerEnvironment) -> bool {
        let requirement = self.requirement.as_ref();
        requirement.is_none_or(|requirement| requirement.evaluate_markers(markers, &[]))
    }

    /// Whether it is this package that the line asks for, at whatever version.
    pub(crate) fn is_for(&self, package: &PackageFacts) -> bool {
        match (&self.name, &self.location, &package.location) {
            (Some(name), _, _) => *name == package.name,
            (None, Some(asked), Some(installed)) => is_same_place(asked, installed),
            _ => false,
        }
    }
}

/// Whether an address that was noted at an install is the one that a line names, which may be relative.
fn is_same_place(asked: &str, installed: &str) -> bool {
    let asked = asked.split('#').next().unwrap_or(asked);
    let asked = asked.split('[').next().unwrap_or(asked);
    let asked = asked.trim_start_matches("./").trim_end_matches('/');
    let installed = installed.trim_end_matches('/');
    let before = installed.strip_suffix(asked);
    before.is_some_and(|before| asked.contains("://") || before.is_empty() || before.ends_with('/'))
}

impl Lines {
    /// What a set of requirements files asks for. What `-c` alone leads to asks for nothing.
    pub fn of_set(set: &RequirementSet) -> Self {
        let mut lines = Self::default();
        for (file, line) in set.lines() {
            if file.role == Role::Requirements {
                lines.add_line(&file.name, line.clone());
            }
        }
        lines
    }

    fn add_line(&mut self, file: &str, line: RequirementLine) {
        let asked_by = AskedBy {
            file: file.to_owned(),
            line: line.line,
            text: without_passwords(&line.text),
        };
        let (name, location) = match line.kind {
            LineKind::Named { name } => (Some(name), None),
            LineKind::Located { location } => (None, Some(location)),
            LineKind::Invalid => return self.invalid.push(asked_by),
            LineKind::Index(address) => {
                let private = is_private(&address);
                let shown = if private {
                    line.text
                } else {
                    bare_address(&line.text)
                };
                return self.feeds.push(shown);
            }
            LineKind::Include(_) | LineKind::Constraints(_) | LineKind::Option => return,
        };
        let bare = line.text.split(" --").next().unwrap_or_default();
        let requirement = name.as_ref().and_then(|_| Requirement::from_str(bare).ok());
        self.asked.push(Asked {
            asked_by,
            name,
            requirement,
            location,
        });
    }

    #[cfg(test)]
    pub(crate) fn of(text: &str) -> Self {
        let mut lines = Self::default();
        for line in flowdeck_flow::requirement_lines(text) {
            lines.add_line("requirements.txt", line);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn included_files_count_and_passwords_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("f");
        fs::create_dir_all(folder.join("more")).unwrap();
        fs::write(root.path().join("outside.txt"), "secret\n").unwrap();
        fs::write(
            folder.join("r.txt"),
            "# web\nFlask>=3\n-r more/a.txt\n-r ../outside.txt\n-c bound.txt\nx @ https://u:p@h/x.whl\n!!!\n",
        )
        .unwrap();
        fs::write(
            folder.join("more/a.txt"),
            "\nalpha==1 --hash=sha256:0\n-r ../r.txt\n",
        )
        .unwrap();
        fs::write(folder.join("bound.txt"), "bound<1\n").unwrap();
        let lines = Lines::of_set(&RequirementSet::read(&folder, "r.txt").unwrap());
        let seen = lines.asked.iter().map(|asked| {
            let by = &asked.asked_by;
            (
                asked.name.as_deref().unwrap(),
                by.file.as_str(),
                by.line,
                by.text.as_str(),
            )
        });
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [
                ("flask", "r.txt", 2, "Flask>=3"),
                ("x", "r.txt", 6, "x @ https://****@h/x.whl"),
                ("alpha", "more/a.txt", 2, "alpha==1 --hash=sha256:0"),
            ]
        );
        assert!(lines.asked.iter().all(|asked| asked.requirement.is_some()));
        assert_eq!(lines.invalid.len(), 1);
    }

    #[test]
    fn where_packages_come_from_is_told_without_passwords() {
        let lines = Lines::of(
            "-i https://{private}@h/s/\n--extra-index-url https://u:p@o/s/ # other\nflask\n",
        );
        assert_eq!(
            lines.feeds,
            [
                "-i https://{private}@h/s/",
                "--extra-index-url https://o/s/"
            ]
        );
    }

    #[test]
    fn a_place_is_recognised() {
        assert!(is_same_place(
            "./w/x-1.0.whl",
            "file:///flows/f/w/x-1.0.whl"
        ));
        assert!(is_same_place("local/", "file:///flows/f/local"));
        assert!(!is_same_place("./x-1.0.whl", "file:///flows/f/wx-1.0.whl"));
        assert!(is_same_place("https://h/x.whl#sha256=1", "https://h/x.whl"));
    }
}
