//! The order in which flows are listed.

use std::cmp::Ordering;

use alphanumeric_sort::compare_str;
use flowdeck_contract::flows::FlowSummary;

/// By name, as a person sorts: numbers by their value, letters whatever their case. Flows of the same name go by folder.
pub(super) fn by_name(one: &FlowSummary, other: &FlowSummary) -> Ordering {
    as_sorted(
        (&one.name, one.id.as_str()),
        (&other.name, other.id.as_str()),
    )
}

/// The same for a name and a folder.
fn as_sorted(one: (&str, &str), other: (&str, &str)) -> Ordering {
    compare_str(one.0.to_lowercase(), other.0.to_lowercase())
        .then_with(|| compare_str(one.1, other.1))
        .then_with(|| one.cmp(&other))
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
        names.sort_by(|one, other| as_sorted((one, ""), (other, "")));
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
            let pair = |at: usize| (names[at].0.as_str(), names[at].1.as_str());
            let (a, b, c) = (pair(0), pair(1), pair(2));
            prop_assert_eq!(as_sorted(a, b), as_sorted(b, a).reverse());
            prop_assert_eq!(as_sorted(a, b) == Ordering::Equal, a == b);
            if as_sorted(a, b).is_le() && as_sorted(b, c).is_le() {
                prop_assert!(as_sorted(a, c).is_le());
            }
        }
    }
}
