//! What an install would change, and what differs from what is asked for.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr as _,
};

use flowdeck_contract::packages::{
    AskedBy, Difference, DifferenceKind, Origin, PackageView, PlanChange, PlanKind,
};
use pep508_rs::pep440_rs::Version;

use super::{Asked, PackageMove, fault};
use crate::engine::Inventory;

type Versions<'a> = BTreeMap<&'a str, &'a str>;

/// What becomes of each package of the session when a new environment is made of the base and `steps`; and how many of
/// them stay as they are.
pub fn changes(
    inventory: &Inventory,
    asked: &[Asked],
    steps: &[PackageMove],
) -> (Vec<PlanChange>, u32) {
    let now = now(inventory);
    let base = base(inventory);
    let after = applied(base.clone(), steps);
    let names: BTreeSet<&str> = now.keys().chain(after.keys()).copied().collect();
    let mut unchanged = 0;
    let changes = names.into_iter().filter_map(|name| {
        let (from, to) = (now.get(name).copied(), after.get(name).copied());
        let kind = kind(from, to)?;
        let asked_by = asked_by(asked, name);
        unchanged += u32::from(kind == PlanKind::Unchanged);
        (kind != PlanKind::Unchanged || asked_by.is_some()).then(|| PlanChange {
            name: name.to_owned(),
            kind,
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            in_base: base.get(name).map(|version| (*version).to_owned()),
            asked_by,
        })
    });
    (changes.collect(), unchanged)
}

/// What an install into the environment as it is would change, and what nothing asks for.
pub fn differences(
    inventory: &Inventory,
    asked: &[Asked],
    steps: &[PackageMove],
    packages: &[PackageView],
) -> Vec<Difference> {
    let (now, base) = (now(inventory), base(inventory));
    let after = applied(now.clone(), steps);
    let difference = |name: &str, kind, wanted: Option<&str>| Difference {
        name: name.to_owned(),
        kind,
        installed: now.get(name).map(|version| (*version).to_owned()),
        wanted: wanted.map(str::to_owned),
        asked_by: asked_by(asked, name),
    };
    let wanted = after.iter().filter_map(|(name, to)| {
        let kind = match now.get(name) {
            None => DifferenceKind::Missing,
            Some(from) if from == to => return None,
            Some(_) => DifferenceKind::OtherVersion,
        };
        Some(difference(name, kind, Some(to)))
    });
    let mut found: Vec<Difference> = wanted.collect();
    for package in packages {
        let name = package.name.as_str();
        let is_found = found.iter().any(|difference| difference.name == name);
        if is_found || asked_by(asked, name).is_some() {
            continue;
        }
        match (&package.origin, base.get(name)) {
            (Origin::ByHand, Some(version)) if *version != package.version => {
                found.push(difference(
                    name,
                    DifferenceKind::OtherVersion,
                    Some(version),
                ));
            }
            (Origin::ByHand | Origin::FormerRequirements, None) => {
                found.push(difference(name, DifferenceKind::NotAsked, None));
            }
            _ => {}
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn now(inventory: &Inventory) -> Versions<'_> {
    let packages = inventory.packages.iter();
    packages
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect()
}

fn base(inventory: &Inventory) -> Versions<'_> {
    let packages = inventory.base.iter();
    packages
        .map(|package| (package.name.as_str(), package.version.as_str()))
        .collect()
}

fn applied<'a>(mut packages: Versions<'a>, steps: &'a [PackageMove]) -> Versions<'a> {
    for step in steps.iter().filter(|step| !step.comes) {
        packages.remove(step.name.as_str());
    }
    for step in steps.iter().filter(|step| step.comes) {
        packages.insert(&step.name, &step.version);
    }
    packages
}

fn asked_by(asked: &[Asked], name: &str) -> Option<AskedBy> {
    fault::line_of(asked, name).cloned()
}

fn kind(from: Option<&str>, to: Option<&str>) -> Option<PlanKind> {
    Some(match (from, to) {
        (None, None) => return None,
        (None, Some(_)) => PlanKind::Added,
        (Some(_), None) => PlanKind::Removed,
        (Some(from), Some(to)) if from == to => PlanKind::Unchanged,
        (Some(from), Some(to)) => match (Version::from_str(from), Version::from_str(to)) {
            (Ok(from), Ok(to)) if from > to => PlanKind::Downgraded,
            (Ok(from), Ok(to)) if from == to => PlanKind::Unchanged,
            // A place has no version that could be compared.
            _ => PlanKind::Upgraded,
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::packages::{
        Lines, origins,
        samples::{facts, inventory},
    };

    fn come(package: &str) -> PackageMove {
        let (name, version) = package.split_once("==").unwrap();
        PackageMove {
            name: name.into(),
            version: version.into(),
            comes: true,
        }
    }

    #[test]
    fn a_plan_starts_from_the_base_and_tells_from_what_is_there_now() {
        let now = ["kept==1", "up==1", "down==1.10", "hand==1", "same==3"];
        let now = now.iter().map(|package| facts(package, &[])).collect();
        let inventory = inventory(&["kept==1", "up==1", "down==1.2"], now);
        let lines = Lines::of("up>=2\nsame\nnew\n");
        let steps = [come("up==2"), come("same==3"), come("new==1")];
        let (changes, unchanged) = changes(&inventory, &lines.asked, &steps);
        let seen: Vec<_> = changes
            .iter()
            .map(|change| (change.name.as_str(), change.kind, change.asked_by.is_some()))
            .collect();
        assert_eq!(
            seen,
            [
                ("down", PlanKind::Downgraded, false),
                ("hand", PlanKind::Removed, false),
                ("new", PlanKind::Added, true),
                ("same", PlanKind::Unchanged, true),
                ("up", PlanKind::Upgraded, true),
            ]
        );
        assert_eq!(unchanged, 2, "kept and same");
        assert_eq!(changes[4].in_base.as_deref(), Some("1"));
    }

    #[test]
    fn what_nothing_asks_for_is_a_difference() {
        let mut packages: Vec<_> = ["base==1", "old==1", "former==1", "hand==1"]
            .iter()
            .map(|package| facts(package, &[]))
            .collect();
        packages[0].by_hand = true;
        packages[3].by_hand = true;
        let inventory = inventory(&["base==2"], packages);
        let lines = Lines::of("old>1\nmissing");
        let steps = [come("old==2"), come("missing==1")];
        let views = origins(&inventory, &lines.asked);
        let seen: Vec<_> = differences(&inventory, &lines.asked, &steps, &views)
            .into_iter()
            .map(|d| (d.name, d.kind, d.installed, d.wanted))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            seen,
            [
                (
                    "base".to_owned(),
                    DifferenceKind::OtherVersion,
                    some("1"),
                    some("2")
                ),
                (
                    "former".to_owned(),
                    DifferenceKind::NotAsked,
                    some("1"),
                    None
                ),
                ("hand".to_owned(), DifferenceKind::NotAsked, some("1"), None),
                (
                    "missing".to_owned(),
                    DifferenceKind::Missing,
                    None,
                    some("1")
                ),
                (
                    "old".to_owned(),
                    DifferenceKind::OtherVersion,
                    some("1"),
                    some("2")
                ),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_plan_backwards_is_its_opposite(from in version(), to in version()) {
            let (there, back) = (kind(from.as_deref(), to.as_deref()), kind(to.as_deref(), from.as_deref()));
            let opposite = there.map(|kind| match kind {
                PlanKind::Added => PlanKind::Removed,
                PlanKind::Removed => PlanKind::Added,
                PlanKind::Upgraded => PlanKind::Downgraded,
                PlanKind::Downgraded => PlanKind::Upgraded,
                PlanKind::Unchanged => PlanKind::Unchanged,
            });
            prop_assert_eq!(back, opposite);
        }

        #[test]
        fn what_is_told_leads_from_what_is_there_to_what_will_be(
            now in set(), base in set(), steps in set(),
        ) {
            let texts = |set: &BTreeMap<String, String>| -> Vec<String> {
                set.iter().map(|(name, version)| format!("{name}=={version}")).collect()
            };
            let (base_texts, now_texts) = (texts(&base), texts(&now));
            let inventory = inventory(
                &base_texts.iter().map(String::as_str).collect::<Vec<_>>(),
                now_texts.iter().map(|text| facts(text, &[])).collect(),
            );
            let coming: Vec<PackageMove> = texts(&steps).iter().map(|text| come(text)).collect();
            let (changes, unchanged) = changes(&inventory, &[], &coming);
            let mut after = now.clone();
            for change in &changes {
                after.remove(&change.name);
                after.extend(change.to.clone().map(|to| (change.name.clone(), to)));
            }
            let expected: BTreeMap<String, String> = base.into_iter().chain(steps).collect();
            prop_assert_eq!(unchanged as usize + changes.iter().filter(|change| change.to.is_some()).count(), expected.len());
            prop_assert_eq!(after, expected);
        }
    }

    fn version() -> impl Strategy<Value = Option<String>> {
        proptest::option::of("[0-3](\\.[0-3]){0,2}(rc[0-2])?")
    }

    fn set() -> impl Strategy<Value = BTreeMap<String, String>> {
        prop::collection::btree_map("[a-d]", "[1-3]", 0..4)
    }
}
