//! Names of packages that are known here.

use std::collections::BTreeSet;

use crate::environment::base::LOCK;

/// Packages that flows often ask for.
const WIDELY_USED: &str = include_str!("widely_used.txt");

/// Those that the base holds, and those that are widely used; normalised.
pub fn known_names() -> BTreeSet<String> {
    let base = LOCK.lines().filter_map(|line| {
        let (name, _) = line.split_once("==")?;
        let is_name = !name.starts_with([' ', '#', '-']);
        is_name.then(|| flowdeck_flow::normalised_name(name.trim()))
    });
    base.chain(WIDELY_USED.lines().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_base_and_of_the_list_are_whole_and_normalised() {
        let names = known_names();
        for name in ["promptflow-core", "requests", "numpy"] {
            assert!(names.contains(name), "{name}");
        }
        for name in &names {
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(name.chars().all(is_name), "{name}");
            assert_eq!(flowdeck_flow::normalised_name(name), *name);
        }
    }
}
