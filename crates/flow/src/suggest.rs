//! "Did you mean …?"

use crate::mend::Mend;
use crate::problem::{Problem, quoted};
use crate::yaml::Span;

/// Only the first problems of a flow get a suggestion: each looks at every name.
const MOST_PROBLEMS: usize = 10;
/// Longer names are hardly typed by hand.
const LONGEST: usize = 64;

/// The candidate most like a name that there isn't, if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suggestion<'a> {
    name: &'a str,
    near: Option<&'a str>,
}

impl<'a> Suggestion<'a> {
    /// `before` is how many problems the flow has already.
    pub(crate) fn of(
        name: &'a str,
        candidates: impl Iterator<Item = &'a str>,
        before: usize,
    ) -> Self {
        let near = (before < MOST_PROBLEMS).then(|| nearest(name, candidates));
        Self {
            name,
            near: near.flatten(),
        }
    }

    /// A sentence that names it, or nothing.
    pub(crate) fn sentence(self) -> String {
        self.near.map_or_else(String::new, |candidate| {
            format!(" Did you mean {}?", quoted(candidate))
        })
    }

    /// The problem, which is mended by taking the candidate; `within` holds the name.
    pub(crate) fn mends(self, problem: Problem, within: Span) -> Problem {
        problem.mended_by(self.near.map(|near| Mend::rename(within, self.name, near)))
    }

    /// [`Suggestion::mends`] for a name that stands in a reference, behind `${` and `prefix`.
    pub(crate) fn mends_reference(self, problem: Problem, prefix: &str) -> Problem {
        let within = problem.span;
        problem.mended_by(self.near.map(|near| Mend {
            old: format!("${{{prefix}{}", self.name),
            new: format!("${{{prefix}{near}"),
            ..Mend::rename(within, self.name, near)
        }))
    }
}

/// The candidate that `name` may be meant to be: the same but for case, or one or two typing errors away.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let most = if name.chars().count() < 4 { 1 } else { 2 };
    // Of a name as short as that, too little would be left.
    if name.chars().count() < 2 * most {
        return None;
    }
    let lower = name.to_lowercase();
    let near = candidates
        .filter(|candidate| {
            candidate.len() <= LONGEST && candidate.len().abs_diff(name.len()) <= most
        })
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min();
    near.map(|(_, candidate)| candidate)
}

/// How many characters to add, remove, replace or swap with their neighbour (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let [from, to] = [from, to].map(|text| text.chars().collect::<Vec<char>>());
    let (mut before, mut last) = (Vec::new(), (0..=to.len()).collect::<Vec<usize>>());
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1; to.len() + 1];
        for (j, b) in to.iter().enumerate() {
            let replaced = last[j] + usize::from(a != b);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            let is_swap = i > 0 && j > 0 && from[i - 1] == *b && to[j - 1] == *a;
            if is_swap {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{Suggestion, nearest};

    #[test]
    fn two_letters_that_changed_places_are_one_slip() {
        assert_eq!(
            nearest("falsk", ["dask", "flask"].into_iter()),
            Some("flask")
        );
        assert_eq!(nearest("abc", ["xbca"].into_iter()), None);
    }

    #[test]
    fn suggests_the_nearest_name() {
        let names = ["fetch", "fetched", "classify"];
        let suggestion = |name| Suggestion::of(name, names.into_iter(), 0).sentence();
        assert_eq!(suggestion("fetc"), " Did you mean 'fetch'?");
        assert_eq!(suggestion("clasify"), " Did you mean 'classify'?");
        assert_eq!(suggestion("summarise"), "");
        assert_eq!(suggestion("f"), "");
        assert_eq!(Suggestion::of("fetc", names.into_iter(), 10).sentence(), "");
    }

    #[test]
    fn case_is_no_typing_error() {
        let names = ["vCPUs", "memoryGB"];
        assert_eq!(nearest("vcpus", names.into_iter()), Some("vCPUs"));
        assert_eq!(nearest("MEMORY_GB", names.into_iter()), Some("memoryGB"));
        assert_eq!(nearest("disk", names.into_iter()), None);
    }
}
