//! Hash mode as pip has it: one `--hash` in any file, and every line needs one and an exact version.

use std::collections::BTreeSet;

use super::{
    lines::logical_lines,
    normalised_name,
    options::{self, Meaning},
    parse::{self, Requirement, What},
};

/// Whether lines need hashes, and which packages have one.
#[derive(Debug, Default)]
pub(super) struct HashMode {
    is_required: bool,
    hashed: BTreeSet<String>,
}

impl HashMode {
    /// What is said of a folder, which has no hash.
    pub(super) const UNHASHABLE: &str = "Remove this line, or all hashes. One line has a hash, so every line needs one, and an editable package can’t have one.";

    /// The mode of files that are installed together.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut mode = Self::default();
        for logical in texts.into_iter().flat_map(logical_lines) {
            match options::option(&logical.text) {
                Some(Ok(option)) if option.meaning == Meaning::Other => {
                    mode.is_required |= option.requires_hashes;
                }
                Some(_) => {}
                None => {
                    let Ok(read) = parse::requirement(&logical.text) else {
                        continue;
                    };
                    if read.hashed {
                        mode.is_required = true;
                        if let What::Named((from, to), _) = read.what {
                            mode.hashed.insert(normalised_name(&logical.text[from..to]));
                        }
                    }
                }
            }
        }
        mode
    }

    /// The packages that have a hash, by normalised names, where every package needs one.
    pub(super) fn required(self) -> Option<BTreeSet<String>> {
        self.is_required.then_some(self.hashed)
    }

    pub(super) fn is_required(&self) -> bool {
        self.is_required
    }

    /// What a line lacks for an install with hashes.
    pub(super) fn lack(&self, text: &str, requirement: &Requirement) -> Option<String> {
        if !self.is_required {
            return None;
        }
        let location = requirement.location().map(|(from, to)| &text[from..to]);
        // A hash can stand in the address, or in a file of constraints for the same package.
        let has_hash = requirement.hashed
            || location.is_some_and(|location| {
                location.contains("#sha256=") || location.contains("&sha256=")
            })
            || matches!(requirement.what, What::Named((from, to), _) if self.hashed.contains(&normalised_name(&text[from..to])));
        if !has_hash {
            return Some(
                "Add a --hash to this line. One line has a hash, so every line needs one."
                    .to_owned(),
            );
        }
        let is_exact =
            location.is_some() || requirement.clauses.iter().any(|clause| clause.is_exact);
        (!is_exact).then(|| "Pin this package with ==. A hash needs an exact version.".to_owned())
    }
}
