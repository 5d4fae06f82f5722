//! Installs with uv, as every engine has them: the tools, their settings, and how what they print is read.

pub(crate) mod failure;
pub mod given;
pub(crate) mod marks;
pub(crate) mod output;
pub mod pip_default;
pub(crate) mod prepared;
pub(crate) mod python;

use std::path::Path;

use flowdeck_contract::ids::SessionId;

use crate::engine::{EngineError, PhaseNote};

/// The release of uv that is fetched where there is none.
pub(crate) const UV_VERSION: &str = "0.13.9";
/// pip looks for the best version in all indexes; uv by itself stops at the first that has the package.
pub(crate) const EVERY_INDEX: &str = "unsafe-best-match";
/// With this alone uv says that an index refused to answer, instead of that it does not have the package.
pub(crate) const FIRST_INDEX: &str = "first-index";

const PREPARATION: &str = "preparation";

/// The name under which shared things are prepared: no session, but marked like one.
pub(crate) fn preparation() -> Result<SessionId, EngineError> {
    SessionId::try_from(PREPARATION)
        .map_err(|error| EngineError::new("Internal", error.to_string()))
}

/// The name under which one shared thing of several is prepared.
pub(crate) fn preparation_of(thing: &str) -> Result<SessionId, EngineError> {
    SessionId::try_from(format!("{PREPARATION}-{thing}").as_str())
        .map_err(|error| EngineError::new("Internal", error.to_string()))
}

/// Whether it is such a name, and no session's.
pub(crate) fn is_preparation(session: &SessionId) -> bool {
    session.as_str().starts_with(PREPARATION)
}

/// The setting that makes uv keep what it fetches in a folder, rather than where it keeps what all fetch.
pub(crate) fn downloads_option(folder: Option<&Path>) -> impl Iterator<Item = String> {
    let option = folder.map(|folder| ["--cache-dir".to_owned(), folder.display().to_string()]);
    option.into_iter().flatten()
}

/// How much was installed, in uv's words.
pub(crate) fn note(lines: &[String]) -> PhaseNote {
    let said = |start: &str| lines.iter().find(|line| line.starts_with(start)).cloned();
    said("Installed ").or_else(|| {
        said("Audited ")
            .or_else(|| said("Checked "))
            .map(|_| "everything is installed already".to_owned())
    })
}

/// Whether a dry run said that an install would change nothing.
pub(crate) fn changes_nothing(lines: &[String]) -> bool {
    lines.iter().any(|line| line.contains("make no changes"))
}

/// A command as a person would type it.
pub(crate) fn typed(words: &[String]) -> String {
    words
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_stays_one_word() {
        assert_eq!(quoted("requirements.txt"), "requirements.txt");
        assert_eq!(quoted("a b; rm -rf 'x'"), r"'a b; rm -rf '\''x'\'''");
    }
}
