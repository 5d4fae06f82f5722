//! What `flowdeck check PATH… [--format text|json]` prints, and its exit code. Reading files and
//! arguments is the caller's.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::report::{FileNames, Finding, Severity};
use crate::sources::Sources;

/// One file's result: an element of the JSON array that the command prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckedFile {
    /// The path as the caller gave it.
    pub path: String,
    /// Whether there is no error.
    pub ok: bool,
    /// The order of execution of a DAG that is ok.
    pub order: Option<Vec<String>>,
    /// Errors, then warnings and hints.
    pub findings: Vec<Finding>,
}

/// The code of the finding that stands for a file that could not be read.
const UNREADABLE: &str = "UnreadableFile";

impl CheckedFile {
    /// Checks one file's text; `files` are those of its folder, when they are known.
    #[must_use]
    pub fn new(path: impl Into<String>, text: &str, files: Option<&FileNames>) -> Self {
        Self::with_sources(path, text, files, &Sources::default())
    }

    /// Checks one file's text with those of `sources` that it names.
    #[must_use]
    pub fn with_sources(
        path: impl Into<String>,
        text: &str,
        files: Option<&FileNames>,
        sources: &Sources,
    ) -> Self {
        let report = crate::check_with(text, files, sources);
        Self {
            path: path.into(),
            ok: report.ok(),
            order: report.order,
            findings: report.findings,
        }
    }

    /// A file beside a definition with what is wrong with it: errors, then warnings.
    #[must_use]
    pub fn beside(path: impl Into<String>, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| finding.severity != Severity::Error);
        Self {
            path: path.into(),
            ok: !findings
                .iter()
                .any(|finding| finding.severity == Severity::Error),
            order: None,
            findings,
        }
    }

    /// A file that can't be read, and why.
    #[must_use]
    pub fn unreadable(path: impl Into<String>, why: &str) -> Self {
        let finding = Finding::error(UNREADABLE, format!("Can't read this file: {why}"), 1);
        Self::beside(path, vec![finding])
    }

    fn is_unreadable(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.code == UNREADABLE)
    }
}

/// 0 without errors, 1 with, 2 when a file could not be read.
#[must_use]
pub fn exit_code(files: &[CheckedFile]) -> u8 {
    if files.iter().any(CheckedFile::is_unreadable) {
        2
    } else {
        u8::from(files.iter().any(|file| !file.ok))
    }
}

/// A line for each finding, like a compiler's: `path:line:column: severity Code: message`; then
/// a line that counts.
#[must_use]
pub fn to_text(files: &[CheckedFile]) -> String {
    let mut text = String::new();
    for file in files {
        let path = printable(&file.path);
        for finding in &file.findings {
            let Finding {
                code,
                severity,
                message,
                line,
                column,
                ..
            } = finding;
            let severity = severity.as_str();
            let message = printable(message);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{path}:{line}:{column}: {severity} {code}: {message}");
        }
    }
    let findings = || files.iter().flat_map(|file| &file.findings);
    let count = |severity| {
        findings()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let hints = match count(Severity::Hint) {
        0 => String::new(),
        hints => format!(", {}", counted(hints, "hint")),
    };
    let _ = writeln!(
        text,
        "{} checked: {}, {}{hints}",
        counted(files.len(), "file"),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
    );
    text
}

/// A JSON array with an object for each file, and a final newline.
///
/// # Errors
/// None that a [`CheckedFile`] can cause; those of the JSON writer.
pub fn to_json(files: &[CheckedFile]) -> serde_json::Result<String> {
    serde_json::to_string_pretty(files).map(|json| json + "\n")
}

/// Control characters in names and paths must not reach a terminal.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            printable.extend(c.escape_default());
        } else {
            printable.push(c);
        }
    }
    printable
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{CheckedFile, exit_code, to_json, to_text};

    fn files() -> Vec<CheckedFile> {
        let good = "nodes:\n- name: a\n  type: python\n  source: {path: a.py}\noutputs:\n  o: {type: string, reference: '${a.output}'}\n";
        let bad = "outputs:\n  answer:\n    type: string\n    reference: ${gone.output}\n";
        vec![
            CheckedFile::new("good/flow.dag.yaml", good, None),
            CheckedFile::new("b\u{1b}ad.yaml", bad, None),
        ]
    }

    #[test]
    fn text_is_like_a_compilers() {
        assert_eq!(
            to_text(&files()),
            "b\\u{1b}ad.yaml:4:16: error OutputReferenceNotFound: The output 'answer' refers to the node 'gone', which \
             doesn't exist.\n2 files checked: 1 error, 0 warnings\n"
        );
    }

    #[test]
    fn json_is_an_array_of_files() {
        let json: serde_json::Value =
            serde_json::from_str(&to_json(&files()).expect("JSON")).expect("JSON");
        let expected = serde_json::json!([
            {"path": "good/flow.dag.yaml", "ok": true, "order": ["a"], "findings": []},
            {"path": "b\u{1b}ad.yaml", "ok": false, "order": null, "findings": [{
                "code": "OutputReferenceNotFound",
                "severity": "error",
                "message": "The output 'answer' refers to the node 'gone', which doesn't exist.",
                "line": 4, "column": 16, "endLine": 4, "endColumn": 30,
            }]},
        ]);
        assert_eq!(json, expected);
    }

    #[test]
    fn the_exit_code_tells_wrong_from_unreadable() {
        let mut files = files();
        assert_eq!(exit_code(&files), 1);
        assert_eq!(exit_code(&files[..1]), 0);
        assert_eq!(exit_code(&[]), 0);
        files.push(CheckedFile::unreadable("gone.yaml", "no such file"));
        assert_eq!(exit_code(&files), 2);
    }
}
