//! What to know of an install before it begins: where it goes back behind the base, and what it passes over.

use std::{collections::BTreeMap, str::FromStr as _};

use flowdeck_access::requirements::RequirementSet;
use flowdeck_contract::packages::{PlanChange, PlanWarning};
use flowdeck_flow::{LineKind, RUNTIME_PACKAGES};
use pep508_rs::{Requirement, VerbatimUrl, pep440_rs::Version};

use super::{Lines, fault, verify};
use crate::engine::Inventory;

/// More packages that need a version are not named.
const SHOWN: usize = 3;

/// Packages of the base that would go, or come at an earlier version, with what needs them as they are.
///
/// And what `passed_over` says of the runtime's packages: the install keeps the base's versions instead.
pub fn warnings(
    inventory: &Inventory,
    lines: &Lines,
    changes: &[PlanChange],
    passed_over: Option<&RequirementSet>,
) -> Vec<PlanWarning> {
    let earlier = changes.iter().filter_map(|change| {
        let base = change.in_base.as_deref()?;
        let what = match change.to.as_deref() {
            Some(to) if is_earlier(to, base) => format!("{to} replaces {base}"),
            None => format!("{base} is removed"),
            Some(_) => return None,
        };
        let needing = needing(inventory, &change.name, change.to.as_deref());
        let message = format!("{}: {what} of the base packages.{needing}", change.name);
        let asked_by = fault::line_of(&lines.asked, &change.name).cloned();
        Some(PlanWarning { message, asked_by })
    });
    let kept = passed_over.map(kept).unwrap_or_default();
    kept.into_iter().chain(earlier).collect()
}

fn kept(asked: &RequirementSet) -> Vec<PlanWarning> {
    let kept = asked.lines().filter_map(|(file, line)| {
        let LineKind::Named { name } = &line.kind else {
            return None;
        };
        let is_runtime = RUNTIME_PACKAGES.iter().any(|(runtime, _)| runtime == name);
        let asked_by = file.asked_by(line.line);
        let asks = flowdeck_flow::keeping_base(&line.text).is_some();
        (is_runtime && asks).then(|| PlanWarning {
            message: format!("{name}: the base’s version is kept."),
            asked_by: Some(asked_by),
        })
    });
    kept.collect()
}

/// The packages that need another version, as a sentence.
fn needing(inventory: &Inventory, name: &str, to: Option<&str>) -> String {
    let base: BTreeMap<&str, &str> = inventory
        .base
        .iter()
        .map(|package| (&*package.name, &*package.version))
        .collect();
    let of_base = inventory
        .packages
        .iter()
        .filter(|package| base.get(&*package.name) == Some(&&*package.version));
    let needing = of_base.filter_map(|package| {
        let needs = package.requires.iter().find_map(|text| {
            let requirement = Requirement::<VerbatimUrl>::from_str(text).ok()?;
            let applies = requirement.name.to_string() == name
                && requirement.evaluate_markers(&inventory.markers, &[]);
            let met = to.is_some_and(|to| verify::allows(&requirement, to));
            (applies && !met).then_some(requirement)
        })?;
        let versions = needs.version_or_url.map(|versions| versions.to_string());
        let versions = versions.unwrap_or_default();
        Some(
            format!("{} needs {name} {versions}", package.name)
                .trim_end()
                .to_owned(),
        )
    });
    let all: Vec<String> = needing.collect();
    match all.len() {
        0 => String::new(),
        count => {
            let more = match count.saturating_sub(SHOWN) {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            format!(" {}{more}.", all[..count.min(SHOWN)].join(", "))
        }
    }
}

fn is_earlier(to: &str, base: &str) -> bool {
    match (Version::from_str(to), Version::from_str(base)) {
        (Ok(to), Ok(base)) => to < base,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::{
        PackageMove, changes,
        samples::{facts, inventory},
    };

    #[test]
    fn earlier_packages_of_the_base_are_told_with_what_needs_them() {
        let now = vec![
            facts("openai==1.5", &[]),
            facts("promptflow-tools==1.6", &["openai>=1,<2", "numpy"]),
            facts("numpy==2.0", &[]),
        ];
        let inventory = inventory(&["openai==1.5", "promptflow-tools==1.6", "numpy==2.0"], now);
        let lines = Lines::of("openai==0.28\nnumpy==2.1\n");
        let come = |name: &str, version: &str| PackageMove {
            name: name.into(),
            version: version.into(),
            comes: true,
        };
        let steps = [come("openai", "0.28"), come("numpy", "2.1")];
        let (changes, _) = changes(&inventory, &lines.asked, &steps);
        let told = warnings(&inventory, &lines, &changes, None);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            told[0].message,
            "openai: 0.28 replaces 1.5 of the base packages. promptflow-tools needs openai >=1, <2."
        );
        assert_eq!(told[0].asked_by.as_ref().map(|line| line.line), Some(1));
    }
}
