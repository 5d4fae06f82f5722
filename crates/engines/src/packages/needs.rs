//! Which packages need which.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr as _,
};

use pep508_rs::{ExtraName, Requirement, VerbatimUrl, VersionOrUrl};

use super::{Asked, verify};
use crate::engine::{Inventory, PackageFacts};

type Needs = BTreeMap<String, Vec<Requirement<VerbatimUrl>>>;

/// For each package that others need, their names. Extras count when something asks for them.
pub(super) fn needed_by(
    inventory: &Inventory,
    asked: &[Asked],
) -> BTreeMap<String, BTreeSet<String>> {
    let needs = parsed(&inventory.packages);
    let mut extras: BTreeMap<String, BTreeSet<ExtraName>> = BTreeMap::new();
    let lines = asked.iter().filter_map(|asked| asked.requirement.as_ref());
    for line in lines {
        let known = extras.entry(line.name.to_string()).or_default();
        known.extend(line.extras.iter().cloned());
    }
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // An extra of one package may ask for an extra of another.
    loop {
        let mut grown = false;
        for (name, requirements) in &needs {
            let own: Vec<ExtraName> = extras.get(name).into_iter().flatten().cloned().collect();
            for requirement in requirements {
                if !requirement.evaluate_markers(&inventory.markers, &own) {
                    continue;
                }
                let needed = requirement.name.to_string();
                let known = extras.entry(needed.clone()).or_default();
                let before = known.len();
                known.extend(requirement.extras.iter().cloned());
                grown |= known.len() > before;
                grown |= found.entry(needed).or_default().insert(name.clone());
            }
        }
        if !grown {
            return found;
        }
    }
}

/// What packages need and do not have, as sentences, that was not so in the base.
pub fn new_troubles(inventory: &Inventory) -> Vec<String> {
    let base: BTreeMap<&str, &str> = inventory
        .base
        .iter()
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect();
    let now: BTreeMap<&str, &str> = inventory
        .packages
        .iter()
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect();
    let mut troubles = Vec::new();
    for package in &inventory.packages {
        let in_base = base.get(package.name.as_str()) == Some(&package.version.as_str());
        for text in &package.requires {
            let Ok(requirement) = Requirement::<VerbatimUrl>::from_str(text) else {
                continue;
            };
            if !requirement.evaluate_markers(&inventory.markers, &[]) {
                continue;
            }
            let needed = requirement.name.to_string();
            let had = in_base && !lacks(&requirement, base.get(needed.as_str()).copied());
            let has = now.get(needed.as_str()).copied();
            if lacks(&requirement, has) && (had || !in_base) {
                let is = has.map_or("it isn’t installed".to_owned(), |version| {
                    format!("version {version} is installed")
                });
                troubles.push(format!(
                    "{} {} needs {needed}{}, but {is}.",
                    package.name,
                    package.version,
                    versions(&requirement)
                ));
            }
        }
    }
    troubles
}

fn lacks(requirement: &Requirement<VerbatimUrl>, version: Option<&str>) -> bool {
    !version.is_some_and(|version| verify::allows(requirement, version))
}

fn versions(requirement: &Requirement<VerbatimUrl>) -> String {
    match &requirement.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(versions)) => versions.to_string(),
        _ => String::new(),
    }
}

fn parsed(packages: &[PackageFacts]) -> Needs {
    let parse = |texts: &[String]| {
        texts
            .iter()
            .filter_map(|text| Requirement::from_str(text).ok())
            .collect()
    };
    packages
        .iter()
        .map(|package| (package.name.clone(), parse(&package.requires)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{
        Lines,
        samples::{facts, inventory},
    };

    #[test]
    fn extras_count_when_something_asks_for_them() {
        let packages = vec![
            facts(
                "web==1",
                &[
                    "core[fast]",
                    "old; python_version < '3'",
                    "asy; extra == 'async'",
                ],
            ),
            facts(
                "core==1",
                &["speed; extra == 'fast'", "slow; extra == 'slow'"],
            ),
        ];
        let names = |text: &str| -> Vec<String> {
            needed_by(&inventory(&[], packages.clone()), &Lines::of(text).asked)
                .into_keys()
                .collect()
        };
        assert_eq!(names("web"), ["core", "speed"]);
        assert_eq!(names("web[async]"), ["asy", "core", "speed"]);
    }

    #[test]
    fn only_what_the_base_did_not_lack_is_a_trouble() {
        let packages = vec![
            facts("kept==1", &["dep>=2", "never"]),
            facts("dep==1", &[]),
            facts("new==1", &["dep<1"]),
        ];
        let found = new_troubles(&inventory(&["kept==1", "dep==2"], packages));
        assert_eq!(
            found,
            [
                "kept 1 needs dep>=2, but version 1 is installed.",
                "new 1 needs dep<1, but version 1 is installed."
            ]
        );
    }
}
