//! Which of the splitter's modules are joined into one file.
//!
//! The splitter makes a module for every set of parts that share code: many, and most of them tiny. Each file costs a
//! request, and each module in a file that a visit does not need costs its bytes. Here pairs of files are joined as long
//! as that makes the visits below cheaper together, and then until each asks for no more files than it may.

use std::collections::{BTreeMap, BTreeSet};

/// What a further request costs, as bytes of code as the splitter leaves it; some 3 KB in the end.
const REQUEST: u64 = 12_000;

/// The parts that the app is joined with, each with one, for browsers that have nothing of it yet.
pub(super) const ENTRIES: [&str; 7] = [
    "connection",
    "connections",
    "flow",
    "flows",
    "one_session",
    "sessions",
    "upgrade",
];

/// The part whose files hold nothing else, as what it needs is most.
const LEANEST: &str = "flow";

/// What people open.
struct Visit {
    /// How much it counts.
    weight: u64,
    /// The part whose files are there already.
    after: Option<&'static str>,
    /// The parts that are loaded for it.
    parts: &'static [&'static str],
    /// How many files these may be in.
    most: usize,
}

const fn visit(weight: u64, parts: &'static [&'static str], most: usize) -> Visit {
    Visit {
        weight,
        after: None,
        parts,
        most,
    }
}

/// A visit of something on the page of a flow.
const fn on_flow(weight: u64, parts: &'static [&'static str], most: usize) -> Visit {
    Visit {
        after: Some("flow"),
        ..visit(weight, parts, most)
    }
}

/// How many files a page may ask for is what its own document, style sheet, script and module, and its calls of the API,
/// leave of what `tests/e2e/specs/first-load.spec.ts` allows. An entry is one file.
const VISITS: [Visit; 20] = [
    visit(12, &["flows"], 9),
    visit(2, &["flows", "flow_dialogs"], 9),
    visit(12, &["flow"], 9),
    on_flow(6, &["run"], 4),
    on_flow(6, &["session"], 5),
    // Its files hold hardly anything else: it has the code editor to load besides.
    on_flow(150, &["raw"], 3),
    on_flow(6, &["raw", "dock"], 8),
    on_flow(4, &["needs"], 6),
    on_flow(4, &["node_service"], 6),
    on_flow(6, &["chat"], 6),
    on_flow(2, &["wizard"], 6),
    on_flow(2, &["packages"], 6),
    visit(8, &["sessions"], 9),
    visit(16, &["one_session"], 9),
    visit(6, &["upgrade"], 9),
    visit(1, &["upgrade", "upgrade_review"], 8),
    visit(4, &["connections"], 9),
    visit(2, &["connections", "connection_forms"], 9),
    visit(8, &["connection"], 9),
    visit(6, &["sign_in"], 4),
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

    fn is_loaded_by(&self, visit: &Opened) -> bool {
        let is_there = visit
            .after
            .as_ref()
            .is_some_and(|part| self.needed_by.contains(part));
        !is_there && !self.needed_by.is_disjoint(&visit.parts)
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
pub(super) fn join(groups: Vec<Group>) -> Vec<Group> {
    let opened = opened(&groups);
    let mut groups = loaded_together(groups, &opened);
    let mut loads: Vec<Vec<bool>> = groups
        .iter()
        .map(|group| visits_of(group, &opened))
        .collect();
    while let Some((one, other)) = cheapest(&groups, &loads, &opened) {
        let joined = groups[one].joined(&groups[other]);
        // The greater index first: the other keeps its place.
        groups.remove(one.max(other));
        loads.remove(one.max(other));
        loads[one.min(other)] = visits_of(&joined, &opened);
        groups[one.min(other)] = joined;
    }
    groups
}

/// Whether each visit loads `group`.
fn visits_of(group: &Group, opened: &[Opened]) -> Vec<bool> {
    opened
        .iter()
        .map(|visit| group.is_loaded_by(visit))
        .collect()
}

/// A visit with what is known of it.
struct Opened {
    weight: u64,
    after: Option<String>,
    parts: BTreeSet<String>,
    most: usize,
}

/// The visits above, and one of each part that is not in them.
fn opened(groups: &[Group]) -> Vec<Opened> {
    let named = VISITS.iter().map(|visit| Opened {
        weight: visit.weight,
        after: visit.after.map(str::to_owned),
        parts: owned(visit.parts),
        most: visit.most,
    });
    let known: BTreeSet<&String> = groups.iter().flat_map(|group| &group.needed_by).collect();
    let is_visited = |part: &str| VISITS.iter().any(|visit| visit.parts.contains(&part));
    let others = known.into_iter().filter(|part| !is_visited(part));
    let others = others.map(|part| Opened {
        weight: 1,
        after: None,
        parts: owned(&[part]),
        most: usize::MAX,
    });
    named.chain(others).collect()
}

fn owned(parts: &[&str]) -> BTreeSet<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

/// Joins what the very same visits load, which costs none of them anything.
fn loaded_together(groups: Vec<Group>, opened: &[Opened]) -> Vec<Group> {
    let mut together: BTreeMap<Vec<bool>, Group> = BTreeMap::new();
    for group in groups {
        let loads = visits_of(&group, opened);
        let joined = together.get(&loads).map(|other| other.joined(&group));
        together.insert(loads, joined.unwrap_or(group));
    }
    together.into_values().collect()
}

/// The pair whose joining saves most, where any saves something; else the pair whose joining costs least of those that a
/// visit loads that asks for too many files. `None` when all is well.
fn cheapest(groups: &[Group], loads: &[Vec<bool>], opened: &[Opened]) -> Option<(usize, usize)> {
    let saved = |one: usize, other: usize| -> i128 {
        let each = opened.iter().enumerate().map(|(number, visit)| {
            let saved = match (loads[one][number], loads[other][number]) {
                (true, true) => i128::from(REQUEST),
                (true, false) => -i128::from(groups[other].bytes),
                (false, true) => -i128::from(groups[one].bytes),
                (false, false) => 0,
            };
            saved * i128::from(visit.weight)
        });
        each.sum()
    };
    let has_too_many: Vec<usize> = (0..opened.len())
        .filter(|number| {
            let files = loads.iter().filter(|loads| loads[*number]).count();
            files > opened[*number].most
        })
        .collect();
    let helps = |one: usize, other: usize| {
        let loads_both = |number: &usize| loads[one][*number] && loads[other][*number];
        has_too_many.iter().any(loads_both)
    };
    // The page of a flow is to be as small as can be: nothing that it doesn't need comes into its files.
    let is_of_flow: Vec<bool> = groups
        .iter()
        .map(|group| group.needed_by.contains(LEANEST))
        .collect();
    let pairs =
        (0..groups.len()).flat_map(|one| (one + 1..groups.len()).map(move |two| (one, two)));
    let priced: Vec<_> = pairs
        .filter(|(one, other)| is_of_flow[*one] == is_of_flow[*other])
        .map(|(one, other)| (saved(one, other), one, other))
        .collect();
    let best = |is_asked: &dyn Fn(&(i128, usize, usize)) -> bool| {
        let asked = priced.iter().filter(|pair| is_asked(pair));
        asked.max_by_key(|(saved, one, other)| (*saved, usize::MAX - one, usize::MAX - other))
    };
    best(&|(saved, ..)| *saved > 0)
        .or_else(|| best(&|(_, one, other)| helps(*one, *other)))
        .map(|(_, one, other)| (*one, *other))
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
    fn no_visit_asks_for_more_files_than_it_may() {
        let names = ["flows", "sessions", "upgrade", "raw"];
        // One module for each set of parts.
        let sets: Vec<String> = (1..16u32).map(|set| format!("{set:04b}")).collect();
        let needs = |part: usize| {
            let needed = sets.iter().filter(|set| set.as_bytes()[part] == b'1');
            needed.map(String::as_str).collect::<Vec<_>>()
        };
        let needed: Vec<Vec<&str>> = (0..4).map(needs).collect();
        let all: Vec<(&str, &[&str])> = names
            .iter()
            .zip(&needed)
            .map(|(name, needed)| (*name, needed.as_slice()))
            .collect();
        let groups = join(apart(&parts(&all), |_| 9_000_000));
        for name in names {
            let visit = VISITS.iter().find(|visit| visit.parts == [name]);
            let loaded = groups
                .iter()
                .filter(|group| group.needed_by.contains(name))
                .filter(|group| name != "raw" || !group.needed_by.contains("flow"))
                .count();
            assert!(loaded <= visit.unwrap().most, "{name}: {groups:?}");
        }
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
