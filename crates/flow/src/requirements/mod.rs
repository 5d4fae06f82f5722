//! `requirements.txt` as pip reads it: what it asks for, line by line, and what is wrong with it.
//!
//! An own reader instead of a crate such as `pep508_rs`: the editor needs the place of every part of a line, the lines
//! that are options, and a small wasm module. A test compares both on what is a requirement and what is none.

mod base;
mod conda;
mod decode;
mod feeds;
mod hashes;
mod invisible;
mod lines;
mod lint;
mod marker;
mod options;
mod parse;
mod runtime;
mod snapshot;
mod version;

pub use base::RUNTIME_PACKAGES;
pub use decode::{DecodeError, decode};
pub use feeds::{FeedAddress, is_private};
use hashes::HashMode;
use lines::{Logical, logical_lines};
pub use runtime::keeping_base;
pub use snapshot::{is_plain, snapshot};

use std::collections::BTreeSet;

use crate::report::{FileNames, Finding};

/// The code of a finding about a package of prompt flow's runtime that has a version of its own.
pub const PINNED_BASE_PACKAGE: &str = "PinnedBasePackage";

/// The code of a requirements file that is named and isn't there.
pub const REQUIREMENT_FILE_MISSING: &str = "RequirementFileMissing";

/// What is said, before a start and by it, of a requirements file that the flow's definition names and its folder has not.
#[must_use]
pub fn requirement_file_missing(name: &str) -> String {
    let name = crate::problem::quoted(name);
    format!(
        "The flow names the requirements file {name}, which doesn’t exist. Create it, or correct environment.python_requirements_txt."
    )
}

/// A line of a requirements file that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementLine {
    /// The line it begins in, from 1.
    pub line: u32,
    /// What it says, without comment and continuations.
    pub text: String,
    /// What it is.
    pub kind: LineKind,
}

/// What a line of a requirements file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// A package by its name, as in `flask[async]>=3 ; python_version > "3.8"`.
    Named {
        /// Its normalised name.
        name: String,
    },
    /// A package by where it is: a path or an address.
    Located {
        /// The path or address.
        location: String,
    },
    /// `-r`: another requirements file, relative to this one.
    Include(String),
    /// `-c`: a file of constraints, relative to this one.
    Constraints(String),
    /// `-i`, `--extra-index-url` or `-f`: where packages come from, an address or a path.
    Index(String),
    /// Another option.
    Option,
    /// Nothing that an install could read.
    Invalid,
}

/// Everything a requirements file says, in its order. Any text has an answer.
#[must_use]
pub fn requirement_lines(text: &str) -> Vec<RequirementLine> {
    let read = |logical: &Logical| RequirementLine {
        line: logical.line(),
        text: logical.trimmed().to_owned(),
        kind: kind(logical),
    };
    logical_lines(text).iter().map(read).collect()
}

/// What is wrong with a requirements file, in the order of the text. `files` are those of the folder in which it is
/// installed, when they are known; `path` is the file's own, relative to that folder.
#[must_use]
pub fn check_requirements(text: &str, path: &str, files: Option<&FileNames>) -> Vec<Finding> {
    lint::lint(text, path, files, &HashMode::of([text]))
}

/// [`check_requirements`] for files that are installed together, each as its path and text: a hash in one of them makes
/// every line of all of them need one. Gives each finding with the number of its file.
#[must_use]
pub fn check_requirement_files(files: &[(&str, &str)]) -> Vec<(usize, Finding)> {
    let hashes = HashMode::of(files.iter().map(|(_, text)| *text));
    let of = |(number, (path, text)): (usize, &(&str, &str))| {
        let found = lint::lint(text, path, None, &hashes);
        found
            .into_iter()
            .map(move |finding| (number, finding))
            .collect::<Vec<_>>()
    };
    files.iter().enumerate().flat_map(of).collect()
}

/// Where files that are installed together require hashes, the packages that have one, by normalised names: nothing else
/// may be fetched. `None` where they require none.
#[must_use]
pub fn hashed_packages<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<BTreeSet<String>> {
    HashMode::of(texts).required()
}

/// A package's name as indexes compare names (PEP 503): `Foo__Bar.baz` is `foo-bar-baz`.
#[must_use]
pub fn normalised_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        if !matches!(c, '-' | '_' | '.') {
            normal.push(c.to_ascii_lowercase());
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    normal
}

fn kind(logical: &Logical) -> LineKind {
    match options::option(&logical.text) {
        Some(Ok(option)) => option.kind(),
        Some(Err(_)) => LineKind::Invalid,
        None => match parse::requirement(&logical.text) {
            Ok(requirement) => requirement.kind(&logical.text),
            Err(_) => LineKind::Invalid,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_says_something_is_read() {
        let text = "# first\n\nFlask[async] >= 3, <4 ; python_version > '3.8' # web\n-r more/base.txt\n\
                    --constraint=c.txt\n-i https://{private}@feed/simple\n./wheels/x-1.0-py3-none-any.whl\n\
                    a_B @ https://host/a.zip#sha1=x\ncontinued== \\\n  1.0 \\\n  --hash=sha256:ab\n!!!\n-e ./local\n";
        let named = |name: &str| LineKind::Named { name: name.into() };
        let located = |location: &str| LineKind::Located {
            location: location.into(),
        };
        let kinds: Vec<_> = requirement_lines(text)
            .into_iter()
            .map(|line| (line.line, line.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                (3, named("flask")),
                (4, LineKind::Include("more/base.txt".into())),
                (5, LineKind::Constraints("c.txt".into())),
                (6, LineKind::Index("https://{private}@feed/simple".into())),
                (7, located("./wheels/x-1.0-py3-none-any.whl")),
                (8, named("a-b")),
                (9, named("continued")),
                (12, LineKind::Invalid),
                (13, located("./local")),
            ]
        );
    }
}
