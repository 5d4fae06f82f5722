//! What a flow's author may ask for: names that are known, and one package in the indexes of an install.

use flowdeck_access::{
    feeds::{Asker, Client, Indexes},
    requirements::RequirementSet,
};
use flowdeck_contract::feeds::{KnownPackages, PackageAnswer};
use flowdeck_engines::{install::pip_default, packages};
use flowdeck_flow::{LineKind, normalised_name, requirement_lines};

use super::Packages;
use crate::{error::ComputeError, owner::Owner};

/// The longest name that is looked up.
const LONGEST: usize = 100;

impl Packages {
    /// Names that are known without asking an index: those of the base, of the session, and widely used ones.
    pub(crate) async fn known_packages(&self, owner: &Owner) -> KnownPackages {
        let mut names = packages::known_names();
        // Without a session there are none of one.
        if let Ok(view) = self.packages_view(owner).await {
            let installed = view.packages.into_iter();
            names.extend(installed.map(|package| package.name));
        }
        KnownPackages {
            names: names.into_iter().collect(),
        }
    }

    /// Asks the indexes of an install for a package; `text` stands in the place of the requirements file.
    pub(crate) async fn look_up(
        &self,
        owner: &Owner,
        name: &str,
        text: Option<String>,
    ) -> Result<PackageAnswer, ComputeError> {
        let name = whole_name(name)?;
        // A line that can't be read yet keeps nobody from asking: what the file names itself is in its text.
        let set = match self.requirements.requirement_set(owner, text.clone()) {
            Ok(set) => set,
            Err(error) if text.is_none() => return Err(crate::sessions::install::invalid(error)),
            Err(error) => {
                return Ok(PackageAnswer::Unknown {
                    message: error.failure.message,
                });
            }
        };
        let indexes = Indexes::of(set.as_ref(), pip_default::index().await);
        let beside = set.as_ref().and_then(RequirementSet::package);
        let asker = Asker {
            access: &self.requirements.feed_access(owner),
            client: &Client::with_reach(self.requirements.reach()),
            beside: beside.as_deref(),
        };
        Ok(self.look_ups.package(&asker, &indexes, &name).await)
    }
}

/// The packages that the text of a requirements file names, normalised.
#[must_use]
pub fn required_names(text: &str) -> Vec<String> {
    let lines = requirement_lines(text).into_iter();
    let names = lines.filter_map(|line| match line.kind {
        LineKind::Named { name } => Some(name),
        _ => None,
    });
    names.collect()
}

/// The normalised form of what is a name; only that becomes part of an address.
fn whole_name(name: &str) -> Result<String, ComputeError> {
    let name = name.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = name.len() <= LONGEST
        && name.chars().all(is_plain)
        && is_end(name.chars().next())
        && is_end(name.chars().next_back());
    if is_name {
        return Ok(normalised_name(name));
    }
    Err(ComputeError::invalid("PackageNameInvalid", "A package’s name has letters, digits, hyphens, periods and underscores, and at most 100 of them.").at("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_becomes_part_of_an_address() {
        assert_eq!(whole_name(" Foo__Bar.baz ").unwrap(), "foo-bar-baz");
        for name in [
            "", ".", "..", "../x", "a/b", "a?b", "a b", "-a", "a-", "é", "a%2e",
        ] {
            assert!(whole_name(name).is_err(), "{name}");
        }
        assert!(whole_name(&"a".repeat(101)).is_err());
    }
}
