//! Which of the splitter's modules are joined into one file.
//!
//! The splitter makes a module for every set of parts that share code: many, and most of them tiny. Each file costs a
//! request, and each module in a file that a visit does not need costs its bytes. Here pairs of files are joined as long
//! as that makes the visits below cheaper together.

use std::collections::{BTreeMap, BTreeSet};

/// What a further request costs, as bytes of a module as the splitter leaves it, names and all; some 8 KB in the end.
const REQUEST: u64 = 80_000;

/// What people open, as the parts that are loaded for it, and how much it counts. Every part is opened by itself as well.
const VISITS: [(u64, &[&str]); 9] = [
    (8, &["flows"]),
    (6, &["run"]),
    (6, &["session"]),
    (6, &["raw"]),
    (6, &["sessions"]),
    (3, &["upgrade"]),
    (3, &["sign_in"]),
    (2, &["wizard"]),
    (2, &["packages"]),
];

/// What the splitter names the module of one part after, besides the part.
const OWN: &str = "split_";

/// A file: the modules in it, and the parts that need one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The stems of its modules.
    pub(super) modules: Vec<String>,
    /// The parts that load it.
    pub(super) needed_by: BTreeSet<String>,
    bytes: u64,
}

impl Group {
    /// After the parts that have a module of their own in it, else after how many share it.
    pub(super) fn name(&self) -> String {
        let own: Vec<&str> = self
            .modules
            .iter()
            .filter_map(|module| module.strip_prefix(OWN))
            .collect();
        if own.is_empty() {
            return format!("shared_by_{}", self.needed_by.len());
        }
        own.join("_")
    }

    fn joined(&self, other: &Self) -> Self {
        Self {
            modules: [&self.modules[..], &other.modules[..]].concat(),
            needed_by: &self.needed_by | &other.needed_by,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Every module by itself: the fewest bytes, the most requests.
pub(super) fn apart(
    parts: &BTreeMap<String, Vec<String>>,
    bytes: impl Fn(&str) -> u64,
) -> Vec<Group> {
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (part, modules) in parts {
        for module in modules {
            groups.entry(module).or_default().insert(part.clone());
        }
    }
    let group = |(module, needed_by): (&str, BTreeSet<String>)| Group {
        modules: vec![module.to_owned()],
        needed_by,
        bytes: bytes(module),
    };
    groups.into_iter().map(group).collect()
}

/// Joins what is cheaper together.
pub(super) fn join(mut groups: Vec<Group>) -> Vec<Group> {
    let visits = visits(&groups);
    while let Some((one, other)) = best(&groups, &visits) {
        let joined = groups[one].joined(&groups[other]);
        // The greater index first: the other keeps its place.
        groups.remove(one.max(other));
        groups[one.min(other)] = joined;
    }
    groups
}

type Visit = (u64, BTreeSet<String>);

fn visits(groups: &[Group]) -> Vec<Visit> {
    let known: BTreeSet<&String> = groups.iter().flat_map(|group| &group.needed_by).collect();
    let alone = known
        .iter()
        .map(|part| (1, BTreeSet::from([(*part).clone()])));
    let named = VISITS.iter().map(|(weight, parts)| {
        let parts = parts.iter().map(|part| (*part).to_owned());
        (*weight, parts.collect())
    });
    named.chain(alone).collect()
}

/// The pair whose joining saves most; `None` when none saves anything.
fn best(groups: &[Group], visits: &[Visit]) -> Option<(usize, usize)> {
    let loads: Vec<Vec<bool>> = groups
        .iter()
        .map(|group| {
            let loads = |(_, parts): &Visit| !group.needed_by.is_disjoint(parts);
            visits.iter().map(loads).collect()
        })
        .collect();
    let saved = |one: usize, other: usize| -> i128 {
        let each = visits.iter().enumerate().map(|(visit, (weight, _))| {
            let saved = match (loads[one][visit], loads[other][visit]) {
                (true, true) => i128::from(REQUEST),
                (true, false) => -i128::from(groups[other].bytes),
                (false, true) => -i128::from(groups[one].bytes),
                (false, false) => 0,
            };
            saved * i128::from(*weight)
        });
        each.sum()
    };
    let pairs =
        (0..groups.len()).flat_map(|one| (one + 1..groups.len()).map(move |two| (one, two)));
    pairs
        .map(|(one, other)| (saved(one, other), one, other))
        .filter(|(saved, ..)| *saved > 0)
        .max_by_key(|(saved, one, other)| (*saved, usize::MAX - one, usize::MAX - other))
        .map(|(_, one, other)| (one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(all: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        let owned = |(part, modules): &(&str, &[&str])| {
            let modules = modules.iter().map(|module| (*module).to_owned());
            ((*part).to_owned(), modules.collect())
        };
        all.iter().map(owned).collect()
    }

    fn files(
        parts: &BTreeMap<String, Vec<String>>,
        bytes: impl Fn(&str) -> u64,
    ) -> Vec<Vec<String>> {
        let mut files: Vec<Vec<String>> = join(apart(parts, bytes))
            .into_iter()
            .map(|group| {
                let mut modules = group.modules;
                modules.sort_unstable();
                modules
            })
            .collect();
        files.sort_unstable();
        files
    }

    #[test]
    fn what_a_page_needs_alone_comes_in_one_file() {
        let parts = parts(&[("flows", &["own", "a", "b"]), ("sessions", &["other"])]);
        assert_eq!(
            files(&parts, |_| 900_000),
            [vec!["a", "b", "own"], vec!["other"]]
        );
    }

    #[test]
    fn what_is_small_is_joined_though_some_do_not_need_all_of_it() {
        let parts = parts(&[
            ("flows", &["a", "tiny1", "tiny2"]),
            ("sessions", &["b", "tiny1"]),
            ("upgrade", &["c", "tiny2"]),
        ]);
        let bytes = |module: &str| if module.len() > 1 { 200 } else { 900_000 };
        assert_eq!(
            files(&parts, bytes),
            [vec!["a"], vec!["b"], vec!["c"], vec!["tiny1", "tiny2"]]
        );
    }

    #[test]
    fn every_module_is_in_one_file_and_all_that_need_it_load_it() {
        let parts = parts(&[
            ("flow", &["f", "x", "y"]),
            ("raw", &["r", "x", "z"]),
            ("wizard", &["w", "y", "z"]),
        ]);
        let groups = join(apart(&parts, |module| module.len() as u64 * 300_000));
        for (part, modules) in &parts {
            for module in modules {
                let holding: Vec<&Group> = groups
                    .iter()
                    .filter(|group| group.modules.contains(module))
                    .collect();
                assert_eq!(holding.len(), 1);
                assert!(holding[0].needed_by.contains(part));
            }
        }
    }
}
