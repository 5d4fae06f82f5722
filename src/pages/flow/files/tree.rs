//! The files of a flow as rows of a tree: which are visible, and where a key leads. Pure.

use std::collections::{BTreeMap, BTreeSet};

use flowdeck_contract::{
    Millis,
    files::{FileChange, FileEntry, FileKind},
    ids::FilePath,
};

use crate::ui::{begins_with, lowercase};

/// Everything in a flow folder, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing(BTreeMap<FilePath, FileEntry>);

impl Listing {
    pub(crate) fn new(entries: &[FileEntry]) -> Self {
        let mut listing = Self::default();
        for entry in entries {
            listing.insert(entry.clone());
        }
        listing
    }

    /// Takes over what changed on disk.
    pub(crate) fn apply(&mut self, changes: &[FileChange]) {
        for change in changes {
            match &change.entry {
                Some(entry) => self.insert(entry.clone()),
                None => self.remove(&change.path),
            }
        }
    }

    pub(crate) fn get(&self, path: &FilePath) -> Option<&FileEntry> {
        self.0.get(path)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that there is.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &FileEntry> {
        self.0.values()
    }

    /// Whether a folder is there.
    pub(crate) fn is_folder(&self, path: &FilePath) -> bool {
        self.get(path).is_some_and(is_folder)
    }

    /// Every file, folders left out.
    pub(crate) fn files(&self) -> impl Iterator<Item = &FilePath> {
        self.0
            .values()
            .filter(|entry| !is_folder(entry) && entry.kind != FileKind::UnreadableFolder)
            .map(|entry| &entry.path)
    }

    /// The rows that can be seen when `expanded` folders are open: folders first, then by name.
    pub(crate) fn rows(&self, expanded: &BTreeSet<FilePath>) -> Vec<Row> {
        let mut children: BTreeMap<Option<&str>, Vec<&FilePath>> = BTreeMap::new();
        for path in self.0.keys() {
            children.entry(path.parent()).or_default().push(path);
        }
        for siblings in children.values_mut() {
            siblings.sort_by_cached_key(|path| {
                (!is_folder(&self.0[*path]), lowercase(path.file_name()))
            });
        }
        let mut rows = Vec::new();
        self.add_rows(None, 1, &children, expanded, &mut rows);
        rows
    }

    fn add_rows(
        &self,
        folder: Option<&str>,
        level: usize,
        children: &BTreeMap<Option<&str>, Vec<&FilePath>>,
        expanded: &BTreeSet<FilePath>,
        rows: &mut Vec<Row>,
    ) {
        let siblings = children.get(&folder).map_or(&[][..], Vec::as_slice);
        for (index, &path) in siblings.iter().enumerate() {
            let kind = match self.0[path].kind {
                FileKind::Folder => RowKind::Folder {
                    expanded: expanded.contains(path),
                },
                kind => RowKind::File(kind),
            };
            rows.push(Row {
                path: path.clone(),
                kind,
                level,
                position: index + 1,
                siblings: siblings.len(),
            });
            if kind == (RowKind::Folder { expanded: true }) {
                self.add_rows(Some(path.as_str()), level + 1, children, expanded, rows);
            }
        }
    }

    /// Folders on the way count as there even before the server names them.
    fn insert(&mut self, entry: FileEntry) {
        for folder in folders_above(&entry.path) {
            self.0.entry(folder).or_insert_with_key(folder_entry);
        }
        self.0.insert(entry.path.clone(), entry);
    }

    fn remove(&mut self, path: &FilePath) {
        let below = format!("{}/", path.as_str());
        self.0
            .retain(|other, _| other != path && !other.as_str().starts_with(&below));
    }
}

fn is_folder(entry: &FileEntry) -> bool {
    entry.kind == FileKind::Folder
}

fn folder_entry(path: &FilePath) -> FileEntry {
    FileEntry {
        path: path.clone(),
        kind: FileKind::Folder,
        size: 0,
        modified: Millis(0),
        etag: String::new(),
    }
}

/// The folders that a path stands in, outermost first.
pub(crate) fn folders_above(path: &FilePath) -> Vec<FilePath> {
    let text = path.as_str();
    text.match_indices('/')
        .filter_map(|(end, _)| FilePath::try_from(&text[..end]).ok())
        .collect()
}

/// A visible row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) path: FilePath,
    pub(crate) kind: RowKind,
    /// 1 at the top of the flow folder.
    pub(crate) level: usize,
    /// Among its siblings, from 1.
    pub(crate) position: usize,
    /// How many rows its folder has.
    pub(crate) siblings: usize,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A folder.
    Folder {
        /// Whether its content is shown.
        expanded: bool,
    },
    /// A file, or what is neither.
    File(FileKind),
}

/// A key of the tree pattern, as the WAI-ARIA Authoring Practices name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    /// Enter or Space.
    Act,
    /// A printable character: the next row that begins with it.
    Letter(char),
}

/// What a key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TreeMove {
    Nothing,
    Focus(FilePath),
    /// Opens or closes a folder.
    Toggle(FilePath),
    /// Opens a file.
    Open(FilePath),
}

/// Where `key` leads from the row at index `from`.
pub(crate) fn step(rows: &[Row], from: usize, key: Key) -> TreeMove {
    let Some(row) = rows.get(from) else {
        return TreeMove::Nothing;
    };
    let focus =
        |row: Option<&Row>| row.map_or(TreeMove::Nothing, |row| TreeMove::Focus(row.path.clone()));
    let path = || row.path.clone();
    match (key, row.kind) {
        (Key::Up, _) => focus(from.checked_sub(1).and_then(|above| rows.get(above))),
        (Key::Down, _) => focus(rows.get(from + 1)),
        (Key::Home, _) => focus(rows.first()),
        (Key::End, _) => focus(rows.last()),
        (Key::Right, RowKind::Folder { expanded: false })
        | (Key::Left, RowKind::Folder { expanded: true })
        | (Key::Act, RowKind::Folder { .. }) => TreeMove::Toggle(path()),
        (Key::Right, RowKind::Folder { expanded: true }) => {
            focus(rows.get(from + 1).filter(|next| next.level > row.level))
        }
        (Key::Right, RowKind::File(_)) => TreeMove::Nothing,
        (Key::Left, _) => focus(
            rows[..from]
                .iter()
                .rev()
                .find(|above| above.level < row.level),
        ),
        (Key::Act, RowKind::File(_)) => TreeMove::Open(path()),
        (Key::Letter(letter), _) => {
            let after = rows[from + 1..].iter().chain(&rows[..=from]);
            focus(
                after
                    .into_iter()
                    .find(|row| begins_with(row.path.file_name(), letter)),
            )
        }
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
