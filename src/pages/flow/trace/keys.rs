//! Where a key leads in the tree of rows, by the WAI-ARIA Authoring Practices for tree grids. Pure.

use std::collections::BTreeSet;

use super::tree::Row;
use crate::routes::CallPath;

/// What a key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// The focus goes to the row in this place.
    Focus(usize),
    /// The row is folded, or unfolded.
    Fold,
    /// Its details are shown.
    Open,
    Nothing,
}

/// What a key does at the row in place `at` of those that can be seen; `None` where the key isn't the tree's.
pub(super) fn step(
    rows: &[Row],
    folded: &BTreeSet<CallPath>,
    at: usize,
    key: &str,
) -> Option<Move> {
    let row = rows.get(at)?;
    let last = rows.len().saturating_sub(1);
    let is_open = row.is_open(folded);
    Some(match key {
        "ArrowDown" => Move::Focus((at + 1).min(last)),
        "ArrowUp" => Move::Focus(at.saturating_sub(1)),
        "Home" => Move::Focus(0),
        "End" => Move::Focus(last),
        "PageDown" => Move::Focus((at + 10).min(last)),
        "PageUp" => Move::Focus(at.saturating_sub(10)),
        "ArrowRight" if row.children == 0 => Move::Nothing,
        "ArrowRight" if is_open => Move::Focus((at + 1).min(last)),
        "ArrowRight" => Move::Fold,
        "ArrowLeft" if is_open => Move::Fold,
        "ArrowLeft" => {
            let parent = row.path.parent();
            let place = rows
                .iter()
                .position(|other| Some(&other.path) == parent.as_ref());
            place.map_or(Move::Nothing, Move::Focus)
        }
        "Enter" | " " => Move::Open,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::pages::flow::trace::tree::Tree;

    #[test]
    fn arrows_move_fold_and_lead_to_the_row_around() {
        let run = serde_json::from_value(json!({
            "summary": {"id": "r", "number": 1, "state": "completed", "started": 0, "ended": 9},
            "sessionId": "s", "inputs": {}, "nodes": [
                {"name": "a", "state": "completed", "calls": [{"name": "x", "kind": "LLM"}]},
                {"name": "b", "state": "completed"},
            ],
        }));
        let tree = Tree::new(Arc::new(run.unwrap()));
        let mut folded = BTreeSet::new();
        let rows = tree.visible(&folded);
        let at = |folded: &_, at, key| step(&rows, folded, at, key);
        assert_eq!(at(&folded, 0, "ArrowRight"), Some(Move::Focus(1)));
        assert_eq!(at(&folded, 1, "ArrowRight"), Some(Move::Nothing));
        assert_eq!(at(&folded, 1, "ArrowLeft"), Some(Move::Focus(0)));
        assert_eq!(at(&folded, 0, "ArrowLeft"), Some(Move::Fold));
        assert_eq!(at(&folded, 2, "ArrowLeft"), Some(Move::Nothing));
        assert_eq!(at(&folded, 0, "End"), Some(Move::Focus(2)));
        assert_eq!(at(&folded, 2, "ArrowDown"), Some(Move::Focus(2)));
        assert_eq!(at(&folded, 2, "Home"), Some(Move::Focus(0)));
        assert_eq!(at(&folded, 2, "Enter"), Some(Move::Open));
        assert_eq!(at(&folded, 2, "x"), None);
        folded.insert(rows[0].path.clone());
        assert_eq!(at(&folded, 0, "ArrowRight"), Some(Move::Fold));
        assert_eq!(step(&[], &folded, 0, "End"), None);
    }
}
