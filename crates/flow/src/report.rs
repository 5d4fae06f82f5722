//! What a check says: findings with their place in the text.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{Flow, FlowKind};

/// The answer of [`check`](crate::check) about one `flow.dag.yaml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// A flow with `entry` is a flex flow, any other a DAG.
    pub kind: FlowKind,
    /// Node names in the order promptflow executes them; only for a DAG without errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Vec<String>>,
    /// Errors in the order promptflow meets them (it stops at the first), then warnings and hints by line;
    /// of more than 500 the last says how many are left out.
    pub findings: Vec<Finding>,
    /// What could be read of the flow, even when there are findings; `None` when the text is not
    /// a YAML mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
}

impl Report {
    /// Whether there is no finding of [`Severity::Error`].
    #[must_use]
    pub fn ok(&self) -> bool {
        self.errors().next().is_none()
    }

    /// The findings for which promptflow refuses the flow or a start its requirements; in a check with the flow's files,
    /// those too for which a run fails.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
    }
}

/// How much a [`Finding`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// promptflow refuses the flow, or an install its requirements; or a run fails.
    Error,
    /// It is accepted, but it is probably not what its author meant.
    Warning,
    /// Nothing may be wrong.
    Hint,
}

impl Severity {
    /// The word shown to people and written to JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

/// One thing wrong, with its place in the text.
///
/// Lines and columns count from 1; a column counts Unicode scalar values (`char`s), and the end
/// is exclusive. Line breaks are LF, CRLF and CR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// promptflow's class name of the error, or a name of our own for a warning.
    pub code: String,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong and what to do, for people. Quotes text of the flow: never markup.
    pub message: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// What would mend it, when one edit does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// The file that would mend it if it were made, also empty: relative to the flow folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creates: Option<String>,
}

impl Finding {
    /// An error of a whole line, from 1.
    #[must_use]
    pub fn error(code: &str, message: String, line: u32) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            message,
            line,
            column: 1,
            end_line: line,
            end_column: 1,
            fix: None,
            creates: None,
        }
    }
}

/// An edit that mends what a finding is about; places as in [`Finding`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What it does, as a button says it.
    pub label: String,
    /// First line of what is replaced.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// What stands there then.
    pub text: String,
}

/// Files of a flow folder, as paths relative to it with `/` between parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileNames(BTreeSet<String>);

impl FileNames {
    /// Whether the folder holds `path`; `./a//b` is `a/b`.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.0.contains(&normalised(path))
    }

    /// All paths, by their letters.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the folder holds a folder `path`; the folder itself is `.`.
    #[must_use]
    pub fn contains_folder(&self, path: &str) -> bool {
        let folder = normalised(path) + "/";
        let after = self.0.range(folder.clone()..).next();
        folder == "/" || after.is_some_and(|next| next.starts_with(&folder))
    }
}

impl<S: AsRef<str>> FromIterator<S> for FileNames {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| normalised(name.as_ref()))
                .collect(),
        )
    }
}

/// `./a//b` is `a/b`.
pub(crate) fn normalised(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    parts.join("/")
}
