//! What an environment consists of, to tell later whether it still does.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// Every file of an environment, by its path in it.
///
/// It tells quickly that something is another file, has come or has gone. What files hold is verified when they are
/// taken.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest(BTreeMap<PathBuf, FileRecord>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum FileRecord {
    /// Its inode, size, mode, and when it was last written, in seconds and nanoseconds.
    File(u64, u64, u32, i64, i64),
    /// Where it leads.
    Link(PathBuf),
}

/// Whether `base` has that very file.
fn is_at(base: &Path, path: &Path, inode: u64) -> bool {
    let of_base = fs::symlink_metadata(base.join(path));
    of_base.is_ok_and(|of_base| of_base.ino() == inode)
}

impl Manifest {
    /// Of the environment in `folder`.
    pub(super) fn of(folder: &Path) -> io::Result<Self> {
        let mut manifest = Self::default();
        manifest.add(folder, Path::new(""))?;
        Ok(manifest)
    }

    fn add(&mut self, folder: &Path, within: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder.join(within))? {
            let entry = entry?;
            let path = within.join(entry.file_name());
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                self.add(folder, &path)?;
                continue;
            }
            let known = if metadata.is_symlink() {
                FileRecord::Link(fs::read_link(folder.join(&path))?)
            } else {
                FileRecord::File(
                    metadata.ino(),
                    metadata.size(),
                    metadata.mode(),
                    metadata.mtime(),
                    metadata.mtime_nsec(),
                )
            };
            self.0.insert(path, known);
        }
        Ok(())
    }

    /// How the environment in `folder` differs from this, as a half sentence; `None` when it does not.
    pub(super) fn difference(&self, folder: &Path) -> io::Result<Option<String>> {
        let now = Self::of(folder)?;
        let changed = self
            .0
            .iter()
            .find_map(|(path, entry)| match now.0.get(path) {
                None => Some(format!("{} is gone", path.display())),
                Some(now) if now != entry => Some(format!("{} has changed", path.display())),
                Some(_) => None,
            });
        let added = || {
            let mut paths = now.0.keys();
            let path = paths.find(|path| !self.0.contains_key(*path))?;
            Some(format!("{} has come", path.display()))
        };
        Ok(changed.or_else(added))
    }

    /// The files that are not those of `base` as well.
    pub(super) fn files_beside(&self, base: &Path) -> impl Iterator<Item = &Path> {
        let own = self.0.iter().filter(
            |(path, entry)| matches!(entry, FileRecord::File(inode, ..) if !is_at(base, path, *inode)),
        );
        own.map(|(path, _)| path.as_path())
    }

    /// The size of the files that are not those of `base` as well.
    pub(super) fn bytes_beside(&self, base: &Path) -> u64 {
        let own = self.0.iter().filter_map(|(path, entry)| match entry {
            FileRecord::File(inode, size, ..) if !is_at(base, path, *inode) => Some(size),
            _ => None,
        });
        own.sum()
    }

    /// What isn't in `base`. Scripts that name their own place are written again for each environment.
    pub(super) fn beside(&self, base: &Path) -> Vec<&Path> {
        let paths = self.0.keys().map(PathBuf::as_path);
        let own = paths.filter(|path| fs::symlink_metadata(base.join(path)).is_err());
        own.collect()
    }

    /// Whether everything of `base` is here as it is there, and nothing more is read when Python starts.
    pub(super) fn adds_to(&self, base: &Path) -> io::Result<bool> {
        let of_base = Self::of(base)?;
        let same = of_base.0.iter().all(|(path, entry)| {
            let here = self.0.get(path);
            here == Some(entry) || (path.starts_with("bin") && here.is_some())
        });
        let read_at_start = |path: &&Path| {
            let name = path.file_name().unwrap_or_default();
            path.extension().is_some_and(|ending| ending == "pth")
                || name == "sitecustomize.py"
                || name == "usercustomize.py"
        };
        Ok(same && !self.beside(base).iter().any(read_at_start))
    }
}
