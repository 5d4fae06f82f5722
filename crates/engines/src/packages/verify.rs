//! Whether each requirement is at a version that it allows.

use std::str::FromStr as _;

use flowdeck_access::requirements::RequirementSet;
use flowdeck_flow::{LineKind, hashed_packages};
use pep508_rs::{Requirement, VerbatimUrl, VersionOrUrl, pep440_rs::Version};

use flowdeck_contract::codes;

use super::{Asked, PackageMove};
use crate::engine::{EngineError, Inventory, PackageFacts};

/// The first line whose package is not installed at a version that it allows, as what an install fails with.
pub fn unsatisfied(inventory: &Inventory, asked: &[Asked]) -> Option<EngineError> {
    let applying = asked
        .iter()
        .filter(|asked| asked.applies(&inventory.markers));
    let mut wrong = applying.filter_map(|asked| {
        // A path or an address without a name: what it brings is not known here.
        let name = asked.name.as_ref()?;
        let package = inventory
            .packages
            .iter()
            .find(|package| package.name == *name);
        match package {
            Some(package) if is_satisfied(asked, package) => None,
            package => Some((asked, package)),
        }
    });
    let (asked, package) = wrong.next()?;
    let is = package.map_or("it isn’t installed".to_owned(), |package| {
        format!("version {} is installed", package.version)
    });
    let text = &asked.asked_by.text;
    let message = format!("uv finished, but ‘{text}’ isn’t satisfied: {is}.");
    let error = EngineError::new(codes::REQUIREMENT_NOT_SATISFIED, message)
        .with_remedy("Choose a version that the package index has, then install again.");
    Some(error.about(asked.name.clone()))
}

/// The first package that an install would fetch without a hash, where one line has a hash. What the base has needs none.
pub fn unhashed(set: &RequirementSet, steps: &[PackageMove]) -> Option<EngineError> {
    let hashed = hashed_packages(set.files().iter().map(|file| &*file.text))?;
    let is_located = |name: &str| {
        // A hash in an address is checked by the installer.
        set.lines().any(|(_, line)| match &line.kind {
            LineKind::Named { name: named } => named == name && line.text.contains('@'),
            LineKind::Located { .. } => true,
            _ => false,
        })
    };
    let mut coming = steps.iter().filter(|step| step.comes);
    let lacking = coming.find(|step| !hashed.contains(&step.name) && !is_located(&step.name))?;
    let PackageMove { name, version, .. } = lacking;
    let message = format!(
        "The requirements need {name} {version}, which no line lists with a hash. One line has a hash, so every package that is installed needs one."
    );
    let error = EngineError::new(codes::REQUIREMENT_HASH_MISSING, message).with_remedy(format!(
        "Add {name}=={version} with its --hash, or remove all hashes."
    ));
    Some(error.about([name.clone()]))
}

/// Whether a package is what a line asks for.
pub(super) fn is_satisfied(asked: &Asked, package: &PackageFacts) -> bool {
    let allows = |requirement: &Requirement<VerbatimUrl>| allows(requirement, &package.version);
    asked.is_for(package) && asked.requirement.as_ref().is_none_or(allows)
}

/// Whether a requirement allows a version. A version that cannot be read is one that only a place can ask for.
pub(super) fn allows(requirement: &Requirement<VerbatimUrl>, version: &str) -> bool {
    match &requirement.version_or_url {
        Some(VersionOrUrl::VersionSpecifier(versions)) => {
            Version::from_str(version).is_ok_and(|version| versions.contains(&version))
        }
        Some(VersionOrUrl::Url(_)) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{
        Lines,
        samples::{facts, inventory},
        steps,
    };

    #[test]
    fn success_means_that_every_line_is_satisfied() {
        let inventory = inventory(&[], vec![facts("alpha==1.5", &[]), facts("beta==2", &[])]);
        let check = |text: &str| unsatisfied(&inventory, &Lines::of(text).asked);
        for fine in [
            "alpha",
            "alpha>=1,<2\nbeta~=2.0",
            "gamma; python_version < '3'",
            "alpha[x] @ https://h/alpha.whl",
            "./local",
            "alpha===1.5",
        ] {
            assert_eq!(check(fine), None, "{fine}");
        }
        for (wrong, said) in [
            ("alpha<1.5", "version 1.5 is installed"),
            ("beta\ngamma", "‘gamma’ isn’t satisfied: it isn’t installed"),
        ] {
            let error = check(wrong).unwrap();
            assert_eq!(error.failure.code, "RequirementNotSatisfied");
            assert!(error.failure.message.contains(said), "{error}");
        }
    }

    #[test]
    fn what_would_be_fetched_without_a_hash_is_named_where_one_line_has_a_hash() {
        let folder = tempfile::tempdir().unwrap();
        let told = |text: &str, lines: &[&str]| {
            let path = "requirements.txt";
            let set = RequirementSet::with_text(folder.path(), path, text.to_owned()).unwrap();
            let printed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let error = unhashed(&set, &steps(&printed));
            error.map(|error| (error.failure.code, error.failure.remedy.unwrap_or_default()))
        };
        let alpha = format!("alpha==1 --hash=sha256:{}\n", "0".repeat(64));
        let coming = [" + alpha==1", " + beta==2"];
        let (code, remedy) = told(&alpha, &coming).unwrap();
        assert_eq!(code, "RequirementHashMissing");
        assert!(remedy.contains("beta==2"), "{remedy}");
        let both = format!("{alpha}beta==2 --hash=sha256:{}\n", "1".repeat(64));
        assert_eq!(told(&both, &coming), None);
        // Without hashes none is needed, and what goes or is there needs none.
        assert_eq!(told("alpha==1\n", &coming), None);
        assert_eq!(told(&alpha, &[" + alpha==1", " - beta==2"]), None);
        let located = format!("{alpha}beta @ https://h/beta-2.tar.gz#sha256=1\n");
        assert_eq!(told(&located, &coming), None);
    }
}
