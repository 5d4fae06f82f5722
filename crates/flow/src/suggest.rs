//! "Did you mean …?"

use crate::problem::quoted;

/// Only the first problems of a flow get a suggestion: each looks at every name.
const MOST_PROBLEMS: usize = 10;
/// Longer names are hardly typed by hand.
const LONGEST: usize = 64;

/// A sentence that names the candidate most like `name`, or nothing. `before` is how many
/// problems the flow has already.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
    before: usize,
) -> String {
    if before >= MOST_PROBLEMS || name.len() > LONGEST {
        return String::new();
    }
    let most = if name.chars().count() < 4 { 1 } else { 2 };
    // Of a name as short as that, too little would be left.
    if name.chars().count() < 2 * most {
        return String::new();
    }
    let near = candidates
        .filter(|candidate| {
            candidate.len() <= LONGEST && candidate.len().abs_diff(name.len()) <= most
        })
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min();
    near.map_or_else(String::new, |(_, candidate)| {
        format!(" Did you mean {}?", quoted(candidate))
    })
}

/// Levenshtein's: how many characters to add, remove or replace.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn suggests_the_nearest_name() {
        let names = ["fetch", "fetched", "classify"];
        let suggestion = |name| did_you_mean(name, names.into_iter(), 0);
        assert_eq!(suggestion("fetc"), " Did you mean 'fetch'?");
        assert_eq!(suggestion("clasify"), " Did you mean 'classify'?");
        assert_eq!(suggestion("summarise"), "");
        assert_eq!(suggestion("f"), "");
        assert_eq!(did_you_mean("fetc", names.into_iter(), 10), "");
    }
}
