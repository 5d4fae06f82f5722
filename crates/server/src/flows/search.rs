//! Finds the folders that may hold a flow, also those deeper down.

use std::{
    collections::VecDeque,
    io,
    path::Path,
    time::{Duration, Instant},
};

use cap_std::{
    ambient_authority,
    fs::{Dir, DirEntry},
};
use flowdeck_contract::{flows::Searched, ids::FlowId};

/// Levels below the flows folder that are searched.
pub(super) const DEPTH_LIMIT: usize = 6;

/// Folders that are looked into at most, and for how long.
const FOLDER_LIMIT: usize = 5_000;
const TIME_LIMIT: Duration = Duration::from_secs(1);

/// Folders of tools: large, and none of them holds a person's flow.
const TOOL_FOLDERS: [&str; 4] = ["node_modules", "__pycache__", "site-packages", "venv"];

/// Whether a folder of this name is one of tools.
pub(super) fn is_tool_folder(name: &str) -> bool {
    TOOL_FOLDERS.contains(&name)
}

/// What a search came upon.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Folders in which a flow may be, and prompty files in them, level by level.
    pub(crate) folders: Vec<FlowId>,
    pub(crate) searched: Searched,
}

/// Searches a folder that is none of the server's.
///
/// # Errors
/// When the folder can't be read.
pub(crate) fn search_below(folder: &Path) -> io::Result<Found> {
    search(&Dir::open_ambient_dir(folder, ambient_authority())?, None)
}

/// A folder to look into: its id, none for the flows folder itself, and its level. It's opened only when its turn comes, so
/// that a search takes a few file descriptors, however many folders wait.
struct Level {
    id: Option<FlowId>,
    depth: usize,
    /// Whether it's listed already: if it can't be read, its row says so.
    has_row: bool,
}

impl Level {
    fn open(&self, root: &Dir) -> io::Result<Dir> {
        match &self.id {
            Some(flow) => root.open_dir(flow.folder()),
            None => root.try_clone(),
        }
    }
}

/// Searches `root`, or only the folder `only` and what is below it.
///
/// # Errors
/// When the first folder can't be read. Others that can't be are counted.
pub(super) fn search(root: &Dir, only: Option<&FlowId>) -> io::Result<Found> {
    let first = Level {
        id: only.cloned(),
        depth: 0,
        has_row: true,
    };
    // Here a failure ends the search: nothing else would say that there is nothing to see.
    first.open(root)?.entries()?;
    let mut search = Search {
        root,
        found: Found {
            folders: only.cloned().into_iter().collect(),
            searched: Searched::default(),
        },
        open: VecDeque::from([first]),
    };
    let start = Instant::now();
    while let Some(level) = search.open.pop_front() {
        search.look_into(&level);
        if start.elapsed() > TIME_LIMIT {
            break;
        }
    }
    Ok(search.finish())
}

struct Search<'a> {
    root: &'a Dir,
    found: Found,
    open: VecDeque<Level>,
}

impl Search<'_> {
    fn look_into(&mut self, level: &Level) {
        let entries = match level.open(self.root).and_then(|dir| dir.entries()) {
            Ok(entries) => entries,
            Err(_) if level.has_row => return,
            Err(_) => {
                self.found.searched.unreadable = self.found.searched.unreadable.saturating_add(1);
                return;
            }
        };
        self.found.searched.folders = self.found.searched.folders.saturating_add(1);
        if let Some(flow) = level.id.as_ref().filter(|_| !level.has_row) {
            self.found.folders.push(flow.clone());
        }
        for entry in entries {
            if entry.and_then(|entry| self.look_at(&entry, level)).is_err() {
                self.found.searched.unreadable = self.found.searched.unreadable.saturating_add(1);
            }
        }
    }

    /// Links are followed at the first level alone, where people make them on purpose; deeper, they may lead in a circle.
    fn look_at(&mut self, entry: &DirEntry, level: &Level) -> io::Result<()> {
        let kind = entry.file_type()?;
        let is_top = level.id.is_none();
        if !(kind.is_dir() || kind.is_file() || is_top) {
            return Ok(());
        }
        let Some((name, id)) = named(entry, level.id.as_ref()) else {
            return Ok(());
        };
        if kind.is_file() {
            self.prompty(id);
            return Ok(());
        }
        // The name of a prompty file, which a folder has.
        if id.prompty().is_some() {
            return Ok(());
        }
        if is_top {
            self.found.folders.push(id.clone());
        }
        if !kind.is_dir() || is_tool_folder(&name) {
            return Ok(());
        }
        let is_full = self.found.folders.len() + self.open.len() >= FOLDER_LIMIT;
        if level.depth + 1 >= DEPTH_LIMIT || is_full {
            self.leave_out(1);
            return Ok(());
        }
        self.open.push_back(Level {
            id: Some(id),
            depth: level.depth + 1,
            has_row: is_top,
        });
        Ok(())
    }

    fn prompty(&mut self, id: FlowId) {
        if id.prompty().is_none() {
            return;
        }
        match self.found.folders.len() + self.open.len() < FOLDER_LIMIT {
            true => self.found.folders.push(id),
            false => self.leave_out(1),
        }
    }

    fn leave_out(&mut self, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let counts = &mut self.found.searched;
        counts.left_out = counts.left_out.saturating_add(count);
    }

    fn finish(mut self) -> Found {
        self.leave_out(self.open.len());
        self.found
    }
}

/// The entry's name, and the id that a flow in it would have; none for those that no flow may have.
fn named(entry: &DirEntry, parent: Option<&FlowId>) -> Option<(String, FlowId)> {
    let name = entry.file_name().into_string().ok()?;
    let id = match parent {
        Some(parent) => format!("{}/{name}", parent.as_str()),
        None => name.clone(),
    };
    Some((name, FlowId::try_from(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cap_std::ambient_authority;
    use std::{fs, os::unix::fs::symlink};

    fn found(root: &Path, only: Option<&str>) -> (Vec<String>, Searched) {
        let dir = Dir::open_ambient_dir(root, ambient_authority()).unwrap();
        let only = only.map(|only| FlowId::try_from(only).unwrap());
        let found = search(&dir, only.as_ref()).unwrap();
        let mut folders: Vec<String> = found.folders.into_iter().map(String::from).collect();
        folders.sort();
        (folders, found.searched)
    }

    #[test]
    fn folders_are_found_at_every_level_but_those_of_tools_and_behind_links() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for folder in ["a/b c/d", "a/.git/x", "a/node_modules/y", "e/__pycache__"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        symlink(root.join("a"), root.join("link")).unwrap();
        symlink(root, root.join("a/circle")).unwrap();
        let (folders, searched) = found(root, None);
        assert_eq!(folders, ["a", "a/b c", "a/b c/d", "e", "link"]);
        assert_eq!((searched.folders, searched.left_out), (5, 0));
        assert_eq!(found(root, Some("a")).0, ["a", "a/b c", "a/b c/d"]);
    }

    #[test]
    fn prompty_files_are_found_in_folders() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for folder in ["a/deep", "a/folder.prompty"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in [
            "top.prompty",
            "a/chat.prompty",
            "a/deep/x y.prompty",
            "a/.prompty",
            "a/other.PROMPTY",
        ] {
            fs::write(root.join(file), "").unwrap();
        }
        let (flows, searched) = found(root, None);
        assert_eq!(
            flows,
            ["a", "a/chat.prompty", "a/deep", "a/deep/x y.prompty"]
        );
        assert_eq!((searched.folders, searched.unreadable), (3, 0));
    }

    #[test]
    fn what_is_too_deep_or_too_many_is_counted() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("1/2/3/4/5/6/7/8")).unwrap();
        let (folders, searched) = found(root.path(), None);
        assert_eq!(folders.last().map(String::as_str), Some("1/2/3/4/5"));
        assert_eq!(searched.left_out, 1);

        let many = tempfile::tempdir().unwrap();
        for number in 0..FOLDER_LIMIT + 10 {
            fs::create_dir_all(many.path().join(format!("in/{number}"))).unwrap();
        }
        let (folders, searched) = found(many.path(), None);
        assert!(folders.len() <= FOLDER_LIMIT + 1);
        assert!(searched.left_out >= 10, "{searched:?}");
    }
}
