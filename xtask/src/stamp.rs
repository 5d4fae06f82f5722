//! Stamps: small files that say from which inputs something was made.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

/// What a product was made from. Written only after the product is complete, so that work which was killed in the middle is
/// done again.
pub(crate) struct Stamp {
    path: PathBuf,
    inputs: String,
}

impl Stamp {
    pub(crate) fn new(path: impl Into<PathBuf>, inputs: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            inputs: inputs.into(),
        }
    }

    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|found| found == self.inputs)
    }

    pub(crate) fn write(&self) -> Result<()> {
        write_atomically(&self.path, self.inputs.as_bytes())
    }

    /// Forgets the product before it is made again.
    pub(crate) fn clear(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", self.path.display()))
            }
            _ => Ok(()),
        }
    }
}

/// Replaces the file at `path`, creating its folder, such that a reader sees the old content or the new.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file needs a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let name = path.file_name().context("a file needs a name")?;
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let temporary = folder.join(format!(
        ".{}.{}-{}.tmp",
        name.to_string_lossy(),
        std::process::id(),
        WRITES.fetch_add(1, Ordering::Relaxed)
    ));
    fs::write(&temporary, content)
        .and_then(|()| fs::rename(&temporary, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Like [`write_atomically`], but leaves a file alone that has this content already: watchers see no change.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    write_atomically(path, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::temporary_folder;

    #[test]
    fn a_stamp_is_current_only_for_the_inputs_it_was_written_with() {
        let folder = temporary_folder("stamp");
        let path = folder.path().join("new/stamp");
        let stamp = Stamp::new(&path, "a");
        assert!(!stamp.is_current());
        stamp.write().unwrap();
        assert!(stamp.is_current());
        assert!(!Stamp::new(&path, "b").is_current());
        stamp.clear().unwrap();
        stamp.clear().unwrap();
        assert!(!stamp.is_current());
    }

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let folder = temporary_folder("unchanged");
        let path = folder.path().join("file");
        write_if_changed(&path, b"same").unwrap();
        let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).unwrap());
        let before = inode(&path);
        write_if_changed(&path, b"same").unwrap();
        assert_eq!(inode(&path), before);
        write_if_changed(&path, b"other").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
