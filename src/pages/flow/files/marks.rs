//! Several rows of the tree that are marked, for one thing to be done to all of them. Pure.

use std::collections::BTreeSet;

use flowdeck_contract::ids::FilePath;

use super::tree::Row;

/// The rows from `from` to `to`, in either direction.
pub(super) fn range(rows: &[Row], from: &FilePath, to: &FilePath) -> BTreeSet<FilePath> {
    let at = |path: &FilePath| rows.iter().position(|row| row.path == *path);
    let (Some(from), Some(to)) = (at(from), at(to)) else {
        return BTreeSet::from([to.clone()]);
    };
    rows[from.min(to)..=from.max(to)]
        .iter()
        .map(|row| row.path.clone())
        .collect()
}

/// What something is done to that is asked for at `path`: all that is marked where that is among it, without what is in a
/// marked folder.
pub(super) fn targets(marked: &BTreeSet<FilePath>, path: &FilePath) -> Vec<FilePath> {
    if !marked.contains(path) {
        return vec![path.clone()];
    }
    let is_inside = |path: &&FilePath| !marked.iter().any(|other| is_below(path, other));
    marked.iter().filter(is_inside).cloned().collect()
}

/// Whether a path is in a folder, at any depth.
pub(super) fn is_below(path: &FilePath, folder: &FilePath) -> bool {
    path.as_str()
        .strip_prefix(folder.as_str())
        .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::flow::files::tree::RowKind;

    fn path(text: &str) -> FilePath {
        FilePath::try_from(text).unwrap()
    }

    fn set(paths: &[&str]) -> BTreeSet<FilePath> {
        paths.iter().map(|text| path(text)).collect()
    }

    #[test]
    fn a_range_goes_either_way() {
        let rows: Vec<Row> = ["a", "b", "c"]
            .iter()
            .map(|text| Row {
                path: path(text),
                kind: RowKind::Folder { expanded: false },
                level: 1,
                position: 1,
                siblings: 3,
            })
            .collect();
        assert_eq!(range(&rows, &path("c"), &path("b")), set(&["b", "c"]));
        assert_eq!(range(&rows, &path("a"), &path("a")), set(&["a"]));
        assert_eq!(range(&rows, &path("gone"), &path("b")), set(&["b"]));
    }

    #[test]
    fn a_folder_takes_what_is_in_it_along() {
        let marked = set(&["a", "a/b", "a.txt", "c/d"]);
        let wanted = [path("a"), path("a.txt"), path("c/d")];
        assert_eq!(targets(&marked, &path("a/b")), wanted);
        assert_eq!(targets(&marked, &path("other")), [path("other")]);
    }
}
