//! Options of a requirements file.

use super::LineKind;

/// Those that have a value, by all their names.
const WITH_VALUE: [(&[&str], Meaning); 9] = [
    (&["-r", "--requirement"], Meaning::Include),
    (&["-c", "--constraint"], Meaning::Constraints),
    (&["-e", "--editable"], Meaning::Package),
    (&["-i", "--index-url", "--pypi-url"], Meaning::Index),
    (&["--extra-index-url"], Meaning::Index),
    (&["-f", "--find-links"], Meaning::Index),
    (&["--no-binary", "--only-binary"], Meaning::Other),
    (&["--trusted-host"], Meaning::Other),
    (&["--use-feature"], Meaning::Other),
];
const ALONE: [&str; 4] = ["--no-index", "--pre", "--prefer-binary", "--require-hashes"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Include,
    Constraints,
    Package,
    Index,
    Other,
}

/// A line that is an option, with where its value stands.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) meaning: Meaning,
    pub(super) value: &'a str,
    pub(super) at: usize,
    /// Whether every line needs a hash by it.
    pub(super) requires_hashes: bool,
}

impl Choice<'_> {
    pub(super) fn kind(&self) -> LineKind {
        let value = self.value.to_owned();
        match self.meaning {
            Meaning::Include => LineKind::Include(value),
            Meaning::Constraints => LineKind::Constraints(value),
            Meaning::Package => LineKind::Located { location: value },
            Meaning::Index => LineKind::Index(value),
            Meaning::Other => LineKind::Option,
        }
    }
}

/// Reads a line as an option; `None` when it begins with no dash.
pub(super) fn option(text: &str) -> Option<Result<Choice<'_>, String>> {
    let words = text.trim();
    words.starts_with('-').then(|| read(text, words))
}

fn read<'a>(text: &'a str, words: &'a str) -> Result<Choice<'a>, String> {
    for (names, meaning) in WITH_VALUE {
        for name in names {
            if let Some(value) = words.strip_prefix(name).and_then(|rest| value(name, rest)) {
                return match value {
                    "" => Err(format!("{name} needs a value.")),
                    value => Ok(Choice {
                        meaning,
                        value,
                        at: text.trim_end().len() - value.len(),
                        requires_hashes: false,
                    }),
                };
            }
        }
    }
    // Several of these may stand in a line.
    let unknown = words.split_whitespace().find(|word| !ALONE.contains(word));
    match unknown {
        None => Ok(Choice {
            meaning: Meaning::Other,
            value: "",
            at: text.trim_end().len(),
            requires_hashes: words
                .split_whitespace()
                .any(|word| word == "--require-hashes"),
        }),
        Some(word) => Err(format!(
            "A requirements file can’t have the option {}.",
            crate::problem::quoted(word)
        )),
    }
}

/// What follows an option's name: `-r x`, `--r=x`, and for short ones `-rx`.
fn value<'a>(name: &str, rest: &'a str) -> Option<&'a str> {
    if rest.is_empty() {
        return Some("");
    }
    let after = rest
        .strip_prefix('=')
        .filter(|_| name.starts_with("--"))
        .or_else(|| rest.starts_with(char::is_whitespace).then_some(rest))
        .or_else(|| (!name.starts_with("--")).then_some(rest))?;
    Some(after.trim())
}
