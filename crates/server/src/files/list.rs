//! Lists a flow folder.

use std::{collections::VecDeque, ffi::OsString};

use flowdeck_contract::{
    files::{FileEntry, FileKind, FileTree},
    ids::FilePath,
};

use crate::files::{FileError, FlowFolder, names::is_hidden};

/// At most this many entries are listed; the rest is counted.
pub const NODE_LIMIT: usize = 5_000;

/// Counting stops here: a folder with more isn't a flow.
const COUNT_LIMIT: u32 = 100_000;

/// A name, or what stands for one that is not UTF-8; and whether it is a folder's.
type Name = (Result<String, OsString>, bool);

impl FlowFolder {
    /// Everything in the folder, level by level as far as [`NODE_LIMIT`] goes, so that a deep folder hides no top file.
    ///
    /// # Errors
    /// [`FileError`] when the folder itself cannot be read; a file that vanishes meanwhile is left out.
    pub fn list(&self) -> Result<FileTree, FileError> {
        let mut tree = FileTree::default();
        let mut folders = VecDeque::from([None]);
        while let Some(folder) = folders.pop_front() {
            let names = match (self.names(folder.as_ref()), folder.as_ref()) {
                (Err(FileError::Denied(_)), Some(folder)) => {
                    tree.left_out.is_more = true;
                    let entries = tree.entries.iter_mut();
                    for entry in entries.filter(|entry| entry.path == *folder) {
                        entry.kind = FileKind::UnreadableFolder;
                    }
                    continue;
                }
                (names, _) => names?,
            };
            for entry in self.list_one(folder.as_ref(), names, &mut tree)? {
                if entry.kind == FileKind::Folder {
                    folders.push_back(Some(entry.path.clone()));
                }
                tree.entries.push(entry);
            }
            if tree.left_out.count() >= COUNT_LIMIT {
                tree.left_out.is_more |= !folders.is_empty();
                break;
            }
        }
        tree.entries
            .sort_by(|a, b| parts(&a.path).cmp(&parts(&b.path)));
        Ok(tree)
    }

    fn list_one(
        &self,
        folder: Option<&FilePath>,
        names: Vec<Name>,
        tree: &mut FileTree,
    ) -> Result<Vec<FileEntry>, FileError> {
        let mut entries = Vec::new();
        for (name, is_folder) in names {
            let path = match (name, folder) {
                (Ok(name), Some(folder)) => Ok(format!("{}/{name}", folder.as_str())),
                (name, _) => name,
            };
            if path.as_ref().is_ok_and(|path| is_hidden(path)) {
                continue;
            }
            // Names that the API cannot carry: not UTF-8, with control characters, too long.
            let Some(path) = path.ok().and_then(|path| FilePath::try_from(path).ok()) else {
                let count = &mut tree.left_out.unusable_names;
                *count = count.saturating_add(1);
                tree.left_out.is_more |= is_folder;
                continue;
            };
            if tree.entries.len() + entries.len() >= NODE_LIMIT {
                let count = &mut tree.left_out.beyond_limit;
                *count = count.saturating_add(1);
                tree.left_out.is_more |= is_folder;
                continue;
            }
            match self.entry(&path) {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) | Err(FileError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    /// The names in a folder, sorted, and which are folders; those that are not UTF-8 as errors. A folder that
    /// vanished, or became a link, holds none.
    fn names(&self, folder: Option<&FilePath>) -> Result<Vec<Name>, FileError> {
        let here = folder.map_or(".", FilePath::as_str);
        let names: Result<Vec<Name>, FileError> = self
            .dir
            .read_dir(here)
            .and_then(|entries| {
                entries
                    .map(|entry| {
                        entry.map(|entry| {
                            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                            (entry.file_name().into_string(), is_folder)
                        })
                    })
                    .collect()
            })
            .map_err(|error| FileError::of(here, error));
        match names {
            Err(FileError::NotFound(_) | FileError::Outside(_)) if folder.is_some() => {
                Ok(Vec::new())
            }
            Ok(mut names) => {
                names.sort();
                Ok(names)
            }
            Err(error) => Err(error),
        }
    }
}

fn parts(path: &FilePath) -> Vec<&str> {
    path.as_str().split('/').collect()
}
