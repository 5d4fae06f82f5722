//! The order in which flows are listed.

use std::cmp::Ordering;

use alphanumeric_sort::compare_str;
use flowdeck_contract::flows::FlowSummary;

/// What a flow is listed by: its name, as a person sorts (numbers by their value, letters whatever their case), then its
/// folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ByName {
    small: String,
    folder: String,
    name: String,
}

impl ByName {
    pub(super) fn of(flow: &FlowSummary) -> Self {
        Self::new(&flow.name, flow.id.as_str())
    }

    fn new(name: &str, folder: &str) -> Self {
        Self {
            small: name.to_lowercase(),
            folder: folder.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl Ord for ByName {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_str(&self.small, &other.small)
            .then_with(|| compare_str(&self.folder, &other.folder))
            .then_with(|| (&self.name, &self.folder).cmp(&(&other.name, &other.folder)))
    }
}

impl PartialOrd for ByName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_go_by_their_value_and_letters_whatever_their_case() {
        let mut names = [
            "flow 19", "Flow 2", "flow 100", "answer", "Zebra", "2 flows", "flow 02",
        ];
        names.sort_by_cached_key(|name| ByName::new(name, ""));
        assert_eq!(
            names,
            [
                "2 flows", "answer", "Flow 2", "flow 02", "flow 19", "flow 100", "Zebra"
            ]
        );
    }

    proptest! {
        /// What a sort relies on; it panics where an order contradicts itself.
        #[test]
        fn it_is_an_order(names in prop::collection::vec(("[0-9a-bA-B .é٣一-]{0,6}", "[0a/]{0,3}"), 3)) {
            let key = |at: usize| ByName::new(&names[at].0, &names[at].1);
            let (a, b, c) = (key(0), key(1), key(2));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }
    }
}
